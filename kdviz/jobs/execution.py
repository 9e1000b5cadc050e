"""Training a run: events are written to the store, and requests to pause or stop are followed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, cast

from kdviz.device import resolve_device
from kdviz.endings import INTERRUPTED, MADE_WAY, STOPPED
from kdviz.errors import ConfigError, KdvizError, StoreError
from kdviz.jobs.parents import parent_weights
from kdviz.jobs.recorder import Recorder, Stopwatch
from kdviz.jobs.share_done import ShareDone
from kdviz.jobs.wakeup import WAKEUP
from kdviz.store import Run, Store, made_here
from kdviz.types import Event, Preparing, RunState, StepTaken

if TYPE_CHECKING:
    from kdviz.config import RunConfig

Observer = Callable[[Event], object]
Distill = Callable[..., Generator[Event, None, None]]

POLL_S = 0.2
"""How often a run checks for requests of other processes."""

_LOG = logging.getLogger(__name__)


class _MadeWay(Exception):  # noqa: N818  # no error: others wait for the device of a paused run
    """The run was paused and made way for the next one."""


class _Stopped(Exception):  # noqa: N818  # no error: a person pressed Stop
    """The run was stopped."""


def execute(
    store: Store, run_id: str, on_event: Observer | None = None, distill: Distill | None = None
) -> Run:
    """Train a run in this thread, from its last snapshot if it has one, and return it when it has ended.

    A failed run is returned too, with its error in `message`. Raises StoreError if the run is not waiting
    to run, another process holds it, or its final state cannot be stored (it is then found interrupted);
    KeyboardInterrupt, after marking the run as interrupted.
    """
    with store.hold(run_id):
        store.claim(run_id)
        state, message = _outcome(store, run_id, on_event, distill)
        store.set_state(run_id, state, message)
        _save_card(store, run_id)
    return store.run(run_id)


def _outcome(
    store: Store, run_id: str, on_event: Observer | None, distill: Distill | None
) -> tuple[RunState, str]:
    """Train the run; the final state, and a message."""
    try:
        _train(store, run_id, on_event, distill or _trainer_distill())
    except _Stopped:
        return "cancelled", STOPPED
    except _MadeWay:
        return "cancelled", MADE_WAY
    except KeyboardInterrupt:
        with suppress(StoreError):
            store.set_state(run_id, "interrupted", INTERRUPTED)
        raise
    except KdvizError as error:
        return "failed", str(error)
    except Exception as error:
        _LOG.exception("run %s failed", run_id)
        first_line = str(error).strip().partition("\n")[0]
        return "failed", f"{type(error).__name__}: {first_line} (the log has more)"
    return "finished", ""


def _train(store: Store, run_id: str, on_event: Observer | None, distill: Distill) -> None:
    run = store.run(run_id)
    config = _config(store, run)
    _check_files(store, run, config)
    _save_card(store, run_id)
    before = run.record.progress
    watch = Stopwatch(before.seconds)
    share = ShareDone(config, stage=before.stage, epoch=before.epoch)
    recorder, requests = Recorder(store, run_id, watch, share), _Requests(store, run_id, watch)

    def handle(event: Event) -> None:
        recorder.record(event)
        if on_event:
            on_event(event)
        if isinstance(event, StepTaken | Preparing):
            requests.follow()

    events = distill(
        config,
        teacher=store.teacher,
        resume=store.rewind(run_id),
        report=lambda message, fraction: handle(Preparing(message, fraction)),
        **({"start": parent_weights(store, config)} if config.parent else {}),
    )
    with closing(events):
        for event in events:
            handle(event)


class _Requests:
    """Follows requests to pause or stop a run while it trains."""

    def __init__(self, store: Store, run_id: str, watch: Stopwatch) -> None:
        self._store = store
        self._run_id = run_id
        self._watch = watch
        self._wakeups = -1
        self._checked_s = 0.0

    def follow(self) -> None:
        """Wait while the run is paused. Raises _Stopped if it is to stop, _MadeWay if others wait for it."""
        if self._wakeups == WAKEUP.count and time.monotonic() - self._checked_s < POLL_S:
            return
        self._wakeups, self._checked_s = WAKEUP.count, time.monotonic()
        if self._pausing():
            self._store.set_state(self._run_id, "paused")
            with self._watch.stopped():
                self._wait()
            self._store.set_state(self._run_id, "running")

    def _wait(self) -> None:
        wakeups = WAKEUP.count
        while self._pausing():
            if self._others_wait():
                raise _MadeWay
            WAKEUP.wait(wakeups, POLL_S)
            wakeups = WAKEUP.count

    def _others_wait(self) -> bool:
        """Whether runs are queued behind this one. One that was never queued has a process of its own."""
        run = self._store.run(self._run_id)
        device = resolve_device(run.config.device)
        return run.record.queued is not None and any(
            resolve_device(other.config.device) == device for other in self._store.queued()
        )

    def _pausing(self) -> bool:
        request = self._store.requested(self._run_id)
        if request == "stop":
            raise _Stopped
        return request == "pause"


def _check_files(store: Store, run: Run, config: RunConfig) -> None:
    """A new run takes its files as they are; a resumed one raises ConfigError if they have changed."""
    given = [setting for setting, content in config.content.items() if content]
    if not given or config.key == run.record.config_key:
        return
    if store.resume_state(run.id) is not None:
        raise ConfigError(
            f"{', '.join(given)}: may not be the files that this run started with (they have changed, "
            "or an earlier version started it), so it cannot be resumed. Restore those files, or start a new "
            "run."
        )
    store.set_key(run.id, config.key)


def _save_card(store: Store, run_id: str) -> None:
    store.save_card(run_id, made_here(resolve_device(store.run(run_id).config.device)))


def _config(store: Store, run: Run) -> RunConfig:
    from kdviz.config import changed

    return changed(run.config, **store.own_files(run.id))  # validated again: its files may have changed


def _trainer_distill() -> Distill:
    """Imported on first use, so that pages do not import torch."""
    from kdviz.trainer import distill

    return cast(Distill, distill)
