"""A study as a grid: its axes, the students at each grid point, and the best values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from statistics import fmean
from typing import Any

import pandas as pd

from kdviz.agreement import hierarchical_bootstrap
from kdviz.study.plan import PAIR, Point, Study
from kdviz.study.summary import CONTROLS
from kdviz.study.table import IDLE_AT_ZERO, LAMBDA, Row, arms_by_run, cell, setting_columns
from kdviz.types import Arm, Interval

COMPARED = ("accuracy", "agreement", "agreement_untrained")
"""Figures that a student has in common with its controls and its teacher."""


@dataclass(frozen=True)
class Student:
    """The student of a run. values: of the study's fields.

    figures: those of `COMPARED`, and differences in accuracy from each of `CONTROLS`; NaN where undefined.
    others: the figures of `COMPARED` of the other arms. Twins of runs without one are those of `arms_by_run`.
    """

    run: str
    seed: int
    values: Mapping[str, Any]
    figures: Mapping[str, float]
    others: Mapping[Arm, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lead:
    """How far one side is above another, paired by seed.

    difference: its mean, with a 95 % interval over seeds that is NaN for one seed. ahead: in how many of the
    seeds it is above 0.
    """

    difference: Interval
    ahead: int
    seeds: int

    @property
    def sure(self) -> bool:
        """Whether the whole interval is above 0."""
        return self.difference.low > 0


@dataclass(frozen=True)
class Best:
    """The best of several values of a setting, over the seeds that all of them have.

    value, second: the ones with the highest mean. mean: of the best. lead: of the best over the second.
    close: the others over which the lead is not sure, the highest mean first. values: all that are compared.
    """

    value: Any
    mean: float
    second: Any
    lead: Lead
    close: tuple[Any, ...]
    values: tuple[Any, ...]


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


def lead_over(more: Mapping[int, float], less: Mapping[int, float]) -> Lead | None:
    """The lead of one side over the other, both by seed; None without a seed in common."""
    seeds = sorted(more.keys() & less.keys())
    if not seeds:
        return None
    differences = [more[seed] - less[seed] for seed in seeds]
    ahead = sum(difference > 0 for difference in differences)
    return Lead(hierarchical_bootstrap(differences), ahead, len(seeds))


def comparable(found: Sequence[Student], tuned: Iterable[str]) -> bool:
    """Whether a student has a control, or two of one seed differ in one of these settings alone."""
    if any(student.others.keys() & {*CONTROLS} for student in found):
        return True
    return any(_differ_in(name, found) for name in tuned)


def _differ_in(name: str, found: Sequence[Student]) -> bool:
    free = {name, *IDLE_AT_ZERO} if name == LAMBDA else {name}
    values: dict[tuple[Any, ...], set[Any]] = {}
    for student in found:
        rest = tuple(value for field, value in student.values.items() if field not in free)
        values.setdefault((student.seed, *rest), set()).add(student.values[name])
    return any(len(each) > 1 for each in values.values())


def figure_by_seed(found: Iterable[Student], figure: str, arm: Arm = "student") -> dict[int, float]:
    """A figure of an arm by seed, where it is defined."""
    sides = ((each.seed, each.figures if arm == "student" else each.others.get(arm, {})) for each in found)
    return {seed: figures[figure] for seed, figures in sides if isfinite(figures.get(figure, nan))}


def best_of(by_value: Mapping[Any, Sequence[Student]], figure: str) -> Best | None:
    """The value with the best figure, and how certain that is; None if fewer than two can be compared."""
    found = {value: figure_by_seed(students, figure) for value, students in by_value.items()}
    found = {value: by_seed for value, by_seed in found.items() if by_seed}
    common = sorted(set.intersection(*map(set, found.values()))) if found else []
    if len(found) < 2 or not common:
        return None
    scores = {value: {seed: by_seed[seed] for seed in common} for value, by_seed in found.items()}
    means = {value: fmean(by_seed.values()) for value, by_seed in scores.items()}
    top, *others = sorted(means, key=lambda value: -means[value])
    leads = {other: lead for other in others if (lead := lead_over(scores[top], scores[other]))}
    close = tuple(other for other, lead in leads.items() if not lead.sure)
    return Best(top, means[top], others[0], leads[others[0]], close, tuple(scores))


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
    plain = {arm: {name: of_arm[name] for name in COMPARED} for arm, of_arm in arms.items()}
    controls = {name: plain[name] for name in CONTROLS if name in plain} if row[LAMBDA] else {}
    less = {f"less_{name}": nan for name in CONTROLS}
    less |= {f"less_{name}": row["accuracy"] - other["accuracy"] for name, other in controls.items()}
    own = plain.pop("student")
    return Student(row["run"], row["seed"], {name: row[name] for name in fields}, {**own, **less}, plain)


def _is_at(student: Student, values: Mapping[str, Any]) -> bool:
    free = () if student.values[LAMBDA] else IDLE_AT_ZERO
    return all(student.values[field] == value for field, value in values.items() if field not in free)
