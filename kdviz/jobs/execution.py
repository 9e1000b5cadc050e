"""Running a run: what the trainer tells goes into the store, what was asked for is obeyed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from typing import TYPE_CHECKING, cast

from kdviz.device import resolve_device
from kdviz.errors import ConfigError, KdvizError, StoreError
from kdviz.jobs.recorder import Recorder, Stopwatch
from kdviz.jobs.wakeup import BELL
from kdviz.store import Run, Store, made_here
from kdviz.types import Event, Preparing, RunState, StepTaken

if TYPE_CHECKING:
    from kdviz.config import RunConfig

Observer = Callable[[Event], object]
Distill = Callable[..., Generator[Event, None, None]]

LOOK_EVERY_S = 0.2
"""How often a run looks for what other processes ask of it."""

_GOES_ON = "Resume goes on from the last full epoch."
_LOG = logging.getLogger(__name__)


class _Stopped(Exception):  # noqa: N818  # no error: somebody pressed Stop
    """The run has been asked to end."""


def execute(
    store: Store, run_id: str, on_event: Observer | None = None, distill: Distill | None = None
) -> Run:
    """Trains a run in this thread, from its last snapshot if it has one, and returns how it ended.

    A failure is a run's end like others, with its line in `message`. Raises StoreError where the run
    does not wait to be run, another process holds it, or its end cannot be written down (it is found
    interrupted then); and KeyboardInterrupt, after leaving a run that can be resumed.
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
    """How training ended, and why."""
    try:
        _train(store, run_id, on_event, distill or _real_distill())
    except _Stopped:
        return "cancelled", f"Stopped. {_GOES_ON}"
    except KeyboardInterrupt:
        with suppress(StoreError):
            store.set_state(run_id, "interrupted", f"Interrupted. {_GOES_ON}")
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
    config = _config(run)
    _check_files(store, run, config)
    _save_card(store, run_id)
    watch = Stopwatch(run.record.progress.seconds)
    recorder, requests = Recorder(store, run_id, watch), _Requests(store, run_id, watch)

    def hear(event: Event) -> None:
        recorder.record(event)
        if on_event:
            on_event(event)
        if isinstance(event, StepTaken | Preparing):
            requests.obey()

    events = distill(
        config,
        teacher=store.teacher,
        resume=store.rewind(run_id),
        report=lambda message, fraction: hear(Preparing(message, fraction)),
    )
    with closing(events):
        for event in events:
            hear(event)


class _Requests:
    """What is asked of a run while it trains."""

    def __init__(self, store: Store, run_id: str, watch: Stopwatch) -> None:
        self._store = store
        self._run_id = run_id
        self._watch = watch
        self._heard = -1
        self._looked_s = 0.0

    def obey(self) -> None:
        """Waits while the run is to pause; raises _Stopped where it is to end."""
        if self._heard == BELL.rings and time.monotonic() - self._looked_s < LOOK_EVERY_S:
            return
        self._heard, self._looked_s = BELL.rings, time.monotonic()
        if self._pausing():
            self._store.set_state(self._run_id, "paused")
            with self._watch.stopped():
                self._wait()
            self._store.set_state(self._run_id, "running")

    def _wait(self) -> None:
        heard = BELL.rings
        while self._pausing():
            BELL.wait(heard, LOOK_EVERY_S)
            heard = BELL.rings

    def _pausing(self) -> bool:
        request = self._store.requested(self._run_id)
        if request == "stop":
            raise _Stopped
        return request == "pause"


def _check_files(store: Store, run: Run, config: RunConfig) -> None:
    """A run that begins takes its files as they are now. Raises ConfigError where one goes on with others."""
    given = [setting for setting, content in config.content.items() if content]
    if not given or config.key == run.record.config_key:
        return
    if store.resume_state(run.id) is not None:
        raise ConfigError(
            f"{', '.join(given)}: not known to be the files that this run began with (they have changed, "
            "or an earlier version began it), so it cannot go on. Put back those that it had, or start a new "
            "run."
        )
    store.set_key(run.id, config.key)


def _save_card(store: Store, run_id: str) -> None:
    store.save_card(run_id, made_here(resolve_device(store.run(run_id).config.device)))


def _config(run: Run) -> RunConfig:
    from kdviz.config import changed

    return changed(run.config)  # it names files of then: they are looked for again


def _real_distill() -> Distill:
    """Imported when it is needed: a page that only looks on does without torch."""
    from kdviz.trainer import distill

    return cast(Distill, distill)
