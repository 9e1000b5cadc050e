"""The grid of a study: the metric, the two settings along its axes, and the values of all others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kdviz.language import _
from kdviz.study import PAIR, Student
from kdviz.ui.frame import url_state
from kdviz.ui.sweep.student_metrics import metric_labels
from kdviz.ui.widgets.setting_names import setting_name, setting_value

_NOT_TUNED = frozenset({"", PAIR, "dataset", "data", "train_count", "cue", "cue_strength"})
"""Axes of which no value is the best one: they say which data a student is trained on."""


@dataclass(frozen=True)
class Grid:
    """Two axes of a study with their values, and fixed values of all other settings.

    down: "" if only one setting varies; across as well if none does.
    """

    across: str
    down: str
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]
    fixed: Mapping[str, Any]

    @property
    def tuned(self) -> bool:
        """Whether the horizontal axis is a setting to be chosen, not one of the data."""
        return is_tuned(self.across)

    def settings(self, column: int, row: int) -> dict[str, Any]:
        """The settings of a cell."""
        both = {self.across: self.columns[column], self.down: self.rows[row]}
        return {**self.fixed, **{field: value for field, value in both.items() if field}}

    def row_name(self, row: int) -> str:
        """The setting of a row; "" if there is only one."""
        return setting_text(self.down, self.rows[row]) if self.down else ""

    def cell_name(self, column: int, row: int) -> str:
        """A cell's name in links, such as "3:4"."""
        return ":".join(_value_name(value) for value in (self.columns[column], self.rows[row]) if value != "")


def choose_grid(students: Sequence[Student], varied: Mapping[str, tuple[Any, ...]]) -> tuple[str, Grid]:
    """Menus of the metric, of the axes if several settings vary, and of the settings on no axis."""
    with st.grid(min(1 + len(varied), 4), min_column_width=160):
        metric = url_state.menu("sw_figure", _("Metric"), metric_labels(students))
        if not varied:
            return metric, Grid("", "", ("",), ("",), {})
        if len(varied) == 1:
            (across,) = varied
            return metric, Grid(across, "", varied[across], ("",), {})
        names = {field: axis_name(field) for field in varied}
        across = url_state.menu("sw_across", _("Horizontal axis"), names)
        others = {field: name for field, name in names.items() if field != across}
        down = url_state.menu("sw_down", _("Vertical axis"), others)
        rest = [field for field in varied if field not in (across, down)]
        fixed = {field: _value_menu(field, varied[field]) for field in rest}
    return metric, Grid(across, down, varied[across], varied[down], fixed)


def is_tuned(field: str) -> bool:
    """Whether a setting is to be chosen, so that one of its values may be the best."""
    return field not in _NOT_TUNED


def axis_name(field: str) -> str:
    """The label of a setting."""
    return _("Setup") if field == PAIR else setting_name(field)


def setting_text(field: str, value: Any) -> str:
    """A setting and its value, e.g. "λ = 3"; of a setup its name, which says what it is."""
    if field == PAIR:
        return setting_value(field, value)
    return f"{axis_name(field)} =\N{NO-BREAK SPACE}{setting_value(field, value)}"


def setting_texts(values: Mapping[str, Any]) -> list[str]:
    """Several settings and their values."""
    return [setting_text(field, value) for field, value in values.items()]


def _value_menu(field: str, values: Sequence[Any]) -> Any:
    by_name = {_value_name(value): value for value in values}
    labels = {name: setting_value(field, value) for name, value in by_name.items()}
    return by_name[url_state.menu(f"sw_{field}", axis_name(field), labels)]


def _value_name(value: Any) -> str:
    """A value in links: without commas, which separate the items of a list there."""
    return re.sub(r"[^\w.+-]+", "-", f"{value:g}" if isinstance(value, float) else str(value))
