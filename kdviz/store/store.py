"""The store: what pages, the command line and the worker know of runs, and nothing beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from kdviz.errors import StoreError
from kdviz.store import metrics, rows
from kdviz.store.annotations import written_columns
from kdviz.store.card import written_card
from kdviz.store.database import Database
from kdviz.store.folder import Arrays, RunFolder
from kdviz.store.ids import is_id, reserved, unknown_id
from kdviz.store.locks import TakenError, held
from kdviz.store.records import ENDED, LIVE, Metric, Progress, progress_columns
from kdviz.store.results import to_json
from kdviz.store.rows import Rows
from kdviz.store.run import Run
from kdviz.store.teachers import Shelf
from kdviz.types import Arm, Measured, ProbeExplained, Results, RunState, SnapshotTaken

if TYPE_CHECKING:
    from kdviz.store.unpacking import Settings
    from kdviz.types import Weights

Request = Literal["pause", "stop"]

_WAYS_OUT = {"deleted": "Restore it first.", "finished": "Start a new one."}
_HANDOVER_S = 2.0  # a lock that is only being looked at is free again after milliseconds


class Store:
    """A runs directory. Any number of threads and processes may use one at the same time."""

    def __init__(self, directory: Path | str) -> None:
        """Creates what is missing. Raises StoreError where the directory cannot be used."""
        self.directory = Path(directory).absolute()
        self._database = Database(self.directory)
        self._rows = Rows(self._database)
        self._shelf = Shelf(self.directory)

    # --- runs -----------------------------------------------------------------------------------

    def create(
        self,
        config: Mapping[str, Any],
        *,
        key: str = "",
        state: Literal["queued", "running"] = "queued",
        name: str = "",
    ) -> str:
        """A new run's id. `queued` is for a worker, `running` for the process that creates it.

        config: JSON types only. key: names the config.
        """
        now = time.time()
        times = {"created": now, "updated": now, "queued": now if state == "queued" else None}
        row = {"state": state, "config": json.dumps(config), "config_key": key, **times}
        row |= written_columns(name=name)
        with self._new_folder() as folder:
            folder.save_json("config.json", config)
            with self._database.writing() as connection:
                rows.add(connection, {**row, "id": folder.run_id})
        return folder.run_id

    def import_run(self, path: Path | str, settings: Settings = dict) -> str:
        """The id of a run that `export` packed, perhaps on another machine.

        It keeps its id where that is free; `origin` is the id that it had. It has ended: what trains it
        further stays behind. settings: makes a stored config one of today, or raises KdvizError.
        Raises StoreError for a file that is damaged or no export of a run, and leaves nothing behind.
        """
        from kdviz.store.unpacking import opened_archive  # Pydantic's models take their time

        with opened_archive(Path(path)) as archive:
            config = archive.config(settings)
            with self._new_folder(archive.run.id) as folder:
                folder.save_json("config.json", config)
                archive.unpack(folder.path)
                with self._database.writing() as connection:
                    rows.add(connection, {**archive.columns(config), "id": folder.run_id})
                    metrics.insert_all(connection, folder.run_id, archive.metrics)
        return folder.run_id

    def set_key(self, run_id: str, key: str) -> None:
        """Another name for the config, where the content of its files is no longer that of `create`."""
        self._update(run_id, {"config_key": key})

    def annotate(
        self,
        run_id: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
        pinned: bool | None = None,
    ) -> None:
        """What a person writes on a run; what is left out stays. Raises StoreError for what is too long."""
        self.run(run_id)
        if written := written_columns(name=name, note=note, tags=tags, pinned=pinned):
            self._update(run_id, written)

    def run(self, run_id: str) -> Run:
        """One run. Raises StoreError, with the nearest id, where there is none of that name."""
        found = self._rows.find(run_id)
        if found is None:
            raise self._unknown(run_id)
        return found

    def runs(self, *, include_deleted: bool = False) -> list[Run]:
        """All runs, newest first."""
        return self._rows.all(include_deleted=include_deleted)

    def queued(self) -> list[Run]:
        """Runs that wait for a worker, first come first."""
        return self._rows.queued()

    # --- states ---------------------------------------------------------------------------------

    def set_state(
        self, run_id: str, state: RunState, message: str = "", *, only_from: Collection[RunState] = ()
    ) -> bool:
        """Whether the run is in that state now; `only_from` leaves it alone in any other, or deleted.

        A state in which a run has ended answers all requests.
        """
        now = time.time()
        changes: dict[str, Any] = {"state": state, "message": message, "updated": now}
        if state in ENDED:
            changes |= {"finished": now, "request": None}
        return self._update(run_id, changes, only_from)

    def enqueue(self, run_id: str, *, state: Literal["queued", "running"] = "queued") -> bool:
        """Puts a run that ended unfinished at the end of the queue, or in its own process's care."""
        now = time.time()
        changes: dict[str, Any] = {"state": state, "queued": now if state == "queued" else None}
        changes |= {"updated": now, "finished": None, "request": None, "message": ""}
        return self._update(run_id, changes, ENDED - {"finished"})

    def claim(self, run_id: str) -> None:
        """Makes the run running. Hold its lock first. Raises StoreError where it does not wait to be run."""
        run, now = self.run(run_id), time.time()
        changes = {"state": "running", "started": run.record.started or now, "updated": now, "finished": None}
        # Interrupted: one that was created running may be found without a process at first.
        if not self._update(run_id, changes, {"queued", "running", "interrupted"}):
            run = self.run(run_id)
            state = "deleted" if run.record.deleted else run.state
            way_out = _WAYS_OUT.get(state, "Resume it first.")
            raise StoreError(f"run {run_id}: is {state}, so it cannot be started. {way_out}")

    def set_progress(self, run_id: str, progress: Progress) -> None:
        """How far the run is; also its sign of life."""
        self._update(run_id, {**progress_columns(progress), "updated": time.time()})

    def request(self, run_id: str, request: Request | None) -> bool:
        """Asks the process at work on the run for something; None takes it back. Whether there is one."""
        return self._update(run_id, {"request": request}, LIVE)

    def requested(self, run_id: str) -> Request | None:
        """What the run has been asked to do."""
        found = self._rows.find(run_id)
        return cast("Request | None", found.record.request) if found else None

    def finish(self, run_id: str, results: Results) -> None:
        """The run has finished with these figures."""
        self._update(run_id, {"results": to_json(results)})
        self.set_state(run_id, "finished")

    # --- who is alive ---------------------------------------------------------------------------

    def hold(self, run_id: str) -> AbstractContextManager[None]:
        """A context in which this process alone works on the run. The system ends it with the process.

        Raises StoreError where another one is at it.
        """
        taken = f"run {run_id}: another process is working on it. Wait for it, or stop it first."
        return held(self._folder(run_id).lock, self.directory, timeout_s=_HANDOVER_S, taken=taken)

    def hold_queue(self, device: str) -> AbstractContextManager[None]:
        """A context in which this process alone works through a device's queue. Raises likewise."""
        taken = f"queue of {device}: another process is working through it."
        return held(self.directory / f"worker-{device}.lock", self.directory, timeout_s=0, taken=taken)

    def hold_submission(self) -> AbstractContextManager[None]:
        """A context in which this process alone looks which runs there are and adds one. Raises likewise."""
        taken = "submission: another process has been adding a run for long. Look whether it hangs."
        return held(self.directory / "submission.lock", self.directory, timeout_s=30, taken=taken)

    def mark_interrupted(self) -> list[str]:
        """The runs whose process has died, which are interrupted from now on."""
        return [run.id for run in self.runs() if run.live and self._bury(run.id)]

    def _bury(self, run_id: str) -> bool:
        message = "The process that trained it ended. Resume goes on from the last full epoch."
        try:
            with held(self._folder(run_id).lock, self.directory, timeout_s=0, taken=""):
                return self.set_state(run_id, "interrupted", message, only_from=LIVE)
        except TakenError:
            return False

    # --- metrics --------------------------------------------------------------------------------

    def add_metrics(self, run_id: str, measured: Measured) -> None:
        """Adds numbers. Within an epoch, only as many points as a curve can show."""
        with self._database.writing() as connection:
            metrics.insert(connection, run_id, measured)

    def metrics(self, run_id: str, after: int = 0) -> list[Metric]:
        """The numbers written after row `after`, in the order of writing: poll with the last row seen.

        When a run's `attempt` has changed, rows may have gone: read from 0 again.
        """
        self.run(run_id)
        with self._database.reading() as connection:
            return metrics.after(connection, run_id, after)

    # --- files ----------------------------------------------------------------------------------

    def save_probe(self, run_id: str, probe: ProbeExplained) -> None:
        """The probe set's attributions after an epoch."""
        self._folder(run_id).save_probe(probe)

    def probe(self, run_id: str, epoch: int) -> ProbeExplained:
        """What was saved for that epoch. Raises StoreError where it is missing or damaged."""
        return self._folder(run_id).probe(epoch)

    def probe_epochs(self, run_id: str) -> list[int]:
        """Epochs with saved probe explanations, in order."""
        return self._folder(run_id).probe_epochs()

    def save_survey(self, run_id: str, explainer: str, arrays: Arrays) -> None:
        """What a whole test set has shown with an explainer, in place of what it showed before."""
        self._folder(run_id).save_survey(explainer, arrays)

    def survey(self, run_id: str, explainer: str) -> Arrays | None:
        """What `save_survey` saved; None where there is nothing, or nothing that can be read."""
        return self._folder(run_id).survey(explainer)

    def save_snapshot(self, run_id: str, snapshot: SnapshotTaken) -> None:
        """The end of an epoch: weights to explain, and the state to go on from."""
        self._folder(run_id).save_snapshot(snapshot)

    def resume_state(self, run_id: str) -> Mapping[str, Any] | None:
        """The trainer's state at the last snapshot, or None. Raises StoreError where it is damaged."""
        saved = self._folder(run_id).saved()
        return saved.state if saved else None

    def rewind(self, run_id: str) -> Mapping[str, Any] | None:
        """`resume_state`, after forgetting what was recorded later than it: it will be recorded again."""
        folder = self._folder(run_id)
        saved = folder.saved()
        stage, epoch = (saved.stage, saved.epoch) if saved else (None, 0)
        with self._database.writing() as connection:
            metrics.forget_after(connection, run_id, stage, epoch)
            connection.execute("UPDATE runs SET attempt = attempt + 1 WHERE id = ?", (run_id,))
        folder.forget_probes_after(epoch if stage == "students" else -1)
        return saved.state if saved else None

    def save_weights(self, run_id: str, arm: Arm, weights: Weights) -> None:
        """An arm's weights."""
        self._folder(run_id).save_weights(arm, weights)

    def weights(self, run_id: str, arm: str) -> Weights:
        """An arm's latest weights. Raises StoreError where they are missing or damaged."""
        return self._folder(run_id).weights(arm)

    def weights_hash(self, run_id: str, arm: str) -> str:
        """Names an arm's latest weights: equal for equal weights."""
        return self._folder(run_id).weights_hash(arm)

    def save_card(self, run_id: str, maker: Mapping[str, Any]) -> None:
        """Writes down what produces the run. maker: as `made_here` tells it in the process that does."""
        self._folder(run_id).save_json("card.json", written_card(self.run(run_id), maker))

    def card(self, run_id: str) -> Mapping[str, Any]:
        """What produced the run: versions, platform, device, threads, times, config key, data set."""
        return self._folder(run_id).read_json("card.json")

    def save_notes(self, run_id: str, notes: Sequence[str]) -> None:
        """What a person should know about the run's images, a sentence each."""
        self._folder(run_id).save_json("notes.json", {"notes": list(notes)})

    def notes(self, run_id: str) -> list[str]:
        """What `save_notes` wrote; empty if there was nothing to say."""
        folder = self._folder(run_id)
        return list(folder.read_json("notes.json")["notes"]) if (folder.path / "notes.json").exists() else []

    def save_teacher(self, key: str, weights: Weights) -> None:
        """Keeps a trained teacher for every run that needs the same."""
        self._shelf.save(key, weights)

    def teacher(self, key: str) -> Weights | None:
        """A trained teacher: one of this directory, else one that comes with kdviz, else None."""
        return self._shelf.find(key)

    def has_teacher(self, key: str) -> bool:
        """Whether `teacher` would most likely find one, without reading it."""
        return self._shelf.has(key)

    def export(self, run_id: str, target: Path) -> Path:
        """The run as a zip file at `target`: settings, card, figures, curves, weights and probe maps."""
        from kdviz.store.export import pack

        pack(self.run(run_id), self.metrics(run_id), self._folder(run_id).path, target)
        return target

    # --- deleting, in two steps -----------------------------------------------------------------

    def delete(self, run_id: str) -> None:
        """Hides a run; `restore` brings it back. One that waits in the queue leaves it."""
        self.mark_interrupted()
        run = self.run(run_id)
        if run.live:
            raise StoreError(f"run {run_id}: is {run.state}, so it cannot be deleted. Stop it first.")
        self.set_state(run_id, "cancelled", only_from={"queued"})
        self._update(run_id, {"deleted": time.time()})

    def restore(self, run_id: str) -> None:
        """Brings a deleted run back."""
        self._update(run_id, {"deleted": None})

    def purge(self, run_id: str) -> None:
        """Removes a deleted run for good, with its folder."""
        if self.run(run_id).record.deleted is None:
            raise StoreError(f"run {run_id}: is not deleted, so it cannot be purged. Delete it first.")
        self._folder(run_id).remove()
        self._rows.remove(run_id)

    # --- inside ---------------------------------------------------------------------------------

    def _update(self, run_id: str, changes: Mapping[str, Any], only_from: Collection[RunState] = ()) -> bool:
        """Whether the run was changed. Raises StoreError where there is no such run."""
        changed = self._rows.change(run_id, changes, only_from)
        if not changed:
            self.run(run_id)
        return changed

    @contextmanager
    def _new_folder(self, wanted: str = "") -> Iterator[RunFolder]:
        """An empty folder of a new id, which goes again where filling it fails."""
        folder = RunFolder(self.directory, reserved(self.directory, wanted))
        try:
            yield folder
        except BaseException:
            with suppress(StoreError):
                folder.remove()
            raise

    def _folder(self, run_id: str) -> RunFolder:
        """The run's folder. An id that we did not make never becomes a path."""
        if not is_id(run_id):
            raise self._unknown(run_id)
        self.run(run_id)
        return RunFolder(self.directory, run_id)

    def _unknown(self, run_id: str) -> StoreError:
        return unknown_id(run_id, [run.id for run in self.runs() if is_id(run.id)])
