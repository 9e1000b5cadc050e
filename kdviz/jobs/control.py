"""Submitting, pausing, stopping and resuming runs. Requests are stored, so they reach any process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.endings import TAKEN_OUT
from kdviz.errors import StoreError
from kdviz.jobs.given_files import check_given_files
from kdviz.jobs.parents import check_parent
from kdviz.jobs.wakeup import WAKEUP
from kdviz.journal import note
from kdviz.store import Store
from kdviz.store.limits import read_limits

if TYPE_CHECKING:
    from kdviz.config import RunConfig


def submit(store: Store, config: RunConfig, name: str = "", *, foreground: bool = False) -> str:
    """Create a run and return its id. A worker trains it; with `foreground`, the caller must `execute` it.

    Raises ConfigError if its parent does not fit, an error of `check_given_files` for a file that cannot be
    used, StoreError for what a visitor may not start.
    """
    check_parent(store, config)
    check_given_files(store, config)
    if store.viewer is not None:
        _check_limits(store, config)
    run_id = store.create(
        config.model_dump(mode="json"),
        key=config.key,
        state="running" if foreground else "queued",
        name=name,
    )
    note(
        "run queued",
        run=run_id,
        visitor=store.viewer,
        dataset=config.dataset,
        epochs=config.teacher_epochs + config.epochs,
    )
    WAKEUP.notify()
    return run_id


def _check_limits(store: Store, config: RunConfig) -> None:
    """Raises StoreError for a run that a visitor may not start now."""
    limits = read_limits(store.directory)
    mine = [run for run in store.runs() if not run.ended and store.may_change(run)]
    if len(mine) >= limits.runs:
        raise StoreError(
            f"queue: {len(mine)} of your runs wait or train, and {limits.runs} are allowed at once. "
            "Wait until one has ended, or stop one."
        )
    epochs = config.teacher_epochs + config.epochs
    if epochs > limits.epochs:
        raise StoreError(
            f"epochs: teacher and students together may train {limits.epochs} epochs here, got {epochs}. "
            "Choose fewer."
        )


def import_run(store: Store, path: Path) -> str:
    """Import an exported run and return its id; its `origin` is the id in the zip.

    Raises StoreError if the file is not an exported run, or one that this version cannot read.
    """
    from kdviz.config import stored_settings

    run_id = store.import_run(path, stored_settings)
    note("run imported", run=run_id, visitor=store.viewer)
    return run_id


def pause(store: Store, run_id: str) -> None:
    """Pause a run at its next batch. Raises StoreError if it is not running."""
    store.mark_interrupted()
    if not store.request(run_id, "pause"):
        raise _cannot(store, run_id, "cannot be paused")
    note("pause requested", run=run_id, visitor=store.viewer)
    WAKEUP.notify()


def stop(store: Store, run_id: str) -> None:
    """Stop a run at its next batch, or take it out of the queue. Its snapshots are kept.

    Raises StoreError if it has ended.
    """
    store.mark_interrupted()
    was_queued = store.set_state(run_id, "cancelled", TAKEN_OUT, only_from={"queued"})
    if not was_queued and not store.request(run_id, "stop"):
        raise _cannot(store, run_id, "cannot be stopped")
    note("stop requested", run=run_id, visitor=store.viewer)
    WAKEUP.notify()


def resume(store: Store, run_id: str, *, foreground: bool = False) -> None:
    """Continue a paused run, or queue one that was stopped, failed or interrupted.

    foreground: the caller must `execute` it. Raises StoreError if it cannot be resumed.
    """
    store.mark_interrupted()
    if store.viewer is not None and (run := store.run(run_id)).ended:
        _check_limits(store, run.config)
    continued = not foreground and store.request(run_id, None)
    if not continued and not store.enqueue(run_id, state="running" if foreground else "queued"):
        raise _cannot(store, run_id, "cannot be resumed")
    note("run resumed", run=run_id, visitor=store.viewer)
    WAKEUP.notify()


def _cannot(store: Store, run_id: str, what: str) -> StoreError:
    run = store.run(run_id)
    return StoreError(f"run {run_id}: is {'deleted' if run.record.deleted else run.state}, so it {what}.")
