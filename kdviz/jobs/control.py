"""What a person asks of a run. Every request is a row, so it reaches a run in any process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.errors import StoreError
from kdviz.jobs.wakeup import BELL
from kdviz.store import Store

if TYPE_CHECKING:
    from kdviz.config import RunConfig


def submit(store: Store, config: RunConfig, name: str = "", *, foreground: bool = False) -> str:
    """A new run's id. It waits for a worker; in the foreground, it is the caller's to `execute`."""
    run_id = store.create(
        config.model_dump(mode="json"),
        key=config.key,
        state="running" if foreground else "queued",
        name=name,
    )
    BELL.ring()
    return run_id


def import_run(store: Store, path: Path) -> str:
    """The id of a run that was exported, here or on another machine; its `origin` is the id it had.

    Raises StoreError for a file that is no export of a run which this version understands.
    """
    from kdviz.config import stored_settings

    return store.import_run(path, stored_settings)


def pause(store: Store, run_id: str) -> None:
    """Asks a running run to wait, at its next batch, until it is resumed. Raises StoreError otherwise."""
    store.mark_interrupted()
    if not store.request(run_id, "pause"):
        raise _cannot(store, run_id, "cannot be paused")
    BELL.ring()


def stop(store: Store, run_id: str) -> None:
    """Ends a run at its next batch, or takes it out of the queue. What it has done stays.

    Raises StoreError where it has ended already.
    """
    store.mark_interrupted()
    waited = store.set_state(run_id, "cancelled", "Taken out of the queue.", only_from={"queued"})
    if not waited and not store.request(run_id, "stop"):
        raise _cannot(store, run_id, "cannot be stopped")
    BELL.ring()


def resume(store: Store, run_id: str, *, foreground: bool = False) -> None:
    """Lets a paused run go on, or queues one that was stopped, failed or interrupted.

    foreground: it is the caller's to `execute`. Raises StoreError where there is nothing to resume.
    """
    store.mark_interrupted()
    goes_on = not foreground and store.request(run_id, None)
    if not goes_on and not store.enqueue(run_id, state="running" if foreground else "queued"):
        raise _cannot(store, run_id, "cannot be resumed")
    BELL.ring()


def _cannot(store: Store, run_id: str, what: str) -> StoreError:
    run = store.run(run_id)
    return StoreError(f"run {run_id}: is {'deleted' if run.record.deleted else run.state}, so it {what}.")
