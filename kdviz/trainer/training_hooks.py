"""Training hooks: the steps of a run that a deliberate mistake may do differently, each done right."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from kdviz.datasets import Normalizer, RunData, Split
from kdviz.models import Network
from kdviz.museum.mistakes import MISTAKES
from kdviz.trainer.batches import Batch, Batches
from kdviz.trainer.learner import Learner, Objective
from kdviz.trainer.teacher_targets import Asking, Teaching, teaching
from kdviz.types import Event


class TrainingHooks:
    """The right way to train. A mistake of the museum overrides one of these methods.

    It does so for all arms alike: a twin still differs from its student in λ alone.
    """

    def run_data(self, data: RunData, count: int | None, seed: int) -> RunData:
        """The images of a run. count, seed: number of the students' training images, and their choice."""
        return data

    def objective(self, objective: Objective) -> Objective:
        """The objective of an arm that has a teacher."""
        return objective

    def teacher_targets(
        self, teacher: Network, ask: Asking, batches: Batches, epochs: int
    ) -> Generator[Event, None, Teaching]:
        """A function from a batch to its teacher targets. ask: computes those of given images."""
        return (yield from teaching(ask, batches, epochs))

    def check_gradient(self, learner: Learner, batches: Iterable[Batch], teach: Teaching) -> None:
        """Check before the first step that the arm can learn. Raises TrainingError if it cannot."""
        learner.require_gradient(batches, teach)

    def events(
        self, events: Iterator[Event], teacher: Network, validation: Split, normalizer: Normalizer
    ) -> Iterator[Event]:
        """The events of the students' training."""
        return events


def hooks_for(mistake: str) -> TrainingHooks:
    """The hooks of a mistake, a name in `kdviz.museum.mistakes.MISTAKES`."""
    hooks: TrainingHooks = MISTAKES[mistake].hooks()
    return hooks
