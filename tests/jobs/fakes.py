"""A trainer that learns nothing, in no time, and tells all the events of a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from kdviz.progress import Message
from kdviz.types import (
    ArmResult,
    Event,
    Finished,
    Measured,
    Preparing,
    ProbeExplained,
    SnapshotTaken,
    StageStarted,
    StepTaken,
    TeacherReady,
)

STEPS = 4
"""Batches an epoch."""


def distill(
    config: Any,
    *,
    teacher: Callable[[str], Any],
    resume: Mapping[str, Any] | None = None,
    report: Callable[[str, float], None] = lambda what, fraction: None,
) -> Iterator[Event]:
    """A deterministic run: every step moves the student's weight, and order matters."""
    report(Message("Loading the data"), 0.5)
    cached = teacher(config.teacher_key)
    yield TeacherReady(config.teacher_key, cached or {"w": torch.ones(2)}, cached=cached is not None)
    weight = resume["weight"] if resume else torch.zeros(2, dtype=torch.float64)
    done = resume["epoch"] if resume else 0
    yield StageStarted("students", config.arms, config.epochs, STEPS, done)
    for epoch in range(done, config.epochs):
        for step in range(epoch * STEPS + 1, (epoch + 1) * STEPS + 1):
            weight = 0.9 * weight + step
            yield StepTaken("students", step, config.epochs * STEPS)
            yield Measured("students", step / STEPS, "student", {"loss": 1 / step})
        yield Measured("students", epoch + 1.0, "student", {"agreement": float("nan")})
        yield probe(epoch + 1)
        yield SnapshotTaken(
            "students",
            epoch + 1,
            {"student": {"w": weight.clone()}},
            {"weight": weight.clone(), "epoch": epoch + 1},
        )
    yield Preparing(Message("Final figures"))
    yield Finished({"student": ArmResult(parameters=2, accuracy=0.75)})


def probe(epoch: int) -> ProbeExplained:
    indices = np.arange(2, dtype=np.int64)
    maps = np.full((2, 3, 3), epoch, dtype=np.float32)
    arms = ("teacher", "student")
    return ProbeExplained(epoch, indices, indices, dict.fromkeys(arms, maps), dict.fromkeys(arms, indices))


class Endless:
    """A trainer that takes steps until it is stopped, and remembers whether it was."""

    def __init__(self) -> None:
        self.steps = 0
        self.closed = False

    def __call__(self, config: Any, **_: Any) -> Iterator[Event]:
        try:
            yield StageStarted("students", config.arms, config.epochs, STEPS)
            while True:
                self.steps += 1
                yield StepTaken("students", 1, STEPS)
        finally:
            self.closed = True


def failing(error: BaseException, after: int = 6) -> Callable[..., Iterator[Event]]:
    """The fake run, which breaks after so many steps."""

    def broken(config: Any, **given: Any) -> Iterator[Event]:
        steps = 0
        for event in distill(config, **given):
            yield event
            steps += isinstance(event, StepTaken)
            if steps == after:
                raise error

    return broken


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TrainedHere:
    """A worker's trainer that calls a function, in the worker's thread."""

    def __init__(self, run: Callable[[Any, str], object]) -> None:
        self._run = run

    def start(self) -> None:
        """Nothing to prepare."""

    def train(self, store: Any, run_id: str) -> None:
        self._run(store, run_id)

    def close(self) -> None:
        """Nothing to end."""
