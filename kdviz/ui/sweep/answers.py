"""The answer of a study: for each row of its grid a sentence and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.figures.charts import sweep_arms_figure, sweep_lines_alt, sweep_lines_figure
from kdviz.language import _, listed, plural, sentences
from kdviz.narrative import shared_recipe
from kdviz.study import Point, Student
from kdviz.ui.frame.projector import projecting
from kdviz.ui.sweep.best_values import row_answer
from kdviz.ui.sweep.grid import Grid, axis_name
from kdviz.ui.sweep.lines import lines_info
from kdviz.ui.sweep.runs_of_point import select_point
from kdviz.ui.sweep.student_metrics import metric_label
from kdviz.ui.widgets.chart import Drawn, chart


def study_answer(
    study_name: str, points: Sequence[Point], students: Sequence[Student], grid: Grid, metric: str
) -> None:
    """What the study found, row by row, and what its marks mean."""
    asked = _("Best {setting}").format(setting=axis_name(grid.across)) if grid.tuned else metric_label(metric)
    same = filter(None, [shared_recipe(points), _seeds_text(points, students)])
    st.markdown(f"**{asked}** · {listed(same)}")
    with _panels(len(grid.rows)):
        for row in range(len(grid.rows)):
            with st.container(gap="xsmall"):
                _panel(study_name, students, grid, metric, row)
    st.caption(_marks_text(students, grid))


def _seeds_text(points: Sequence[Point], students: Sequence[Student]) -> str:
    """The number of seeds, and how many of them are measured if not all are."""
    planned = len({point.config.seed for point in points})
    measured = len({student.seed for student in students})
    if measured == planned:
        return plural("{count} seed", "{count} seeds", planned)
    return plural(
        "{known} of {count} seed measured", "{known} of {count} seeds measured", planned, known=measured
    )


def _marks_text(students: Sequence[Student], grid: Grid) -> str:
    """What the marks of the charts are, and how far the best value can be trusted."""
    twin = any("twin" in student.others for student in students)
    return sentences(
        _(
            "Small dots are seeds. Bars and bands are 95 % intervals of the mean over seeds: a bootstrap "
            "over seeds, widened where there are few, and cut off at what is possible."
        ),
        _("The twin is the same student without the teacher's maps (λ = 0).") if twin else "",
        _(
            "All figures are of the test images: a value that is chosen here looks better than it is. To "
            "choose one, use validation images or new seeds."
        )
        if grid.tuned
        else "",
    )


def _panels(count: int) -> AbstractContextManager[Any]:
    return st.grid(2, min_column_width=340, gap="medium") if count > 1 else st.container()


def _panel(study_name: str, students: Sequence[Student], grid: Grid, metric: str, row: int) -> None:
    if grid.down:
        st.markdown(f"**{grid.row_name(row)}**")
    found, info = row_answer(students, grid, metric, row), lines_info(students, grid, metric, row)
    if not found and (grid.tuned or not any(line.points for line in info.lines)):
        st.caption(_("Fewer than two values can be compared so far."))
        return
    answer: DeltaGenerator = st.container()
    key = f"sweep_line_{row}"
    draw = sweep_lines_figure if grid.across else sweep_arms_figure
    chart(
        Drawn(info, draw(info), sweep_lines_alt(info)),
        key=key,
        file=f"kdviz-{study_name}-{metric}",
        note=_("click a dot for its runs") if grid.across else "",
        on_select=partial(select_point, grid, key, row) if grid.across else None,
    )
    if projecting():  # a class is asked first: the answer is below the chart, closed until it is pressed
        answer = st.expander(_("Answer"), key=f"sw_answer_{study_name}_{metric}_{row}")
    with answer:
        for text in found:
            st.markdown(text)
