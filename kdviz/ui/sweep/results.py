"""Results of a study: its answer with charts, a map over two of its settings, trade-offs, and all metrics."""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.study import StudyStatus, axes, comparable, students, tidy_table
from kdviz.ui.sweep.answers import study_answer
from kdviz.ui.sweep.grid import choose_grid, is_tuned
from kdviz.ui.sweep.grid_map import grid_map
from kdviz.ui.sweep.runs_of_point import runs_of_point
from kdviz.ui.sweep.student_metrics import metric_labels
from kdviz.ui.sweep.studies import unmeasured
from kdviz.ui.sweep.swept_study import SweptStudy
from kdviz.ui.sweep.tables import study_tables
from kdviz.ui.sweep.trade_off import trade_off
from kdviz.ui.widgets.packaged_note import packaged_note


def study_results(shown: SweptStudy, now: StudyStatus) -> None:
    """Everything that the finished runs of a study show, the answer first; or that they show nothing yet."""
    rows = tidy_table(shown.study, now.done)
    found, varied = students(shown.study, rows), axes(shown.study, shown.points)
    if len(now.done) < len(shown.points) and not comparable(found, filter(is_tuned, varied)):
        unmeasured(shown, now)
        return
    if not metric_labels(found):  # results of a damaged run have none
        st.info(_("The runs of this study have no figures."), icon=":material/info:")
        return
    answer = st.container()
    metric, grid = choose_grid(found, varied)
    with answer:
        study_answer(shown.name, shown.points, found, grid, metric)
    if grid.across:
        runs_of_point(found, grid)
    packaged_note(now.done)
    if grid.down:
        grid_map(shown.name, found, grid, metric)
    if grid.across:
        trade_off(shown.name, found, grid)
    study_tables(shown, rows)
