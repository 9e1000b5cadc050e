"""The data of a study's charts: the metric along the horizontal axis, for student and controls."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isclose, isfinite, nan
from statistics import fmean
from typing import Any

from kdviz.figures.charts import SweepLine, SweepLinesInfo, SweepPoint
from kdviz.study import Student, best_of, figure_by_seed, students_at
from kdviz.types import ARMS, Arm
from kdviz.ui.sweep.grid import Grid, axis_name
from kdviz.ui.sweep.student_metrics import in_percent, is_gain, mean_of, metric_help, metric_label
from kdviz.ui.widgets.setting_names import setting_value


def lines_info(students: Sequence[Student], grid: Grid, metric: str, row: int) -> SweepLinesInfo:
    """One row of the grid. The vertical axis is that of the whole study, so that rows can be compared."""
    columns = [students_at(students, grid.settings(column, row)) for column in range(len(grid.columns))]
    arms = {arm for student in students for arm in student.others} - {"teacher"}
    lines = [_line(columns, metric, arm) for arm in ARMS if arm == "student" or arm in arms]
    low, high = _range(students, metric)
    best = best_of(dict(enumerate(columns)), metric) if grid.tuned else None
    return SweepLinesInfo(
        title=metric_label(metric),
        about=metric_help(metric),
        across=axis_name(grid.across) if grid.across else "",
        columns=tuple(setting_value(grid.across, value) if grid.across else "" for value in grid.columns),
        ordered=all(_is_number(value) for value in grid.columns),
        even=_is_even(grid.columns),
        lines=tuple(line for line in lines if line.points),
        teacher=_teacher(columns, metric),
        best=None if best is None or best.close else best.value,
        low=low,
        high=high,
        percent=in_percent(metric),
        signed=is_gain(metric),
    )


def _line(columns: Sequence[Sequence[Student]], metric: str, arm: Arm) -> SweepLine:
    by_column = ((column, figure_by_seed(found, metric, arm)) for column, found in enumerate(columns))
    points = tuple(_point(column, by_seed, metric) for column, by_seed in by_column if by_seed)
    return SweepLine(arm, points)


def _point(column: int, by_seed: dict[int, float], metric: str) -> SweepPoint:
    found = mean_of(metric, list(by_seed.values()))
    return SweepPoint(column, found.value, found.low, found.high, tuple(by_seed.items()))


def _teacher(columns: Sequence[Sequence[Student]], metric: str) -> float:
    """Its figure, where all students of the row have the same teacher. Only its accuracy is one."""
    if metric != "accuracy":
        return nan
    known = {each for found in columns for each in figure_by_seed(found, metric, "teacher").values()}
    return fmean(known) if known and max(known) - min(known) < 1e-9 else nan


def _range(students: Sequence[Student], metric: str) -> tuple[float, float]:
    """The figures of all arms that are drawn, at least from 0 for differences."""
    arms: Sequence[Arm] = ("student",) if is_gain(metric) else ARMS
    values = [value for student in students for arm in arms for value in _figure(student, metric, arm)]
    values += [0.0] if is_gain(metric) or not values else []
    return min(values), max(values)


def _figure(student: Student, metric: str, arm: Arm) -> list[float]:
    if arm == "teacher" and metric != "accuracy":
        return []
    return list(figure_by_seed([student], metric, arm).values())


def _is_even(values: Sequence[Any]) -> bool:
    """Whether numbers have equal distances. Other values have none, and are evenly spaced."""
    if not all(_is_number(value) for value in values):
        return True
    steps = [after - before for before, after in pairwise(values)]
    return all(isclose(step, steps[0]) for step in steps)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
