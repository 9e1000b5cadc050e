"""Accuracy against agreement over a study, with the best trade-offs."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import streamlit as st

from kdviz.figures.charts import ParetoInfo, ParetoPoint, pareto_alt, pareto_figure
from kdviz.language import _, listed
from kdviz.study import Student, pareto_front, students_at
from kdviz.ui.frame import url_state
from kdviz.ui.sweep.grid import Grid, axis_name, setting_texts
from kdviz.ui.sweep.student_metrics import defined_values, metric_label
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.setting_names import setting_value

_Seed = tuple[int, float, float]  # number, accuracy, agreement


def trade_off(study_name: str, students: Sequence[Student], grid: Grid) -> None:
    """The chart, with a choice of the explainer; nothing if no two grid points have an agreement."""
    explainers = {
        name: metric_label(name)
        for name in ("agreement_untrained", "agreement")
        if sum(len(_row_cells(students, grid, row, name)) for row in range(len(grid.rows))) > 1
    }
    if not explainers:
        return
    st.subheader(_("Accuracy and agreement"))
    agreement = url_state.menu(
        "sw_judge",
        _("Agreement"),
        explainers,
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    info = front_info(students, grid, agreement)
    chart(
        Drawn(info, pareto_figure(info), pareto_alt(info)),
        key="sweep_front",
        file=f"kdviz-{study_name}-front",
        note=listed(setting_texts(grid.fixed)),
    )
    if highest := _highest_in_both(info):
        st.caption(
            _("{place} has the highest mean of both: nothing has to be traded off.").format(place=highest)
        )


def _highest_in_both(info: ParetoInfo) -> str:
    """The grid point that is alone on the Pareto front; "" if there are several."""
    if len(info.front) != 1:
        return ""
    ((name, point),) = info.front
    return listed(filter(None, [name, f"{info.across} =\N{NO-BREAK SPACE}{point.at}"]))


def front_info(students: Sequence[Student], grid: Grid, agreement: str) -> ParetoInfo:
    """One line per row of the map, through the means along the horizontal axis."""
    lines = [
        (grid.row_name(row), _row_cells(students, grid, row, agreement)) for row in range(len(grid.rows))
    ]
    means = {
        (name, value): (fmean(accuracy for _n, accuracy, _a in seeds), fmean(agreed for *_r, agreed in seeds))
        for name, cells in lines
        for value, seeds in cells
    }
    on_front = {list(means)[position] for position in pareto_front(list(means.values()))}
    return ParetoInfo(
        _("Trade-offs"),
        _(
            "Small dots are students, large dots means over seeds. Rings mark the best trade-offs: no other "
            "mean is higher in both accuracy and agreement (the Pareto front)."
        ),
        axis_name(grid.across),
        metric_label(agreement),
        tuple(
            (
                name,
                tuple(
                    ParetoPoint(value, *means[name, value], seeds, (name, value) in on_front)
                    for value, seeds in cells
                ),
            )
            for name, cells in lines
        ),
    )


def _row_cells(
    students: Sequence[Student], grid: Grid, row: int, agreement: str
) -> list[tuple[str, tuple[_Seed, ...]]]:
    """The cells of a row that have students with an agreement, and their accuracy and agreement by seed."""
    cells = []
    for column, value in enumerate(grid.columns):
        seeds = tuple(
            (student.seed, student.figures["accuracy"], student.figures[agreement])
            for student in students_at(students, grid.settings(column, row))
            if defined_values([student], agreement)
        )
        if seeds:
            cells.append((setting_value(grid.across, value), seeds))
    return cells
