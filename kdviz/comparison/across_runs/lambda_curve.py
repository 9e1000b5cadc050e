"""Accuracy and agreement over λ: from runs that share everything else, and from an experiment measured once.

The experiment is small, so that it can be repeated in a lesson: shapes with a coloured patch that gives the
class away. `scripts/measure_lambda.py` has measured it; its figures come with the package, in a table whose
head says how and where.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kdviz.config import RunConfig, changed, make_config
from kdviz.store import Run
from kdviz.types import Arm, ArmResult

LADDER = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""The λ of the experiment: so far that its fall is seen as well as its rise."""

MEASURED = Path(__file__).with_name("measured_lambda.csv")

_EXPERIMENT = {"dataset": "shapes", "cue": "hue-patch", "train_count": 500, "epochs": 20}
_FREE = frozenset({"explanation_weight", "seed", "arms", "device"})
"""What may differ between the runs of one curve."""


@dataclass(frozen=True)
class Dot:
    """One student. accuracy: on the test set. agreement: cosine of Grad-CAM maps, corrected for chance."""

    weight: float
    seed: int
    accuracy: float
    agreement: float


@dataclass(frozen=True)
class MeasuredCurve:
    """dots: what was measured. origin: how and where, a line each."""

    dots: tuple[Dot, ...]
    origin: tuple[str, ...]


def experiment(weight: float, seed: int = 0) -> RunConfig:
    """One run of the small experiment: its student alone, without a twin. A few seconds on one core."""
    return make_config({**_EXPERIMENT, "explanation_weight": weight, "seed": seed, "arms": ("student",)})


@cache
def measured_curve() -> MeasuredCurve:
    """The experiment as it was measured for the package."""
    lines = MEASURED.read_text(encoding="utf-8").splitlines()
    head = [line.removeprefix("# ") for line in lines if line.startswith("#")]
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    dots = (
        Dot(float(row["lambda"]), int(row["seed"]), float(row["accuracy"]), float(row["agreement"]))
        for row in rows
    )
    return MeasuredCurve(tuple(dots), tuple(head))


def alike(runs: Iterable[Run], config: RunConfig) -> list[Run]:
    """The runs whose settings are those of `config` but for λ, seed, arms and device; none that adapt λ."""
    wanted = _shared(changed(config, explanation_share=None))
    return [run for run in runs if _shared(run.config) == wanted]


def dots(runs: Iterable[Run]) -> list[Dot]:
    """The students of finished runs, by λ and seed, each λ once a seed. A twin is a student at λ = 0."""
    found: dict[tuple[float, int], Dot] = {}
    for run in runs:
        for arm, results in _students(run):
            weight = 0.0 if arm == "twin" else float(run.config.explanation_weight)
            place = (weight, int(run.config.seed))
            found.setdefault(place, Dot(*place, *_figures(results)))
    return [found[place] for place in sorted(found)]


def merged(came: Iterable[Dot], here: Iterable[Dot]) -> list[Dot]:
    """Each λ once a seed: as measured here, else as it came with the package."""
    by_place = {(dot.weight, dot.seed): dot for dots in (came, here) for dot in dots}
    return [by_place[place] for place in sorted(by_place)]


def missing(found: Iterable[Dot], seed: int, ladder: Iterable[float] = LADDER) -> list[float]:
    """The λ of the ladder that nobody has measured with this seed."""
    there = {dot.weight for dot in found if dot.seed == seed}
    return [weight for weight in ladder if weight not in there]


def best(found: Iterable[Dot]) -> float | None:
    """The λ whose mean accuracy is the highest; of equal ones the smallest; None without a dot."""
    means = mean_by_weight(found)
    return max(means, key=lambda weight: (means[weight].accuracy, -weight)) if means else None


def mean_by_weight(found: Iterable[Dot]) -> dict[float, Dot]:
    """For each λ, ascending, the mean over its seeds. seed: how many there are."""
    groups: dict[float, list[Dot]] = {}
    for dot in found:
        groups.setdefault(dot.weight, []).append(dot)
    return {
        weight: Dot(
            weight,
            len(group),
            sum(dot.accuracy for dot in group) / len(group),
            sum(dot.agreement for dot in group) / len(group),
        )
        for weight, group in sorted(groups.items())
    }


def _shared(config: RunConfig) -> Mapping[str, Any]:
    return {name: value for name, value in config if name not in _FREE}


def _students(run: Run) -> list[tuple[Arm, ArmResult]]:
    if run.state != "finished" or run.results is None:
        return []
    arms: tuple[Arm, ...] = ("student", "twin")
    return [(arm, run.results[arm]) for arm in arms if arm in run.results]


def _figures(result: ArmResult) -> tuple[float, float]:
    return result.accuracy, result.cosine.corrected
