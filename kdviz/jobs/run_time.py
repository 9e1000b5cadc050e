"""Estimated run time, from a run whose steps take equally long."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Literal, get_args

from kdviz.cache import Cache
from kdviz.config.keys import INPUT_FIELDS
from kdviz.device import resolve_device
from kdviz.jobs.share_done import TESTS
from kdviz.models import PRETRAINED, PROGRAMS
from kdviz.store import Metric, Run, Store
from kdviz.types import ELAPSED, PRECOMPUTE_FROM_EPOCHS, Arm, Stage

if TYPE_CHECKING:
    from kdviz.config import RunConfig
    from kdviz.datasets import Counts

_DECISIVE = (
    *INPUT_FIELDS, "teacher", "teacher_width", "teacher_size", "student", "student_width",
    "explanation_loss", "explained_layer", "batch_size", "optimizer", "arms", "precision",
)  # fmt: skip
"""Settings that decide how long a step takes, beside the device, the number of epochs and whether λ is 0."""


Basis = Literal["finished", "live", "elsewhere"]


@dataclass(frozen=True)
class Work:
    """Steps per epoch and epochs of both stages; no teacher epochs if a trained teacher is cached."""

    teacher_steps: int
    teacher_epochs: int
    steps: int
    epochs: int
    batch_size: int

    @property
    def batches(self) -> int:
        """Number of batches in both stages."""
        return self.teacher_epochs * self.teacher_steps + self.epochs * self.steps

    @property
    def images(self) -> int:
        """Images in all batches; an image counts once per epoch."""
        return self.batches * self.batch_size


@dataclass(frozen=True)
class Estimate:
    """Seconds of the parts of a run. evaluation: after the epochs. rest: loading, test set.

    basis: the run that it is estimated from: a finished one or one in its first epochs, both of this
    machine, or one that was made elsewhere.
    """

    teacher: float
    students: float
    evaluation: float
    rest: float
    basis: Basis = "finished"

    @property
    def total(self) -> float:
        """Seconds of the whole run."""
        return self.teacher + self.students + self.evaluation + self.rest


@dataclass(frozen=True)
class Timing:
    """Seconds of the parts of a run.

    teacher_epoch: an epoch of the teacher's training; NaN where a stored teacher was used.
    step: one batch, for all student arms. evaluation: after each epoch of the students.
    rest: everything else, independent of the number of epochs.
    """

    teacher_epoch: float
    step: float
    evaluation: float
    rest: float


_TIMINGS: Cache[Timing] = Cache(256)


def run_time_key(config: RunConfig) -> Hashable:
    """Equal for runs whose steps and evaluations take equally long on this machine."""
    settings = tuple(getattr(config, name) for name in _DECISIVE)
    brought = config.teacher in PROGRAMS or config.teacher == PRETRAINED
    program = config.content.get("teacher_weights") if brought else None
    with_lambda, precomputed = config.explanation_weight > 0, config.epochs >= PRECOMPUTE_FROM_EPOCHS
    return (*settings, program, with_lambda, precomputed, resolve_device(config.device))


def work(config: RunConfig, counts: Counts, *, has_teacher: bool) -> Work:
    """The steps of a run with this number of images."""
    images = min(config.train_count or counts.train, counts.train)
    return Work(
        counts.train // config.batch_size,
        0 if has_teacher else config.teacher_epochs,
        images // config.batch_size,
        config.epochs,
        config.batch_size,
    )


def expected(store: Store, config: RunConfig, counts: Counts) -> tuple[Work, Estimate | None]:
    """The work of a run and its estimated time; None if no run has the same key and known times.

    A finished run of this machine decides, else one that is running, else the quickest of those that were
    made elsewhere: the others were made on slower machines, or on busy ones.
    """
    todo = work(config, counts, has_teacher=store.has_teacher(config.teacher_key))
    key = run_time_key(config)
    alike = [run for run in store.runs() if run_time_key(run.config) == key]
    for basis in get_args(Basis):
        found = (estimated_from(todo, _timing(store, run), basis) for run in alike if _basis(run) == basis)
        known = (each for each in found if not math.isnan(each.total))
        estimate = (
            min(known, key=lambda each: each.total, default=None)
            if basis == "elsewhere"
            else next(known, None)
        )
        if estimate is not None:
            return todo, estimate
    return todo, None


def _basis(run: Run) -> Basis | None:
    if run.record.origin:
        return "elsewhere" if run.state == "finished" else None
    if run.state == "finished":
        return "finished"
    return "live" if run.live else None


def continued_time(store: Store, parent: Run, *, arms: int, epochs: int, counts: Counts) -> Estimate | None:
    """The time of a run that goes on from a finished one, by the steps of that one; None if unknown.

    arms: its number of student arms, each of which takes as long as one of the parent's: a little less, since
    the teacher's part of a step stays.
    """
    share = arms / len(parent.config.arms)
    known, basis = _timing(store, parent), _basis(parent)
    timing = replace(known, step=share * known.step, evaluation=share * known.evaluation)
    todo = replace(work(parent.config, counts, has_teacher=True), epochs=epochs)
    estimate = None if basis is None else estimated_from(todo, timing, basis)
    return None if estimate is None or math.isnan(estimate.total) else estimate


def expected_s(store: Store, run: Run) -> float:
    """Estimated seconds of a waiting run; NaN if unknown, or if files had to be counted first."""
    from kdviz.datasets import DATASETS, counted

    if DATASETS[run.config.dataset].own_files:
        return math.nan
    estimate = expected(store, run.config, counted(run.config.dataset, None))[1]
    return math.nan if estimate is None or estimate.basis == "elsewhere" else estimate.total


def estimated_from(todo: Work, timing: Timing, basis: Basis = "finished") -> Estimate:
    """The time of some work, if its parts take as long as those of an earlier run."""
    return Estimate(
        teacher=todo.teacher_epochs * timing.teacher_epoch if todo.teacher_epochs else 0.0,
        students=todo.epochs * todo.steps * timing.step,
        evaluation=todo.epochs * timing.evaluation,
        rest=timing.rest,
        basis=basis,
    )


def timing_of(run: Run, metrics: Sequence[Metric]) -> Timing:
    """The timing of a finished run, or of the epochs that are done of one that is running.

    All NaN if its times were not stored, it was resumed, or no epoch of the students is done.
    """
    now, times = run.record.progress, _by_epoch(metrics, "students", "student", ELAPSED)
    done = max(times, default=0.0)
    goes_on = run.live and done < now.epochs
    if run.record.attempt > 1 or not done or 0.0 not in times or (done < now.epochs and not goes_on):
        return Timing(math.nan, math.nan, math.nan, math.nan)
    epochs_s = times[done] - times[0.0]
    steps_s = sum(_by_epoch(metrics, "students", "student", "seconds").values())
    teacher_s = _by_epoch(metrics, "teacher", "teacher", "seconds").values()
    evaluation = max(epochs_s - steps_s, 0.0) / done
    loading_and_test = times[0.0] + TESTS * evaluation if goes_on else now.seconds - epochs_s
    return Timing(
        teacher_epoch=fmean(teacher_s) if teacher_s else math.nan,
        step=steps_s / (now.steps * done / now.epochs),
        evaluation=evaluation,
        rest=max(loading_and_test - sum(teacher_s), 0.0),
    )


def _timing(store: Store, run: Run) -> Timing:
    key = (store.directory, run.id, run.record.attempt, run.live and int(run.record.progress.epoch))
    return _TIMINGS.get(key, lambda: timing_of(run, store.metrics(run.id)))


def _by_epoch(metrics: Sequence[Metric], stage: Stage, arm: Arm, measure: str) -> dict[float, float]:
    """One measure of one arm, by epoch."""
    return {m.epoch: m.value for m in metrics if (m.stage, m.arm, m.measure) == (stage, arm, measure)}
