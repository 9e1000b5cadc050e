"""Results of a study: its answer with charts, a map over two of its settings, trade-offs, and all metrics."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.study import Done, axes, comparable, students, tidy_table
from kdviz.ui.sweep.answers import study_answer
from kdviz.ui.sweep.grid import choose_grid, is_tuned
from kdviz.ui.sweep.grid_map import grid_map
from kdviz.ui.sweep.runs_of_point import runs_of_point
from kdviz.ui.sweep.studies import StudyFile, unmeasured
from kdviz.ui.sweep.tables import study_tables
from kdviz.ui.sweep.trade_off import trade_off
from kdviz.ui.widgets.packaged_note import packaged_note


def study_results(file: StudyFile, done: Sequence[Done]) -> None:
    """Everything that the finished runs of a study show, the answer first; or that they show nothing yet."""
    rows = tidy_table(file.study, done)
    found, varied = students(file.study, rows), axes(file.study, file.points)
    if len(done) < len(file.points) and not comparable(found, filter(is_tuned, varied)):
        unmeasured(file, len(done))
        return
    answer = st.container()
    metric, grid = choose_grid(found, varied)
    with answer:
        study_answer(file.name, file.points, found, grid, metric)
    if grid.across:
        runs_of_point(found, grid)
    packaged_note(done)
    if grid.down:
        grid_map(file.name, found, grid, metric)
    if grid.across:
        trade_off(file.name, found, grid)
    study_tables(file, rows)
