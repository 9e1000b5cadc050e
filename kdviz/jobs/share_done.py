"""Share of a run that is done, and the time left, from its events."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from itertools import accumulate
from math import fsum
from typing import TYPE_CHECKING

from kdviz.jobs.countdown import Countdown, computer_is_busy
from kdviz.types import (
    Arm,
    Event,
    Finished,
    Measured,
    Preparing,
    ProbeExplained,
    SnapshotTaken,
    Stage,
    StageStarted,
    StepTaken,
    TeacherReady,
)

if TYPE_CHECKING:
    from kdviz.config import RunConfig

_LOADING, _TEACHER, _PREPARING, _STUDENTS, _TEST = range(5)
"""The parts of a run, in their order."""

_SMALL = 0.5
"""Cost of loading, of the preparation of the students, and of testing one network, in epochs of a network."""

TESTS = 3
"""Evaluations of an epoch that take as long as the final one, which has more images and explainers."""


class ShareDone:
    """The share of a run that is done, in [0, 1]. It never decreases.

    The parts weigh as many epochs as they train networks; they are not timed, because the length of a part
    that has not begun is unknown.
    """

    def __init__(self, config: RunConfig, *, stage: Stage | None = None, epoch: float = 0.0) -> None:
        """stage, epoch: how far an earlier attempt got; the run resumes from its last full epoch."""
        arms = len(config.arms)
        costs = (_SMALL, config.teacher_epochs, _SMALL, config.epochs * arms, _SMALL * (arms + 1))
        self._starts = [start / sum(costs) for start in accumulate(costs, initial=0.0)]
        self._epochs, self._arms = config.epochs, arms
        self._part, self._tested = _LOADING, 0
        self.value = 0.0
        if stage is not None:
            epochs = config.teacher_epochs if stage == "teacher" else config.epochs
            self._begin(stage, math.floor(epoch), epochs)

    def take(self, event: Event) -> float:
        """The share that is done after an event."""
        match event:
            case StageStarted(stage, epochs=epochs, epochs_done=done):
                self._begin(stage, done, epochs)
            case StepTaken(step=step, steps=steps):
                self._reach(self._part, step / steps)
            case TeacherReady():
                self._part = _PREPARING
                self._reach(self._part, 0.0)
            case SnapshotTaken("students", epoch) if epoch == self._epochs:
                self._part = _TEST
            case Preparing(message, fraction):
                self._prepare(message.id, fraction)
            case Finished():
                self.value = 1.0
        return self.value

    def _begin(self, stage: Stage, done: int, epochs: int) -> None:
        """epochs: 0 of a teacher whose weights are given."""
        self._part = _TEACHER if stage == "teacher" else _STUDENTS
        self._reach(self._part, done / epochs if epochs else 1.0)

    def _prepare(self, what: str, fraction: float) -> None:
        """Evaluations do not count: they belong to the epochs, or are of a few images."""
        if self._part in (_LOADING, _PREPARING) and what != "Measuring":
            self._reach(self._part, fraction)
        elif self._part == _TEST and what == "Comparing maps":
            self._tested += 1
            self._reach(self._part, self._tested / (self._arms + 1))

    def _reach(self, part: int, share: float) -> None:
        start, end = self._starts[part : part + 2]
        self.value = max(self.value, start + min(share, 1.0) * (end - start))


_RECENT_S = 10.0
"""Seconds of steps by whose pace the remaining ones are estimated: other work may have begun or ended."""


class TimeLeft:
    """Seconds until a run ends, known while its students are trained and tested.

    It adds up the remaining steps and evaluations, at the pace of the last ones, and the final test. The
    estimate of the test is updated whenever the maps of another network have been compared.
    The evaluation before the first epoch is timed too, so that the first estimates are not too short.
    """

    def __init__(self, busy: Callable[[], bool] = computer_is_busy) -> None:
        self._countdown = Countdown(busy)
        self._now_s, self._since_s = 0.0, 0.0
        self._stage: StageStarted | None = None
        self._step = 0
        self._recent: deque[tuple[int, float]] = deque()  # numbers of steps, and their seconds
        self._evaluation_s = 0.0
        self._maps_s = 0.0  # of the next evaluation, whose maps may come long before the rest
        self._arms: set[Arm] = set()
        self._compared, self._test_began_s = 0, 0.0

    @property
    def slowed(self) -> bool:
        """Whether no time is given because other work slows the run down."""
        return self._countdown.slowed

    def take(self, event: Event, now_s: float) -> float:
        """Seconds left after an event; NaN while unknown. now_s: seconds of work on the run so far."""
        self._countdown.pass_to(now_s)
        self._now_s = now_s
        match event:
            case TeacherReady() | Measured("students", 0.0, "teacher"):
                self._since_s = now_s
            case ProbeExplained():
                self._maps_s = self._lap_s()
            case StageStarted():
                self._stage, self._since_s = event, now_s
                self._step = event.epochs_done * event.steps_per_epoch
                self._recent.clear()
                self._countdown.forget()
            case StepTaken("students", step) if self._stage is not None:
                self._reached(step)
                self._countdown.correct(self._estimate(self._stage, step))
            case SnapshotTaken("students"):
                self._evaluation_s, self._maps_s = self._lap_s() + self._maps_s, 0.0
                self._compared, self._test_began_s = 0, now_s
            case Measured("students", _, arm):
                self._arms.add(arm)
            case Preparing(message) if message.id == "Comparing maps":
                self._compared += 1
                self._countdown.correct(self._test_left_s())
        return self._countdown.seconds

    def _lap_s(self) -> float:
        lap_s = self._now_s - self._since_s
        self._since_s = self._now_s
        return lap_s

    def _reached(self, step: int) -> None:
        """Keep the last steps with their seconds, as few as took `_RECENT_S`."""
        self._recent.append((max(step - self._step, 1), self._lap_s()))
        self._step = step
        while fsum(seconds for _, seconds in self._recent) - self._recent[0][1] >= _RECENT_S:
            self._recent.popleft()

    def _estimate(self, stage: StageStarted, step: int) -> float:
        steps = stage.steps_per_epoch
        evaluations = stage.epochs - (step - 1) // steps + TESTS
        step_s = fsum(seconds for _, seconds in self._recent) / sum(count for count, _ in self._recent)
        return step_s * (stage.epochs * steps - step) + self._evaluation_s * evaluations

    def _test_left_s(self) -> float:
        """The teacher and the students before this one are done, and about half of this one."""
        done, networks = self._compared + 0.5, len(self._arms - {"teacher"}) + 1
        return max(networks - done, 0.0) * (self._now_s - self._test_began_s) / done
