"""Training hooks: the steps of a run that a deliberate mistake replaces, each done correctly here."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from kdviz.datasets import Normalizer, RunData, Split
from kdviz.models import Network
from kdviz.museum.mistakes import MISTAKES
from kdviz.trainer.batches import Batch, Batches
from kdviz.trainer.learner import Learner, Objective
from kdviz.trainer.teacher_targets import BatchTargets, TeacherForward, batch_targets
from kdviz.types import Event


class TrainingHooks:
    """Correct training. A mistake of the museum overrides one of these methods.

    It applies to all arms, so student and twin still differ only in λ.
    """

    def run_data(self, data: RunData, count: int | None, seed: int) -> RunData:
        """The images of a run. count, seed: number and random choice of the students' training images."""
        return data

    def objective(self, objective: Objective) -> Objective:
        """The objective of an arm that has a teacher."""
        return objective

    def teacher_targets(
        self, teacher: Network, forward: TeacherForward, batches: Batches, epochs: int
    ) -> Generator[Event, None, BatchTargets]:
        """A function from a batch to the teacher's outputs. forward: computes those of given images."""
        return (yield from batch_targets(forward, batches, epochs))

    def check_gradient(self, learner: Learner, batches: Iterable[Batch], targets: BatchTargets) -> None:
        """Check before the first step that the explanation loss has a gradient. Raises TrainingError."""
        learner.require_gradient(batches, targets)

    def events(
        self, events: Iterator[Event], teacher: Network, validation: Split, normalizer: Normalizer
    ) -> Iterator[Event]:
        """The events of the students' training."""
        return events


def hooks_for(mistake: str) -> TrainingHooks:
    """The hooks of a mistake, a name in `kdviz.museum.mistakes.MISTAKES`."""
    hooks: TrainingHooks = MISTAKES[mistake].hooks()
    return hooks
