"""A study as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kdviz.store import Run
from kdviz.study import Point, Study


@dataclass(frozen=True)
class SweptStudy:
    """A valid study with its runs.

    name: in links. file: that it was read from; None for one of the open run, which is `run`.
    """

    name: str
    study: Study
    points: tuple[Point, ...]
    file: Path | None = None
    run: Run | None = None

    @property
    def repeats(self) -> bool:
        """Whether its runs differ from the open run in the seed alone."""
        weights = {point.config.explanation_weight for point in self.points}
        return self.run is not None and len(weights) == 1
