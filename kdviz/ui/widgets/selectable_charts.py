"""Charts of which one is shown, for selecting points; switching takes milliseconds.

`st.plotly_chart` replaces a chart when its data change. Here the browser draws all charts, the hidden ones
while it is idle, and keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from kdviz.figures.charts import projected
from kdviz.ui.frame.component import component
from kdviz.ui.frame.projector import projecting
from kdviz.ui.widgets.chart import TOOLBAR, Drawn, title_row

_MOUNT = component(
    "kdviz_selectable_charts",
    __file__,
    html='<div class="selectable-charts" role="group"></div>',
    isolate_styles=False,  # the buttons that save a chart look for it in the page
)


def selectable_charts(
    charts: Mapping[str, Drawn],
    shown: str,
    *,
    key: str,
    selected: Collection[int],
    on_select: Callable[[], None],
    note: str = "",
) -> None:
    """One of some charts of the same points under its title, to be saved as other charts are.

    The page must have a chart of Streamlit's own as well: that one brings Plotly along.

    Args:
        charts: by the name of the file that each is saved as, without an ending. `customdata` of a point
            is a number, the same in all charts.
        shown: the name of the one to show.
        key: of the component, for `chosen_points`.
        selected: numbers of the points that are marked as selected.
        on_select: a callback, after another selection.
        note: stands beside the title.

    """
    with st.container(gap=None):
        title_row(charts[shown].info, note=note, file=shown, key=key)
        _MOUNT(
            key=key,
            data={
                "charts": _as_json(tuple(charts.items()), large=projecting()),
                "at": list(charts).index(shown),
                "selected": sorted(selected),
                "config": TOOLBAR,
            },
            on_points_change=on_select,
        )


def chosen_points(key: str) -> frozenset[int]:
    """Numbers of the points that were selected last; for callbacks."""
    points = st.session_state[key]["points"] or ()
    return frozenset(int(point) for point in points if isinstance(point, int | float))


@lru_cache(maxsize=32)
def _as_json(charts: tuple[tuple[str, Drawn], ...], *, large: bool) -> str:
    """The charts as the browser reads them: text, since it is the same whichever of them is shown.

    large: for a projector.
    """
    return json.dumps(
        [{"file": file, "figure": _plain(chart, large=large), "alt": chart.alt} for file, chart in charts]
    )


def _plain(chart: Drawn, *, large: bool) -> dict[str, Any]:
    """The figure as JSON holds it, without Plotly's own theme: the style sheet has the page's."""
    bare = projected(chart.figure) if large else go.Figure(chart.figure)
    bare.update_layout(template="none", paper_bgcolor="rgba(0,0,0,0)")
    plain: dict[str, Any] = json.loads(bare.to_json())
    return plain
