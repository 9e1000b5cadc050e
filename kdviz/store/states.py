"""The states of the runs in a directory: queued, running, ended; requests and locks between processes."""

from __future__ import annotations

import copy
import time
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Self, cast

from kdviz.endings import ENDED_PAUSED, PROCESS_ENDED
from kdviz.errors import StoreError
from kdviz.store.database import Database
from kdviz.store.ids import is_id, unknown_id
from kdviz.store.locks import TakenError, held
from kdviz.store.records import ENDED, LIVE, Progress, progress_columns
from kdviz.store.results import to_json
from kdviz.store.rows import Rows
from kdviz.store.run import DamagedRun, Run
from kdviz.store.visitors import in_turn, visible
from kdviz.types import Results, RunState

Request = Literal["pause", "stop"]

_ADVICE = {"deleted": "Restore it first.", "finished": "Start a new one."}
_HANDOVER_S = 2.0  # a process that only checks a lock holds it for milliseconds


class RunStates:
    """The runs of a directory, and who is working on them. Safe for any number of threads and processes."""

    def __init__(self, directory: Path | str) -> None:
        """Creates what is missing. Raises StoreError if the directory cannot be used."""
        self.directory = Path(directory).absolute()
        self._database = Database(self.directory)
        self._rows = Rows(self._database)
        self.viewer: str | None = None

    def as_seen_by(self, viewer: str | None) -> Self:
        """The same directory for a visitor, who sees and changes less: see `store.visitors`. None sees all.

        Runs that are created through it belong to the visitor.
        """
        view = copy.copy(self)
        view.viewer = viewer
        return view

    def may_change(self, run: Run) -> bool:
        """Whether a run belongs to whoever looks at the directory."""
        return self.viewer is None or run.record.owner == self.viewer

    def run(self, run_id: str) -> Run:
        """One run.

        Raises StoreError if it is damaged, or if there is none of that id; then with the closest id.
        """
        found = self._find(run_id)
        if isinstance(found, DamagedRun):
            raise found.error
        return found

    def runs(self, *, include_deleted: bool = False) -> list[Run]:
        """All runs, newest first, without damaged ones."""
        return [run for run in self._rows.all(include_deleted=include_deleted) if visible(run, self.viewer)]

    def damaged_runs(self, *, include_deleted: bool = False) -> list[DamagedRun]:
        """Runs whose rows cannot be read, newest first."""
        return [] if self.viewer is not None else self._rows.damaged(include_deleted=include_deleted)

    def queued(self) -> list[Run]:
        """The runs of all visitors that wait for a worker, in the order in which they will be trained."""
        waiting = self._rows.queued()
        if len({run.record.owner for run in waiting}) < 2:
            return waiting
        runs = self._rows.all(include_deleted=True)
        return in_turn(waiting, [run for run in runs if run.record.started and run.state != "queued"])

    def set_state(
        self, run_id: str, state: RunState, message: str = "", *, only_from: Collection[RunState] = ()
    ) -> bool:
        """Change the state of a run, and return whether it changed. A run that has ended has no request.

        only_from: leave a run alone that is in none of these states, or deleted.
        """
        now = time.time()
        changes: dict[str, Any] = {"state": state, "message": message, "updated": now}
        if state in ENDED:
            changes |= {"finished": now, "request": None}
        return self._update(run_id, changes, only_from)

    def enqueue(self, run_id: str, *, state: Literal["queued", "running"] = "queued") -> bool:
        """Requeue a run that ended unfinished, or mark it as running in the caller's process."""
        now = time.time()
        changes: dict[str, Any] = {"state": state, "queued": now if state == "queued" else None}
        changes |= {"updated": now, "finished": None, "request": None, "message": ""}
        return self._update(run_id, changes, ENDED - {"finished"})

    def claim(self, run_id: str) -> None:
        """Mark the run as running; hold its lock first. Raises StoreError if it is not waiting to run."""
        run, now = self.run(run_id), time.time()
        changes = {"state": "running", "started": run.record.started or now, "updated": now, "finished": None}
        # Interrupted: a run that was created as running may be checked before its process holds the lock.
        if not self._update(run_id, changes, {"queued", "running", "interrupted"}):
            run = self.run(run_id)
            state = "deleted" if run.record.deleted else run.state
            advice = _ADVICE.get(state, "Resume it first.")
            raise StoreError(f"run {run_id}: is {state}, so it cannot be started. {advice}")

    def set_progress(self, run_id: str, progress: Progress) -> None:
        """Store the progress of a run, which also shows that its process is alive."""
        self._update(run_id, {**progress_columns(progress), "updated": time.time()})

    def request(self, run_id: str, request: Request | None) -> bool:
        """Ask the process that trains the run to pause or stop; None withdraws the request.

        Returns whether the run was running or paused.
        """
        return self._update(run_id, {"request": request}, LIVE)

    def requested(self, run_id: str) -> Request | None:
        """The pending request, if any."""
        found = self._rows.find(run_id)
        return cast("Request | None", found.record.request) if isinstance(found, Run) else None

    def finish(self, run_id: str, results: Results) -> None:
        """Store the results of a run and mark it as finished."""
        self._update(run_id, {"results": to_json(results)})
        self.set_state(run_id, "finished")

    def hold(self, run_id: str) -> AbstractContextManager[None]:
        """A lock on the run for this process. The operating system releases it if the process dies.

        Raises StoreError if another process holds it.
        """
        taken = f"run {run_id}: another process is working on it. Wait for it, or stop it first."
        return held(self._folder(run_id) / "lock", self.directory, timeout_s=_HANDOVER_S, taken=taken)

    def hold_queue(self, device: str) -> AbstractContextManager[None]:
        """A lock on the queue of a device for this process. Raises StoreError if another one holds it."""
        taken = f"queue of {device}: another process is working through it."
        return held(self.directory / f"worker-{device}.lock", self.directory, timeout_s=0, taken=taken)

    def hold_submission(self) -> AbstractContextManager[None]:
        """A lock for checking which runs exist and adding one. Raises StoreError after 30 s."""
        taken = "submission: another process has been adding a run for 30 s. Check whether it hangs."
        return held(self.directory / "submission.lock", self.directory, timeout_s=30, taken=taken)

    def mark_interrupted(self) -> list[str]:
        """Mark runs whose process has died as interrupted, and return their ids."""
        everyone = self.as_seen_by(None)
        return [run.id for run in everyone.runs() if run.live and everyone._interrupt_if_dead(run.id)]

    def take_up(self) -> list[str]:
        """Queue the runs of workers that died, each in its old place, and return their ids."""
        self.mark_interrupted()
        return [run_id for run_id in self._rows.left_in_queue(PROCESS_ENDED) if self._requeue(run_id)]

    def _requeue(self, run_id: str) -> bool:
        changes = {"state": "queued", "updated": time.time(), "finished": None, "message": ""}
        return self._update(run_id, changes, {"interrupted"})

    def _interrupt_if_dead(self, run_id: str) -> bool:
        try:
            with held(self._folder(run_id) / "lock", self.directory, timeout_s=0, taken=""):
                return self.set_state(
                    run_id, "interrupted", PROCESS_ENDED, only_from={"running"}
                ) or self.set_state(run_id, "interrupted", ENDED_PAUSED, only_from={"paused"})
        except TakenError:
            return False

    def _update(self, run_id: str, changes: Mapping[str, Any], only_from: Collection[RunState] = ()) -> bool:
        """Whether the run was changed. Raises StoreError for an unknown run, or somebody else's."""
        self._check_own(run_id)
        changed = self._rows.change(run_id, changes, only_from)
        if not changed:
            self._find(run_id)
        return changed

    def _find(self, run_id: str) -> Run | DamagedRun:
        """A run, damaged or not. Raises StoreError for an unknown id."""
        found = self._rows.find(run_id)
        if found is None or not self._sees(found):
            raise self._unknown(run_id)
        return found

    def _sees(self, found: Run | DamagedRun) -> bool:
        return visible(found, self.viewer) if isinstance(found, Run) else self.viewer is None

    def _check_own(self, run_id: str) -> None:
        """Raises StoreError if a visitor may not change the run."""
        if self.viewer is not None and not self.may_change(self.run(run_id)):
            raise StoreError(f"run {run_id}: belongs to somebody else. Only your own runs can be changed.")

    def _folder(self, run_id: str) -> Path:
        """The folder of a run. Only the id of an existing run becomes a path."""
        if not is_id(run_id):
            raise self._unknown(run_id)
        self._find(run_id)
        return self.directory / run_id

    def _unknown(self, run_id: str) -> StoreError:
        return unknown_id(run_id, [run.id for run in self.runs() if is_id(run.id)])
