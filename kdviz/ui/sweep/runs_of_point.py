"""The runs at a point of a study's grid."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import streamlit as st

from kdviz.comparison import MOST_RUNS
from kdviz.language import _, listed
from kdviz.metrics import METRICS
from kdviz.store.packaged_runs import is_packaged
from kdviz.study import Student, students_at
from kdviz.ui.frame import url_state
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.sweep.grid import Grid, setting_texts


def selected_point(grid: Grid) -> tuple[int, int] | None:
    """Column and row of the selected point; None without one."""
    places = _places(grid)
    return places.get(url_state.choice("sw_cell", places, ""))


def select_point(grid: Grid, chart_key: str, *row: int) -> None:
    """Select the point that was clicked in a chart, or none. row: of the chart if it shows a single one."""
    points = st.session_state[chart_key]["selection"]["points"]
    at = points[0].get("customdata") if points else None
    url_state.set_choice("sw_cell", grid.cell_name(*map(int, at), *row) if at else "")


def runs_of_point(students: Sequence[Student], grid: Grid) -> None:
    """A menu of the points, and the runs of the selected one."""
    places = _places(grid)
    labels = {name: listed(setting_texts(grid.settings(*at))) for name, at in places.items()}
    url_state.menu(
        "sw_cell",
        _("Runs of a cell"),
        {"": _("Runs: click a dot, or select a point here"), **labels},
        label_visibility="collapsed",
    )
    if (at := selected_point(grid)) is not None:
        _runs(students_at(students, grid.settings(*at)))


def _places(grid: Grid) -> dict[str, tuple[int, int]]:
    return {grid.cell_name(*at): at for at in product(range(len(grid.columns)), range(len(grid.rows)))}


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
