"""The deliberate mistakes as training hooks: each replaces one step of training by a wrong one.

Their names and sources are in `kdviz.museum.mistakes`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from kdviz.datasets import Normalizer, RunData, Split, balanced_subset
from kdviz.errors import TrainingError
from kdviz.models import Network
from kdviz.trainer.batches import Batch, Batches
from kdviz.trainer.inference import accuracy, split_logits
from kdviz.trainer.learner import Learner, Objective
from kdviz.trainer.teacher_targets import BatchTargets, TeacherForward, TeacherOutput, precompute
from kdviz.trainer.training_hooks import TrainingHooks
from kdviz.types import Event, Measured, SnapshotTaken

SoftLabelTerm = Callable[[Tensor, Tensor, float], Tensor]
"""(log-probabilities of the student, probabilities of the teacher, T) -> scalar; both (N, classes), at T."""


def kl_averaged_over_classes(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """As computed by reduction="mean", for which PyTorch prints a warning."""
    return temperature**2 * F.kl_div(student, teacher, reduction="none").mean()


def kl_without_t_squared(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """KL divergence without the factor T², so its gradient shrinks by T²."""
    return F.kl_div(student, teacher, reduction="batchmean")


def squares_of_probabilities(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Mean squared error of the softened probabilities, whose values are all small."""
    return temperature**2 * F.mse_loss(student.exp(), teacher)


@dataclass(frozen=True)
class WrongSoftLabelTerm(TrainingHooks):
    """Replaces T² · KL by another soft-label term."""

    term: SoftLabelTerm

    def objective(self, objective: Objective) -> Objective:
        """The objective with the other term."""
        return replace(objective, accuracy_terms=self._terms)

    def _terms(
        self, student_logits: Tensor, teacher_logits: Tensor, labels: Tensor, *, temperature: float
    ) -> tuple[Tensor, Tensor]:
        student = F.log_softmax(student_logits / temperature, dim=1)
        teacher = F.softmax(teacher_logits.detach() / temperature, dim=1)
        return F.cross_entropy(student_logits, labels), self.term(student, teacher, temperature)


class DetachedMap(TrainingHooks):
    """Detaches the student's map from its graph."""

    def objective(self, objective: Objective) -> Objective:
        """The objective, with an explanation loss that has no gradient."""
        loss = objective.loss
        if loss is None:
            return objective

        def distance(teacher: Tensor, student: Tensor) -> Tensor:
            return loss.distance(teacher, student.detach())  # type: ignore[no-any-return]

        return replace(objective, loss=replace(loss, distance=distance))

    def check_gradient(self, learner: Learner, batches: Iterable[Batch], targets: BatchTargets) -> None:
        """No check: it would refuse the run."""


class TeacherInTrainMode(TrainingHooks):
    """Leaves the teacher in train mode: BatchNorm uses batch statistics and updates its averages."""

    def teacher_targets(
        self, teacher: Network, forward: TeacherForward, batches: Batches, epochs: int
    ) -> Generator[Event, None, BatchTargets]:
        """Not precomputed, since an image's output depends on its batch.

        Raises TrainingError for a teacher without BatchNorm and dropout.
        """
        if not any(isinstance(part, _BatchNorm | nn.Dropout) for part in teacher.modules()):
            raise TrainingError(
                "mistake: 'teacher-in-train-mode' changes nothing in a teacher without batch normalization "
                "and dropout. Choose another teacher."
            )
        yield from ()

        def targets(batch: Batch) -> TeacherOutput:
            teacher.train()  # evaluation sets it back to eval mode
            return forward(batch.images)

        return targets

    def events(
        self, events: Iterator[Event], teacher: Network, validation: Split, normalizer: Normalizer
    ) -> Iterator[Event]:
        """Adds the teacher's accuracy after each epoch, and its weights to the state, since it changes."""
        for event in events:
            if not isinstance(event, SnapshotTaken):
                yield event
                continue
            weights = {name: value.detach().cpu().clone() for name, value in teacher.state_dict().items()}
            if event.epoch:
                logits = yield from split_logits(teacher, validation, normalizer)
                values = {"validation_accuracy": accuracy(logits, validation.labels)}
                yield Measured("students", float(event.epoch), "teacher", values)
            yield replace(event, state={**event.state, "teacher": weights})


class ShuffledCache(TrainingHooks):
    """Caches the teacher's outputs in the order of the images, and reads them in the order of the batches."""

    def teacher_targets(
        self, teacher: Network, forward: TeacherForward, batches: Batches, epochs: int
    ) -> Generator[Event, None, BatchTargets]:
        """The cached outputs at the batch's position. Raises TrainingError if they need too much memory."""
        cached = yield from precompute(forward, batches)
        if cached is None:
            raise TrainingError(
                "mistake: 'shuffled-cache' caches the teacher's outputs for all images, which needs too much "
                "memory here. Lower train_count, or choose another explanation loss."
            )

        def targets(batch: Batch) -> TeacherOutput:
            start = batch.index * batches.batch_size
            return cached.take(torch.arange(start, start + len(batch.labels), device=batches.device))

        return targets


class TrainsOnTheTest(TrainingHooks):
    """Trains the students on test images."""

    def run_data(self, data: RunData, count: int | None, seed: int) -> RunData:
        """The data with up to `count` test images as the students' training images."""
        test = data.test
        taken = balanced_subset(test, None if count is None else min(count, len(test)), seed=seed)
        return replace(data, student_train=taken)
