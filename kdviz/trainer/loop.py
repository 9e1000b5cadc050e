"""The training loop: all arms in lockstep, on the same batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil, isfinite
from time import perf_counter

import torch
from torch import Tensor

from kdviz.errors import TrainingError
from kdviz.trainer.batches import Batches
from kdviz.trainer.learner import Learner, Terms
from kdviz.trainer.teacher_targets import BatchTargets
from kdviz.types import Event, Measured, SnapshotTaken, Stage, StageStarted, StepTaken

_POINTS_PER_EPOCH = 8


def train(
    stage: Stage,
    learners: Sequence[Learner],
    batches: Batches,
    *,
    targets: BatchTargets | None,
    epochs: int,
    epochs_done: int,
    evaluate: Callable[[int], Iterator[Event]],
) -> Iterator[Event]:
    """Train all learners from `epochs_done` to `epochs`.

    targets: computes the teacher's outputs for a batch, shared by all arms; None without a teacher.
    evaluate: called after each epoch, with the number of epochs done.
    Raises TrainingError if a loss is not finite.
    """
    yield StageStarted(stage, tuple(each.arm for each in learners), epochs, len(batches), epochs_done)
    for epoch in range(epochs_done, epochs):
        yield from _epoch(stage, learners, batches, targets=targets, epoch=epoch, epochs=epochs)
        yield from evaluate(epoch + 1)
        yield snapshot(stage, epoch + 1, learners)


def snapshot(stage: Stage, epoch: int, learners: Sequence[Learner]) -> SnapshotTaken:
    """Weights and trainer state of the learners after an epoch."""
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
    targets: BatchTargets | None,
    epoch: int,
    epochs: int,
) -> Iterator[Event]:
    meters = {each.arm: _Meter() for each in learners}
    steps, spent_s = len(batches), 0.0
    group = max(1, steps // _POINTS_PER_EPOCH)
    first = learners[0]
    for step, batch in enumerate(batches.epoch(epoch), start=1):
        start_s = perf_counter()
        teacher = targets(batch) if targets else None
        for learner in learners:
            terms = learner.terms(batch.images, batch.labels, teacher, batch.masks)
            if step == 1:
                meters[learner.arm].first_batch = learner.gradient_share(terms)
                if learner is first:
                    meters[learner.arm].first_batch |= learner.adapt_weight(meters[learner.arm].first_batch)
                elif learner.objective.loss is not None:  # a placebo has the λ of the student
                    learner.explanation_weight = first.explanation_weight
            learner.step(terms)
            meters[learner.arm].add(terms.detached(), learner.explanation_weight)
        spent_s += perf_counter() - start_s
        yield StepTaken(stage, epoch * steps + step, epochs * steps)
        if step % group == 0 or step == steps:
            at = epoch + step / steps
            for learner in learners:
                yield Measured(stage, at, learner.arm, meters[learner.arm].read(learner.arm, at))
    for learner in learners:
        values = {**meters[learner.arm].first_batch, "seconds": spent_s}
        yield Measured(stage, epoch + 1.0, learner.arm, values)


class _Meter:
    """Means of an arm's loss terms since the last reading. first_batch: of the epoch's first batch."""

    def __init__(self) -> None:
        self.first_batch: dict[str, float] = {}
        self._rows: list[Tensor] = []

    def add(self, terms: Terms, explanation_weight: float) -> None:
        """Add a batch. Its terms stay on the device."""
        parts = (
            terms.total(explanation_weight),
            terms.ce,
            terms.kd,
            terms.explanation,
            terms.missing,
            terms.correct,
        )
        self._rows.append(torch.stack([part.float() for part in parts]))

    def read(self, arm: str, epoch: float) -> dict[str, float]:
        """Means since the last reading, by metric. Raises TrainingError if the loss is not finite."""
        names = ("loss", "ce", "kd", "explanation", "missing_maps", "train_accuracy")
        values = dict(zip(names, torch.stack(self._rows).mean(0).tolist(), strict=True))
        self._rows.clear()
        if not isfinite(values["loss"]):
            raise TrainingError(
                f"The {arm}'s loss is not finite in epoch {ceil(epoch)}. The last good epoch "
                "is kept. Lower learning_rate or explanation_weight by a factor of 10 and start again."
            )
        return values
