"""The loop: learners in lockstep, the same batches for all, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, isfinite
from time import perf_counter

import torch
from torch import Tensor

from kdviz.errors import TrainingError
from kdviz.trainer.batches import Batches
from kdviz.trainer.learner import Learner, Terms
from kdviz.trainer.teacher_targets import Teaching
from kdviz.types import Event, Measured, SnapshotTaken, Stage, StageStarted, StepTaken

_POINTS_PER_EPOCH = 8


def train(
    stage: Stage,
    learners: Sequence[Learner],
    batches: Batches,
    *,
    teach: Teaching | None,
    epochs: int,
    epochs_done: int,
    look: Callable[[int], Iterator[Event]],
) -> Iterator[Event]:
    """Train all learners from `epochs_done` to `epochs`.

    teach: the teacher's lesson for a batch, shared by all; None without a teacher.
    look: what to measure once an epoch is over; called with the count of epochs done.
    Raises TrainingError if a loss stops being finite.
    """
    yield StageStarted(stage, tuple(each.arm for each in learners), epochs, len(batches), epochs_done)
    for epoch in range(epochs_done, epochs):
        yield from _epoch(stage, learners, batches, teach=teach, epoch=epoch, epochs=epochs)
        yield from look(epoch + 1)
        yield snapshot(stage, epoch + 1, learners)


def snapshot(stage: Stage, epoch: int, learners: Sequence[Learner]) -> SnapshotTaken:
    """The learners as they are now."""
    states = {each.arm: each.state() for each in learners}
    return SnapshotTaken(
        stage,
        epoch,
        weights={arm: state["weights"] for arm, state in states.items()},
        state={"stage": stage, "epoch": epoch, "arms": states},
    )


def _epoch(
    stage: Stage,
    learners: Sequence[Learner],
    batches: Batches,
    *,
    teach: Teaching | None,
    epoch: int,
    epochs: int,
) -> Iterator[Event]:
    meters = {each.arm: _Meter() for each in learners}
    steps, spent_s = len(batches), 0.0
    group = max(1, steps // _POINTS_PER_EPOCH)
    leader = learners[0]
    for step, batch in enumerate(batches.epoch(epoch), start=1):
        began = perf_counter()
        lesson = teach(batch) if teach else None
        for learner in learners:
            terms = learner.terms(batch.images, batch.labels, lesson)
            if step == 1:
                meters[learner.arm].once = learner.pull(terms)
                if learner is leader:
                    meters[learner.arm].once |= learner.adapt(meters[learner.arm].once)
                elif learner.objective.loss is not None:  # a placebo, whose λ is the student's
                    learner.explanation_weight = leader.explanation_weight
            learner.follow(terms)
            meters[learner.arm].add(terms.detached(), learner.explanation_weight)
        spent_s += perf_counter() - began
        yield StepTaken(stage, epoch * steps + step, epochs * steps)
        if step % group == 0 or step == steps:
            at = epoch + step / steps
            for learner in learners:
                yield Measured(stage, at, learner.arm, meters[learner.arm].read(learner.arm, at))
    for learner in learners:
        yield Measured(stage, epoch + 1.0, learner.arm, {**meters[learner.arm].once, "seconds": spent_s})


class _Meter:
    """Running means of one arm's loss terms since they were last read."""

    def __init__(self) -> None:
        self.once: dict[str, float] = {}
        self._rows: list[Tensor] = []

    def add(self, terms: Terms, explanation_weight: float) -> None:
        """Remember one batch. Nothing is brought to the CPU yet."""
        parts = (
            terms.total(explanation_weight),
            terms.ce,
            terms.kd,
            terms.explanation,
            terms.missing,
            terms.right,
        )
        self._rows.append(torch.stack([part.float() for part in parts]))

    def read(self, arm: str, epoch: float) -> dict[str, float]:
        """Means since the last reading. Raises TrainingError if the loss is not finite."""
        names = ("loss", "ce", "kd", "explanation", "missing_maps", "train_accuracy")
        values = dict(zip(names, torch.stack(self._rows).mean(0).tolist(), strict=True))
        self._rows.clear()
        if not isfinite(values["loss"]):
            raise TrainingError(
                f"The {arm}'s loss stopped being a finite number in epoch {ceil(epoch)}. The last good epoch "
                "is kept. Lower learning_rate or explanation_weight by a factor of 10 and start again."
            )
        return values
