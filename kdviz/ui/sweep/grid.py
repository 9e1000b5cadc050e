"""Two settings of a study to look along, the figure to look at, and what all of them are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import streamlit as st

from kdviz.figures.style import percent, score
from kdviz.language import _, decimal
from kdviz.study import PAIR, Student
from kdviz.ui.frame import url_state
from kdviz.ui.runs.compare import setting_name, setting_value

SHARES = ("accuracy", "less_twin", "less_placebo", "less_same-answer")
"""Figures that are shares, or differences of shares."""


@dataclass(frozen=True)
class Grid:
    """Two axes of a study, and where all others stand. down: "" where only one setting varies."""

    across: str
    down: str
    columns: tuple[Any, ...]
    rows: tuple[Any, ...]
    fixed: Mapping[str, Any]

    def at(self, column: int, row: int) -> dict[str, Any]:
        """The settings of a place."""
        own = {self.down: self.rows[row]} if self.down else {}
        return {**self.fixed, self.across: self.columns[column], **own}

    def row_name(self, row: int) -> str:
        """What tells a row from others; "" where there is one."""
        return setting_text(self.down, self.rows[row]) if self.down else ""


def ask(found: Sequence[Student], varied: Mapping[str, tuple[Any, ...]]) -> tuple[str, Grid]:
    """The menus of the figure, of axes where there is something to choose, and of each further axis."""
    with st.grid(min(1 + len(varied), 4), min_column_width=160):
        figure = url_state.menu("sw_figure", _("Figure"), known_figures(found))
        if len(varied) == 1:
            (across,) = varied
            return figure, Grid(across, "", varied[across], ("",), {})
        names = {field: axis_name(field) for field in varied}
        across = url_state.menu("sw_across", _("Across"), names)
        others = {field: name for field, name in names.items() if field != across}
        down = url_state.menu("sw_down", _("Down"), others)
        rest = [field for field in varied if field not in (across, down)]
        fixed = {field: _value_menu(field, varied[field]) for field in rest}
    return figure, Grid(across, down, varied[across], varied[down], fixed)


def known_figures(found: Sequence[Student]) -> dict[str, str]:
    """The figures that any student has; accuracy is always known."""
    labels = figure_labels()
    return {name: label for name, label in labels.items() if known([each.figures[name] for each in found])}


def figure_labels() -> dict[str, str]:
    """The figures of a student that can be mapped, by name."""
    return {
        "accuracy": _("Accuracy"),
        "agreement": _("Agreement by Grad-CAM"),
        "agreement_untrained": _("Agreement by another explainer"),
        "less_twin": _("Accuracy gained over the twin"),
        "less_placebo": _("Accuracy gained over the placebo"),
        "less_same-answer": _("Accuracy gained over the same-answer placebo"),
    }


def figure_about(figure: str) -> str:
    """What its numbers are."""
    return {
        "accuracy": _("Test images named correctly, in percent; with the cue broken, where there is one."),
        "agreement": _("Cosine with the teacher's map, corrected: 0 is chance, 1 the same map."),
        "agreement_untrained": _(
            "Corrected agreement by an explainer that no loss was made of: the fairer judge. 0 is chance."
        ),
        "less_twin": _("Percentage points of accuracy more than the same student with λ = 0."),
        "less_placebo": _(
            "Percentage points of accuracy more than with shuffled maps: what the teacher's own maps give."
        ),
        "less_same-answer": _(
            "Percentage points of accuracy more than with the maps of other images that got the same answer."
        ),
    }[figure]


def in_words(figure: str, value: float) -> str:
    """A value of the figure with its unit."""
    if figure.startswith("less_"):
        points = decimal(100 * value, "+.1f")
        return _("{points} points").format(points=points)
    return percent(value) if figure in SHARES else score(value)


def axis_name(field: str) -> str:
    """What varies, in words."""
    return _("combination") if field == PAIR else setting_name(field)


def setting_text(field: str, value: Any) -> str:
    """A setting and its value, e.g. "λ = 3"."""
    return f"{axis_name(field)} =\N{NO-BREAK SPACE}{setting_value(field, value)}"


def setting_texts(values: Mapping[str, Any]) -> list[str]:
    """Several, in their order."""
    return [setting_text(field, value) for field, value in values.items()]


def place_in_link(grid: Grid, column: int, row: int) -> str:
    """A place of the grid as an address can hold it."""
    return ":".join(_in_link(value) for value in (grid.columns[column], grid.rows[row]) if value != "")


def known(values: Sequence[float]) -> list[float]:
    """The values that are defined."""
    return [value for value in values if isfinite(value)]


def _value_menu(field: str, values: Sequence[Any]) -> Any:
    by_word = {_in_link(value): value for value in values}
    labels = {word: setting_value(field, value) for word, value in by_word.items()}
    return by_word[url_state.menu(f"sw_{field}", axis_name(field), labels)]


def _in_link(value: Any) -> str:
    """A value as an address can hold it: without commas, which part a list there."""
    return re.sub(r"[^\w.+-]+", "-", f"{value:g}" if isinstance(value, float) else str(value))
