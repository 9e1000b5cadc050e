"""A metric over two settings of a study, as a map, and the runs of a selected cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from statistics import fmean, stdev

import streamlit as st

from kdviz.comparison import MOST_RUNS
from kdviz.figures.charts import SweepCell, SweepInfo, sweep_alt, sweep_figure
from kdviz.language import _, listed
from kdviz.metrics import METRICS
from kdviz.store.packaged_runs import is_packaged
from kdviz.study import Student, students_at
from kdviz.ui.frame import url_state
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.sweep.grid import Grid, axis_name, setting_texts
from kdviz.ui.sweep.student_metrics import (
    defined_values,
    in_percent,
    is_gain,
    metric_help,
    metric_label,
)
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.setting_names import setting_value

_MAP = "sweep_map"


def grid_map(study_name: str, students: Sequence[Student], grid: Grid, metric: str) -> None:
    """The map; a click on a cell, or the menu below, shows its runs."""
    cells = {grid.cell_name(*at): at for at in product(range(len(grid.columns)), range(len(grid.rows)))}
    names = {at: name for name, at in cells.items()}
    selected = cells.get(url_state.choice("sw_cell", cells, ""))
    info = map_info(students, grid, metric)

    def select() -> None:
        points = st.session_state[_MAP]["selection"]["points"]
        url_state.set_choice("sw_cell", names[tuple(points[0]["customdata"])] if points else "")

    chart(
        Drawn(info, sweep_figure(info, selected), sweep_alt(info)),
        key=_MAP,
        file=f"kdviz-{study_name}-{metric}",
        note=_("mean ± standard deviation over seeds"),
        on_select=select,
    )
    labels = {name: listed(setting_texts(grid.settings(*at))) for name, at in cells.items()}
    url_state.menu(
        "sw_cell",
        _("Runs of a cell"),
        {"": _("Click a cell, or select one here"), **labels},
        label_visibility="collapsed",
    )
    if selected is not None:
        _runs(students_at(students, grid.settings(*selected)))


def map_info(students: Sequence[Student], grid: Grid, metric: str) -> SweepInfo:
    """The data of the map. Its colour range is that of the whole study, so maps can be compared."""
    values = defined_values(students, metric) or [0.0]
    return SweepInfo(
        title=metric_label(metric),
        about=metric_help(metric),
        figure=metric_label(metric).lower(),
        across=axis_name(grid.across),
        down=axis_name(grid.down) if grid.down else "",
        columns=tuple(setting_value(grid.across, value) for value in grid.columns),
        rows=tuple(setting_value(grid.down, value) for value in grid.rows),
        cells=tuple(
            tuple(
                _cell(students_at(students, grid.settings(column, row)), metric)
                for column in range(len(grid.columns))
            )
            for row in range(len(grid.rows))
        ),
        low=min(values),
        high=max(values),
        percent=in_percent(metric),
        signed=is_gain(metric),
    )


def _cell(students: Sequence[Student], metric: str) -> SweepCell:
    values = defined_values(students, metric)
    return SweepCell(
        fmean(values) if values else float("nan"),
        stdev(values) if len(values) > 1 else float("nan"),
        len(values),
        len(students),
    )


def _runs(students: Sequence[Student]) -> None:
    """The runs of a cell, with links to the pages that show them unless they are packaged."""
    if not students:
        st.caption(_("No run of this cell has finished yet."))
        return
    with st.container(border=True, gap="xsmall"):
        for student in students:
            _run(student)
        own = [student.run for student in students if not is_packaged(student.run)]
        if len(own) > 1:
            compared = ",".join(own[:MOST_RUNS])
            st.page_link(
                "pages/runs.py",
                label=_("Compare these runs"),
                icon=":material/table_rows:",
                query_params=with_language({"compare": compared}),
            )


def _run(student: Student) -> None:
    texts = {name: METRICS[name].text(student.figures[name]) for name in ("accuracy", "agreement")}
    link = with_language({"run": student.run})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("Seed {seed}: accuracy {accuracy}, agreement {agreement}").format(seed=student.seed, **texts),
            width="stretch",
        )
        if is_packaged(student.run):
            return
        st.page_link(
            "pages/explain.py",
            label=_("Explain"),
            icon=":material/center_focus_strong:",
            query_params=link,
        )
        st.page_link("pages/agreement.py", label=_("Agreement"), icon=":material/compare:", query_params=link)
