"""A study as a grid: its axes, the students at each grid point, and the best values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
import pandas as pd

from kdviz.agreement import winning_shares
from kdviz.study.plan import PAIR, Point, Study
from kdviz.study.summary import CONTROLS
from kdviz.study.table import IDLE_AT_ZERO, LAMBDA, Row, arms_by_run, cell, setting_columns
from kdviz.types import Arm

COVERED_SHARE = 0.95
"""Share of the bootstrap resamples in which one of the contenders must be the best."""


@dataclass(frozen=True)
class Student:
    """The student of a run. values: of the study's fields.

    figures: accuracy, agreement, agreement_untrained, and differences in accuracy from each of `CONTROLS`;
    NaN where undefined. Twins of runs without one are those of `arms_by_run`.
    """

    run: str
    seed: int
    values: Mapping[str, Any]
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Best:
    """The best of several values of a setting. value: the one with the highest mean.

    mean: over the seeds that all values have; seeds: their number. shares: by value, the share of bootstrap
    resamples over seeds in which it has the highest mean; NaN for one seed. contenders: the fewest values,
    likeliest first, that are best in 95 % of the resamples together; all values for one seed.
    """

    value: Any
    mean: float
    seeds: int
    shares: Mapping[Any, float]
    contenders: tuple[Any, ...]


def axes(study: Study, points: Sequence[Point]) -> dict[str, tuple[Any, ...]]:
    """The settings that vary, except the seed, with their values: λ and T first, then by number of values."""
    fields = [*([PAIR] if study.pairs else []), *(field for field in study.grid if field != "seed")]
    found = {field: tuple(dict.fromkeys(_planned(points, field))) for field in fields}
    varied = {field: values for field, values in found.items() if len(values) > 1}
    usual = (LAMBDA, "temperature")
    first = [field for field in usual if field in varied]
    rest = sorted(varied.keys() - {*usual}, key=lambda field: (-len(varied[field]), fields.index(field)))
    return {field: varied[field] for field in [*first, *rest]}


def students(study: Study, rows: pd.DataFrame) -> list[Student]:
    """The students of a tidy table."""
    fields = setting_columns(study)
    return [_student(arms, fields) for arms in arms_by_run(study, rows).values() if "student" in arms]


def students_at(found: Iterable[Student], values: Mapping[str, Any]) -> list[Student]:
    """The students at a grid point, by seed."""
    return sorted((each for each in found if _is_at(each, values)), key=lambda each: each.seed)


def best_of(by_value: Mapping[Any, Sequence[Student]], figure: str) -> Best | None:
    """The value with the best figure, and how certain that is; None if fewer than two can be compared."""
    known = {
        value: {each.seed: each.figures[figure] for each in students if isfinite(each.figures[figure])}
        for value, students in by_value.items()
    }
    known = {value: seeds for value, seeds in known.items() if seeds}
    common = sorted(set.intersection(*map(set, known.values()))) if known else []
    if len(known) < 2 or not common:
        return None
    scores = np.array([[seeds[seed] for seeds in known.values()] for seed in common])
    means = scores.mean(0)
    shares = dict(zip(known, winning_shares(scores).tolist(), strict=True))
    top = int(means.argmax())
    return Best(list(known)[top], float(means[top]), len(common), shares, _contenders(shares))


def pareto_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Indices of the points for which no other is at least as good in both coordinates and better in one.

    Higher is better. Points with a NaN are left out. O(n log n).
    """
    known = [index for index, point in enumerate(points) if not any(map(isnan, point))]
    kept: list[int] = []
    for index in sorted(known, key=lambda each: points[each], reverse=True):
        if not kept or points[index][1] > points[kept[-1]][1] or points[index] == points[kept[-1]]:
            kept.append(index)
    return sorted(kept)


def _planned(points: Sequence[Point], field: str) -> list[Any]:
    """The value of each point, without those that have no effect at λ = 0."""
    if field == PAIR:
        return [point.pair for point in points]
    used = [p for p in points if p.config.explanation_weight or field not in IDLE_AT_ZERO]
    return [cell(point.value(field)) for point in used]


def _student(arms: Mapping[Arm, Row], fields: Sequence[str]) -> Student:
    row = arms["student"]
    plain = {name: row[name] for name in ("accuracy", "agreement", "agreement_untrained")}
    others = {other: arms[other] for other in CONTROLS if other in arms} if row[LAMBDA] else {}
    less = {f"less_{name}": nan for name in CONTROLS}
    less |= {f"less_{name}": row["accuracy"] - other["accuracy"] for name, other in others.items()}
    return Student(row["run"], row["seed"], {field: row[field] for field in fields}, {**plain, **less})


def _is_at(student: Student, values: Mapping[str, Any]) -> bool:
    free = () if student.values[LAMBDA] else IDLE_AT_ZERO
    return all(student.values[field] == value for field, value in values.items() if field not in free)


def _contenders(shares: Mapping[Any, float]) -> tuple[Any, ...]:
    likely = sorted(shares, key=lambda value: -shares[value])
    if any(isnan(share) for share in shares.values()):
        return tuple(likely)
    covered = np.cumsum([shares[value] for value in likely])
    return tuple(likely[: int(np.searchsorted(covered, COVERED_SHARE - 1e-9)) + 1])
