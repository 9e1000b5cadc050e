"""The places at which a run can go wrong, each done right."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from kdviz.datasets import Normalizer, RunData, Split
from kdviz.models import Network
from kdviz.trainer.batches import Batch, Batches
from kdviz.trainer.learner import Learner, Objective
from kdviz.trainer.teacher_targets import Asking, Teaching, teaching
from kdviz.types import Event


class Practice:
    """How a run goes about its work. A mistake is a practice that does one of these things another way.

    Whatever it does, it does to all arms that it concerns: a twin still differs from its student in λ alone.
    """

    def images(self, data: RunData, count: int | None, seed: int) -> RunData:
        """Who learns from what. count, seed: how many images the students learn from, and which."""
        return data

    def objective(self, objective: Objective) -> Objective:
        """What an arm that has a teacher minimises."""
        return objective

    def lessons(
        self, teacher: Network, ask: Asking, batches: Batches, epochs: int
    ) -> Generator[Event, None, Teaching]:
        """What the teacher says about each batch. ask: how it is asked about some images."""
        return (yield from teaching(ask, batches, epochs))

    def try_out(self, learner: Learner, batches: Iterable[Batch], teach: Teaching) -> None:
        """Look before the first step whether the arm can learn. Raises TrainingError if it cannot."""
        learner.require_gradient(batches, teach)

    def recorded(
        self, events: Iterator[Event], teacher: Network, validation: Split, normalizer: Normalizer
    ) -> Iterator[Event]:
        """What is told of the students' training."""
        return events
