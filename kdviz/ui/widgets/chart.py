"""Charts as pages show them: title, figure, alt text, and buttons that save them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import plotly.graph_objects as go
import streamlit as st

from kdviz.figures.charts import chart_rows, projected
from kdviz.language import _
from kdviz.ui.frame.component import component
from kdviz.ui.frame.projector import projecting
from kdviz.ui.widgets.downloads import rows_as_csv

_PRINT_SCALE = 3  # pixels of a saved PNG for each on the screen

TOOLBAR = {"displaylogo": False, "modeBarButtonsToRemove": ["autoScale2d", "toImage"]}
"""Plotly's toolbar for selecting points, without its camera, which omits title and legend."""

NO_TOOLBAR = {"displayModeBar": False}
"""Other charts have none: it would lie on the lines. Dragging still zooms, a double click zooms out."""


class Info(Protocol):
    """The data of any chart. It is frozen, so that figures can be cached."""

    def __hash__(self) -> int:
        """Equal for equal data."""

    @property
    def title(self) -> str:
        """The title of the chart."""

    @property
    def about(self) -> str:
        """The description of its numbers."""


class Shown(Protocol):
    """A chart as a page shows it."""

    @property
    def info(self) -> Info:
        """Its data."""

    @property
    def figure(self) -> go.Figure:
        """The figure."""

    @property
    def alt(self) -> str:
        """Its alt text."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A cached chart. It equals only itself, so that it can be a key."""

    info: Info
    figure: go.Figure
    alt: str


def chart(
    shown: Shown, *, key: str, file: str, note: str = "", on_select: Callable[[], None] | None = None
) -> None:
    """A chart under its title, to be saved as CSV, PNG or SVG. file: its name without an extension.

    note: text beside the title. on_select: called when points are selected, which are then in
    `st.session_state[key]`.
    """
    with st.container(gap=None):
        title_row(shown.info, note=note, file=file, key=key)
        st.plotly_chart(
            _on_screen(shown.figure),
            key=key,
            on_select=on_select or "ignore",
            config=TOOLBAR if on_select else NO_TOOLBAR,
            alt=shown.alt,
        )


def title_row(info: Info, *, note: str, file: str, key: str) -> None:
    """The row above a chart: its title, a note, and the buttons that save it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        beside = f" :gray[:small[{note}]]" if note else ""
        st.markdown(f"**{info.title}**{beside}", help=info.about, width="stretch")
        _save(info.title, _csv(info), file, key)


def untitled_chart(info: Any, figure: go.Figure, alt: str, *, title: str, key: str, file: str) -> None:
    """A chart without a title row, with the same buttons. title: of a saved image."""
    with st.container(gap=None, horizontal_alignment="right"):
        st.plotly_chart(_on_screen(figure), key=key, config=NO_TOOLBAR, alt=alt)
        _save(title, rows_as_csv(chart_rows(info)), file, key)


def _on_screen(figure: go.Figure) -> go.Figure:
    return projected(figure) if projecting() else figure


def _save(title: str, csv: str, file: str, key: str) -> None:
    """Buttons that save the adjacent chart: its data, and its image as displayed.

    This happens in the browser, so a chart that is redrawn every second does not interrupt it.
    """
    data = {
        "title": title,
        "file": file,
        "scale": _PRINT_SCALE,
        "csv": csv,
        "labels": {
            "csv": _("Save the numbers behind “{title}” as CSV").format(title=title),
            "png": _("Save “{title}” as PNG").format(title=title),
            "svg": _("Save “{title}” as SVG").format(title=title),
        },
        "failed": _("The chart could not be saved: it is not drawn. Reload the page."),
    }
    _SAVE(key=f"{key}.save", width="content", data=[data])  # in a list, as in `lambda_scrubber`


@lru_cache(maxsize=128)
def _csv(info: Info) -> str:
    return rows_as_csv(chart_rows(info))


# Streamlit draws with a Plotly that it leaves in the page: the picture is made where the chart is.
_SAVE = component(
    "kdviz_save_chart",
    __file__,
    html="""
<span>
  <button type="button" id="csv">CSV</button>
  <button type="button" id="png">PNG</button>
  <button type="button" id="svg">SVG</button>
</span>
""",
    css="""
span { display: inline-flex; gap: .25rem; }
button {
  min-height: 2rem; padding: 0 .35rem; border: 0; border-radius: var(--st-base-radius); background: none;
  color: var(--st-text-color); font-family: var(--st-font); font-size: .875rem; cursor: pointer;
}
button:hover { color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
""",
)
