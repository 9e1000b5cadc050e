"""Accuracy and agreement over λ, from similar runs, and from a packaged experiment on each kind of input.

The experiments are small enough to be repeated in a lesson: inputs with a cue that predicts the class in
training. `scripts/measure_lambda.py` measures them; the results come with the package, in tables whose
headers state how and where.
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
from kdviz.types import Arm, ArmResult, ModalityName

LADDER = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""The values of λ of the experiments: from none to well beyond where accuracy stops rising."""

WITH_CUE: Mapping[ModalityName, Mapping[str, Any]] = {
    "image": {"dataset": "shapes", "cue": "hue-patch"},
    "text": {"dataset": "sentiment", "cue": "marker-word"},
    "audio": {"dataset": "speech-commands-mini", "cue": "beep"},
}
"""Data with a cue that gives the class away in training, for each kind of input, with a teacher at hand."""

_SMALLER: Mapping[ModalityName, Mapping[str, Any]] = {"image": {"train_count": 500, "epochs": 20}}
_FREE = frozenset({"explanation_weight", "seed", "arms", "device"})
"""Settings in which the runs of one curve may differ."""


@dataclass(frozen=True)
class Dot:
    """One student. accuracy: on the test set. agreement: cosine of Grad-CAM maps, corrected for chance."""

    weight: float
    seed: int
    accuracy: float
    agreement: float


@dataclass(frozen=True)
class MeasuredCurve:
    """dots: the measured students. origin: how and where they were measured, in lines."""

    dots: tuple[Dot, ...]
    origin: tuple[str, ...]


def experiment(modality: ModalityName, weight: float, seed: int = 0) -> RunConfig:
    """A run of the experiment: the student without a twin. A few seconds on one core."""
    varied = {"explanation_weight": weight, "seed": seed, "arms": ("student",)}
    return make_config({**WITH_CUE[modality], **_SMALLER.get(modality, {}), **varied})


def measured_file(modality: ModalityName) -> Path:
    """The table of the experiment on a kind of input."""
    return Path(__file__).with_name(f"measured_lambda_{modality}.csv")


@cache
def measured_curve(modality: ModalityName) -> MeasuredCurve:
    """The packaged results of the experiment."""
    lines = measured_file(modality).read_text(encoding="utf-8").splitlines()
    head = [line.removeprefix("# ") for line in lines if line.startswith("#")]
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    dots = (
        Dot(float(row["lambda"]), int(row["seed"]), float(row["accuracy"]), float(row["agreement"]))
        for row in rows
    )
    return MeasuredCurve(tuple(dots), tuple(head))


def similar_runs(runs: Iterable[Run], config: RunConfig) -> list[Run]:
    """The runs whose settings equal `config` except λ, seed, arms and device; without an adapted λ."""
    shared = _shared(changed(config, explanation_share=None))
    return [run for run in runs if _shared(run.config) == shared]


def dots(runs: Iterable[Run]) -> list[Dot]:
    """The students of finished runs, by λ and seed, one for each pair. A twin is a student at λ = 0."""
    found: dict[tuple[float, int], Dot] = {}
    for run in runs:
        for arm, results in _students(run):
            weight = 0.0 if arm == "twin" else float(run.config.explanation_weight)
            place = (weight, int(run.config.seed))
            found.setdefault(place, Dot(*place, results.accuracy, results.cosine.interval.value))
    return [found[place] for place in sorted(found)]


def merged(packaged: Iterable[Dot], local: Iterable[Dot]) -> list[Dot]:
    """One student for each λ and seed: local ones replace packaged ones."""
    by_place = {(dot.weight, dot.seed): dot for dots in (packaged, local) for dot in dots}
    return [by_place[place] for place in sorted(by_place)]


def missing(found: Iterable[Dot], seed: int, ladder: Iterable[float] = LADDER) -> list[float]:
    """The values of the ladder that are not measured with this seed."""
    there = {dot.weight for dot in found if dot.seed == seed}
    return [weight for weight in ladder if weight not in there]


def best(found: Iterable[Dot]) -> float | None:
    """The λ with the highest mean accuracy, the smallest of ties; None without a student."""
    means = mean_by_weight(found)
    return max(means, key=lambda weight: (means[weight].accuracy, -weight)) if means else None


def mean_by_weight(found: Iterable[Dot]) -> dict[float, Dot]:
    """The mean over seeds for each λ, ascending. seed: the number of seeds."""
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
