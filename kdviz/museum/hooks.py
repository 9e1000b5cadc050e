"""The deliberate mistakes as training hooks: each does one step of a run wrong.

Their names, and where each was found, are in `kdviz.museum.mistakes`.
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
from kdviz.trainer.inference import accuracy, answers
from kdviz.trainer.learner import Learner, Objective
from kdviz.trainer.teacher_targets import Asking, TeacherOutput, Teaching, everything
from kdviz.trainer.training_hooks import TrainingHooks
from kdviz.types import Event, Measured, SnapshotTaken

SoftLabelTerm = Callable[[Tensor, Tensor, float], Tensor]
"""(student's log-probabilities, teacher's probabilities, T) -> scalar; both (N, classes), softened by T."""


def kl_averaged_over_classes(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """What reduction="mean" computes; PyTorch warns of that word itself."""
    return temperature**2 * F.kl_div(student, teacher, reduction="none").mean()


def kl_without_t_squared(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """The divergence as it is: its gradient shrinks by T²."""
    return F.kl_div(student, teacher, reduction="batchmean")


def squares_of_probabilities(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """The mean squared difference of two softened answers, all of whose values are small."""
    return temperature**2 * F.mse_loss(student.exp(), teacher)


@dataclass(frozen=True)
class WrongSoftLabelTerm(TrainingHooks):
    """Compares the softened answers by another term than T² · KL."""

    term: SoftLabelTerm

    def objective(self, objective: Objective) -> Objective:
        """The same with the other term."""
        return replace(objective, accuracy_terms=self._terms)

    def _terms(
        self, student_logits: Tensor, teacher_logits: Tensor, labels: Tensor, *, temperature: float
    ) -> tuple[Tensor, Tensor]:
        student = F.log_softmax(student_logits / temperature, dim=1)
        teacher = F.softmax(teacher_logits.detach() / temperature, dim=1)
        return F.cross_entropy(student_logits, labels), self.term(student, teacher, temperature)


class DetachedMap(TrainingHooks):
    """Compares the maps without a way back to the student's weights."""

    def objective(self, objective: Objective) -> Objective:
        """The same, whose explanation loss is a number and no more."""
        loss = objective.loss
        if loss is None:
            return objective

        def distance(teacher: Tensor, student: Tensor) -> Tensor:
            return loss.distance(teacher, student.detach())  # type: ignore[no-any-return]

        return replace(objective, loss=replace(loss, distance=distance))

    def check_gradient(self, learner: Learner, batches: Iterable[Batch], teach: Teaching) -> None:
        """Not at all: it would find the mistake."""


class TeacherInTrainMode(TrainingHooks):
    """Asks a teacher that answers by each batch's statistics, and keeps them as its own."""

    def teacher_targets(
        self, teacher: Network, ask: Asking, batches: Batches, epochs: int
    ) -> Generator[Event, None, Teaching]:
        """Never beforehand: what is said of an image depends on its batch.

        Raises TrainingError for a teacher to which its mode makes no difference.
        """
        if not any(isinstance(part, _BatchNorm | nn.Dropout) for part in teacher.modules()):
            raise TrainingError(
                "mistake: 'teacher-in-train-mode' changes nothing in a teacher without batch normalisation "
                "and dropout. Choose another teacher."
            )
        yield from ()

        def teach(batch: Batch) -> TeacherOutput:
            teacher.train()  # whoever measures it puts it back into eval mode
            return ask(batch.images)

        return teach

    def events(
        self, events: Iterator[Event], teacher: Network, validation: Split, normalizer: Normalizer
    ) -> Iterator[Event]:
        """The teacher changes as well: how good it still is after each epoch, and all that is in it."""
        for event in events:
            if not isinstance(event, SnapshotTaken):
                yield event
                continue
            weights = {name: value.detach().cpu().clone() for name, value in teacher.state_dict().items()}
            if event.epoch:
                logits = yield from answers(teacher, validation, normalizer)
                values = {"validation_accuracy": accuracy(logits, validation.labels)}
                yield Measured("students", float(event.epoch), "teacher", values)
            yield replace(event, state={**event.state, "teacher": weights})


class ShuffledCache(TrainingHooks):
    """Stores the teacher's answers in the images' own order, and reads them in the order of the batches."""

    def teacher_targets(
        self, teacher: Network, ask: Asking, batches: Batches, epochs: int
    ) -> Generator[Event, None, Teaching]:
        """The lesson stored at the batch's place. Raises TrainingError if the answers cannot be stored."""
        known = yield from everything(ask, batches)
        if known is None:
            raise TrainingError(
                "mistake: 'shuffled-cache' stores what the teacher says of every image, which takes too much "
                "memory here. Lower train_count, or choose another explanation loss."
            )

        def teach(batch: Batch) -> TeacherOutput:
            begin = batch.place * batches.batch_size
            return known.about(torch.arange(begin, begin + len(batch.labels), device=batches.device))

        return teach


class TrainsOnTheTest(TrainingHooks):
    """Lets the students learn from images of the test."""

    def run_data(self, data: RunData, count: int | None, seed: int) -> RunData:
        """The same with the test's images to learn from: `count` of them, as far as there are so many."""
        test = data.test
        taken = balanced_subset(test, None if count is None else min(count, len(test)), seed=seed)
        return replace(data, student_train=taken)
