"""A study as a grid: its axes, the students at each place of it, and which of them are the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
import pandas as pd

from kdviz.agreement import winning_shares
from kdviz.study.plan import PAIR, Point, Study
from kdviz.study.summary import OTHERS
from kdviz.study.table import IDLE_AT_ZERO, LAMBDA, Row, arms_by_run, cell, setting_columns
from kdviz.types import Arm

SURE = 0.95
"""The share of draws that those who may be the best must hold together."""


@dataclass(frozen=True)
class Student:
    """A run's student. values: of the study's fields. figures: by name, NaN where undefined.

    figures: accuracy, agreement, agreement_untrained, and the accuracy less that of each of `OTHERS`.
    The twin of a run that has none is the one of `arms_by_run`.
    """

    run: str
    seed: int
    values: Mapping[str, Any]
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Best:
    """Which of several values is the best. value: that of the highest mean.

    mean: over the seeds that all the values have; seeds: how many. shares: by value, how often it has the
    highest mean in seeds drawn anew; NaN for one seed. among: the fewest values, the likeliest first, that
    hold 95 % of the draws together; all of them for one seed.
    """

    value: Any
    mean: float
    seeds: int
    shares: Mapping[Any, float]
    among: tuple[Any, ...]


def axes(study: Study, points: Sequence[Point]) -> dict[str, tuple[Any, ...]]:
    """What varies but the seed, with its values in the order of the file: λ first, then what varies most."""
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


def those_at(found: Iterable[Student], values: Mapping[str, Any]) -> list[Student]:
    """The students at a place of the grid, by seed."""
    return sorted((each for each in found if _is_at(each, values)), key=lambda each: each.seed)


def best_of(by_value: Mapping[Any, Sequence[Student]], figure: str) -> Best | None:
    """Which value has the best figure, and how sure that is; None where fewer than two can be compared."""
    known = {
        value: {each.seed: each.figures[figure] for each in there if isfinite(each.figures[figure])}
        for value, there in by_value.items()
    }
    known = {value: seeds for value, seeds in known.items() if seeds}
    common = sorted(set.intersection(*map(set, known.values()))) if known else []
    if len(known) < 2 or not common:
        return None
    scores = np.array([[seeds[seed] for seeds in known.values()] for seed in common])
    means = scores.mean(0)
    shares = dict(zip(known, winning_shares(scores).tolist(), strict=True))
    top = int(means.argmax())
    return Best(list(known)[top], float(means[top]), len(common), shares, _among(shares))


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The places of the points of which no other is at least as good in both, and better in one.

    More is better. Points that are undefined in either are left out. In O(n log n).
    """
    known = [place for place, point in enumerate(points) if not any(map(isnan, point))]
    kept: list[int] = []
    for place in sorted(known, key=lambda each: points[each], reverse=True):
        if not kept or points[place][1] > points[kept[-1]][1] or points[place] == points[kept[-1]]:
            kept.append(place)
    return sorted(kept)


def _planned(points: Sequence[Point], field: str) -> list[Any]:
    """Each point's value, without those that mean nothing at λ = 0 there."""
    if field == PAIR:
        return [point.pair for point in points]
    meant = [p for p in points if p.config.explanation_weight or field not in IDLE_AT_ZERO]
    return [cell(point.value(field)) for point in meant]


def _student(arms: Mapping[Arm, Row], fields: Sequence[str]) -> Student:
    row = arms["student"]
    plain = {name: row[name] for name in ("accuracy", "agreement", "agreement_untrained")}
    others = {other: arms[other] for other in OTHERS if other in arms} if row[LAMBDA] else {}
    less = {f"less_{name}": nan for name in OTHERS}
    less |= {f"less_{name}": row["accuracy"] - other["accuracy"] for name, other in others.items()}
    return Student(row["run"], row["seed"], {field: row[field] for field in fields}, {**plain, **less})


def _is_at(student: Student, values: Mapping[str, Any]) -> bool:
    free = () if student.values[LAMBDA] else IDLE_AT_ZERO
    return all(student.values[field] == value for field, value in values.items() if field not in free)


def _among(shares: Mapping[Any, float]) -> tuple[Any, ...]:
    likely = sorted(shares, key=lambda value: -shares[value])
    if any(isnan(share) for share in shares.values()):
        return tuple(likely)
    held = np.cumsum([shares[value] for value in likely])
    return tuple(likely[: int(np.searchsorted(held, SURE - 1e-9)) + 1])
