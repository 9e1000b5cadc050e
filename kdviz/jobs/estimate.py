"""How long a run will take on this machine, and what that is made of, before it is started."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdviz.jobs.pace import Known, known_pace
from kdviz.store import Run, Store

if TYPE_CHECKING:
    from kdviz.config import RunConfig
    from kdviz.datasets import Counts


@dataclass(frozen=True)
class Work:
    """How much there is to do: batches an epoch, and epochs; none of the teacher where one is at hand."""

    teacher_steps: int
    teacher_epochs: int
    steps: int
    epochs: int
    batch_size: int

    @property
    def batches(self) -> int:
        """In all."""
        return self.teacher_epochs * self.teacher_steps + self.epochs * self.steps

    @property
    def images(self) -> int:
        """Images learnt from in all, each as often as it is."""
        return self.batches * self.batch_size


@dataclass(frozen=True)
class Estimate:
    """Seconds of a run's parts. earlier: found in an earlier run; otherwise timed."""

    teacher: float
    students: float
    measuring: float
    final: float
    earlier: bool

    @property
    def total(self) -> float:
        """Seconds of the whole run."""
        return self.teacher + self.students + self.measuring + self.final


def work(config: RunConfig, counts: Counts, *, has_teacher: bool) -> Work:
    """What a run has to do with so many images."""
    images = min(config.train_count or counts.train, counts.train)
    return Work(
        counts.train // config.batch_size,
        0 if has_teacher else config.teacher_epochs,
        images // config.batch_size,
        config.epochs,
        config.batch_size,
    )


def expected(store: Store, config: RunConfig, counts: Counts) -> tuple[Work, Estimate | None]:
    """A run's work, and the time that it will take; None while that is not known: ask again.

    Never waits: what has to be timed is timed in the background, while no run is being trained.
    """
    todo = work(config, counts, has_teacher=store.has_teacher(config.teacher_key))
    known = known_pace(store, config, counts, with_teacher=todo.teacher_epochs > 0)
    return todo, None if known is None else at_pace(todo, known)


def at_pace(todo: Work, known: Known) -> Estimate:
    """The time that the work takes."""
    pace = known.pace
    teacher = todo.teacher_steps * pace.teacher_step + pace.teacher_look
    return Estimate(
        teacher=todo.teacher_epochs * teacher if todo.teacher_epochs else 0.0,
        students=todo.epochs * todo.steps * pace.step,
        measuring=pace.begin + todo.steps * pace.ask + todo.epochs * pace.look,
        final=pace.final,
        earlier=known.earlier,
    )


def foretold_s(store: Store, run: Run) -> float:
    """Seconds that a waiting run will take; NaN where nothing tells, or files would have to be counted."""
    from kdviz.config import make_config
    from kdviz.datasets import counted

    if run.config.dataset == "folder":
        return math.nan
    config = make_config(run.config.model_dump())
    estimate = expected(store, config, counted(config.dataset, None))[1]
    return math.nan if estimate is None else estimate.total
