"""Results of a study: a map over two of its settings, the best values, trade-offs, and all metrics."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.store import Store
from kdviz.study import Done, axes, students, tidy_table
from kdviz.ui.frame.projector import settings_and_pictures
from kdviz.ui.sweep.best_values import best_values
from kdviz.ui.sweep.grid import choose_grid
from kdviz.ui.sweep.grid_map import grid_map
from kdviz.ui.sweep.studies import StudyFile
from kdviz.ui.sweep.tables import study_tables
from kdviz.ui.sweep.trade_off import trade_off
from kdviz.ui.widgets.packaged_note import packaged_note


def study_results(store: Store, file: StudyFile, done: Sequence[Done]) -> None:
    """Everything that the finished runs of a study show. done: at least one."""
    rows = tidy_table(file.study, done)
    found = students(file.study, rows)
    if varied := axes(file.study, file.points):
        settings, pictures = settings_and_pictures()
        with settings:
            packaged_note(done)
            metric, grid = choose_grid(found, varied)
        left, right = pictures.columns([3, 2], gap="large")
        with left:
            grid_map(file.name, found, grid, metric)
        with right:
            best_values(found, grid, metric)
        trade_off(file.name, found, grid)
    else:
        packaged_note(done)
    study_tables(store, file, rows)
