"""Studies of one run: its settings with more seeds, or with other values of λ."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.config import IDLE_WITHOUT_LAMBDA, LAMBDA_LADDER, RunConfig, changed, usual_weight
from kdviz.store import Run
from kdviz.study.plan import Point, Study
from kdviz.study.table import LAMBDA
from kdviz.types import Arm

_EACH_SIDE = 2
"""Values of the ladder below and above the run's own λ."""


def has_other_seeds(config: RunConfig) -> bool:
    """Whether another seed repeats a run: not where its networks start from those of another run."""
    return not config.parent


def has_lambdas(config: RunConfig) -> bool:
    """Whether λ is a setting of a run, and not adapted by it."""
    return config.explanation_share is None


def study_of_run(
    run: Run, *, name: str, more_seeds: int = 0, ladder: bool = False
) -> tuple[Study, tuple[Point, ...]]:
    """A study of a run's settings and its points, seed by seed; the run itself is one of them.

    name: of the study. more_seeds: beside the run's own. ladder: over the values of `lambdas`. At another λ
    than the run's only the student is trained: its twin is that of the run with the same seed, which does not
    depend on λ. Raises ConfigError.
    """
    config = run.config
    weights = lambdas(config) if ladder else (float(config.explanation_weight),)
    seeds = seeds_from(config.seed, more_seeds)
    study = Study(name=name, grid={LAMBDA: [*weights], "seed": [*seeds]})
    return study, tuple(Point("", _varied(config, weight, seed)) for seed in seeds for weight in weights)


def seeds_from(own: int, more: int) -> tuple[int, ...]:
    """A run's own seed and the smallest others, ascending: the same for each of the first runs."""
    others = [seed for seed in range(more + 1) if seed != own][:more]
    return tuple(sorted([own, *others]))


def lambdas(config: RunConfig) -> tuple[float, ...]:
    """The run's own λ with the nearest values of the ladder around it, ascending.

    Around the usual one of its loss if it has none. 0 is among them unless the run has a twin, which is that
    student.
    """
    own = float(config.explanation_weight)
    centre = own or usual_weight(config.explanation_loss)
    found = {own, *_nearest(centre)} | (set() if own and "twin" in config.arms else {0.0})
    return tuple(sorted(found))


def _nearest(centre: float) -> Sequence[float]:
    """The value itself and the values of the ladder next to it, without 0."""
    below = [weight for weight in LAMBDA_LADDER if 0 < weight < centre]
    above = [weight for weight in LAMBDA_LADDER if weight > centre]
    return [*below[-_EACH_SIDE:], centre, *above[:_EACH_SIDE]]


def _varied(config: RunConfig, weight: float, seed: int) -> RunConfig:
    if weight == config.explanation_weight:
        return config if seed == config.seed else changed(config, seed=seed)
    arms: tuple[Arm, ...] = ("student",)
    values = {LAMBDA: weight, "seed": seed, "arms": arms}
    if weight == 0:
        values |= {name: RunConfig.model_fields[name].default for name in IDLE_WITHOUT_LAMBDA}
    return changed(config, **values)
