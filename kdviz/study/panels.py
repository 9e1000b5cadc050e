"""The data of a study's figure, from its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import isfinite, nan
from typing import Any

import pandas as pd

from kdviz.figures.charts import StudyInfo, StudyLine, StudyPanel
from kdviz.study.plan import Study
from kdviz.study.summary import point_fields
from kdviz.study.table import IDLE_AT_ZERO, LAMBDA, Row, records
from kdviz.study.words import setting_words
from kdviz.types import ARMS, Arm

_Panel = Mapping[str, Any]  # a value for each field by which panels differ


def study_info(study: Study, rows: pd.DataFrame, summary: pd.DataFrame) -> StudyInfo:
    """A panel for each combination of the settings that vary, except λ and the seed.

    In the order of the study, except that the field with the most values changes fastest, so that it runs
    from left to right in a grid of two fields.
    """
    of_students = summary[summary["arm"] != "teacher"]
    fields, runs, figures = _panel_fields(study, of_students), records(rows), records(summary)
    return StudyInfo(
        study.name,
        tuple(_panel(place, fields, runs, figures) for place in _places(fields, records(of_students))),
        cue=bool((of_students["figure"] == "accuracy_intact").any()),
        images=bool((of_students["images"] > 0).any()),
    )


def _panel_fields(study: Study, summary: pd.DataFrame) -> list[str]:
    """The fields by which panels differ: not λ, not fields of `pairs`, not constant ones."""
    excluded = {LAMBDA, *(field for pair in study.pairs for field in pair)}
    return [field for field in point_fields(study) if field not in excluded and summary[field].nunique() > 1]


def _places(fields: Sequence[str], figures: Sequence[Row]) -> list[_Panel]:
    """The existing combinations, without those that have no effect at λ = 0."""
    used = [row for row in figures if not _free(row) & set(fields)]
    values = {field: list(dict.fromkeys(row[field] for row in used)) for field in fields}
    slowest_first = sorted(fields, key=lambda field: len(values[field]))
    existing = {tuple(row[field] for field in slowest_first) for row in used}
    in_order = (each for each in product(*(values[field] for field in slowest_first)) if each in existing)
    return [dict(zip(slowest_first, each, strict=True)) for each in in_order]


def _free(row: Row) -> set[str]:
    """Fields by which the row belongs to every panel."""
    return set() if row[LAMBDA] else set(IDLE_AT_ZERO)


def _panel(place: _Panel, fields: Sequence[str], runs: Sequence[Row], figures: Sequence[Row]) -> StudyPanel:
    own_runs, own = ([row for row in table if _belongs(row, place)] for table in (runs, figures))
    teachers = [row["mean"] for row in own if row["arm"] == "teacher" and row["figure"] == "accuracy"]
    return StudyPanel(
        ", ".join(setting_words(field, place[field]) for field in fields),
        _lines("accuracy", own_runs, own),
        _lines("agreement", own_runs, own),
        teachers[0] if teachers else nan,
    )


def _belongs(row: Row, place: _Panel) -> bool:
    free = _free(row)
    return all(row[field] == value or field in free for field, value in place.items())


def _lines(figure: str, runs: Sequence[Row], summary: Sequence[Row]) -> tuple[StudyLine, ...]:
    """One for each student arm."""
    students: list[Arm] = [arm for arm in ARMS if arm != "teacher"]
    found = (_line(arm, figure, runs, summary) for arm in students)
    return tuple(line for line in found if line.weights)


def _line(arm: Arm, figure: str, runs: Sequence[Row], summary: Sequence[Row]) -> StudyLine:
    own = [row for row in summary if row["arm"] == arm and row["figure"] == figure]
    own.sort(key=lambda row: float(row[LAMBDA]))
    dots = [
        (float(row[LAMBDA]), float(row[figure]))
        for row in runs
        if row["arm"] == arm and isfinite(row[figure])
    ]
    weights, mean, low, high = (
        tuple(float(row[name]) for row in own) for name in (LAMBDA, "mean", "low", "high")
    )
    return StudyLine(arm, weights, mean, low, high, tuple(sorted(dots)))
