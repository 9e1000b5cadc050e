"""The one way in which a page shows a chart: what it is, the picture, and ways to take it along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import plotly.graph_objects as go
import streamlit as st

from kdviz.figures.charts import chart_table
from kdviz.language import _
from kdviz.ui.widgets.downloads import csv_text

_PRINT_SCALE = 3  # pixels of a saved PNG for each on the screen

TOOLBAR = {"displaylogo": False, "modeBarButtonsToRemove": ["autoScale2d", "toImage"]}
"""Plotly's bar zooms and selects. Its camera knows neither a chart's title nor its legend."""


class Info(Protocol):
    """What any chart's data say of themselves. They are frozen, so that what is made of them can be kept."""

    def __hash__(self) -> int:
        """Equal for equal data."""

    @property
    def title(self) -> str:
        """What the chart is of."""

    @property
    def about(self) -> str:
        """What its numbers are."""


class Shown(Protocol):
    """A chart as a page shows it."""

    @property
    def info(self) -> Info:
        """Its data."""

    @property
    def figure(self) -> go.Figure:
        """The picture of them."""

    @property
    def alt(self) -> str:
        """The same in words."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A chart that is kept between two looks at it. Equal to itself alone, so that it can be a key."""

    info: Info
    figure: go.Figure
    alt: str


def chart(
    shown: Shown, *, key: str, file: str, note: str = "", on_select: Callable[[], None] | None = None
) -> None:
    """A chart under its title, to be saved as CSV, PNG or SVG.

    file: the name of what is saved, without an ending. note: what is said beside the title.
    on_select: called when points are selected, which are then in `st.session_state[key]`.
    """
    with st.container(gap=None):
        title_row(shown.info, note=note, file=file, key=key)
        st.plotly_chart(
            shown.figure,
            key=key,
            on_select=on_select or "ignore",
            config=TOOLBAR,
            alt=shown.alt,
        )


def title_row(info: Info, *, note: str, file: str, key: str) -> None:
    """What stands above a chart: its title, a note beside it, and the buttons that save it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        beside = f" :gray[:small[{note}]]" if note else ""
        st.markdown(f"**{info.title}**{beside}", help=info.about, width="stretch")
        _save(info.title, _csv(info), file, key)


def untitled_chart(info: Any, figure: go.Figure, alt: str, *, title: str, key: str, file: str) -> None:
    """A chart that the text around it introduces, to be saved likewise. title: what a saved picture says."""
    with st.container(gap=None, horizontal_alignment="right"):
        st.plotly_chart(figure, key=key, config=TOOLBAR, alt=alt)
        _save(title, csv_text(chart_table(info)), file, key)


def _save(title: str, csv: str, file: str, key: str) -> None:
    """Buttons that save the neighbouring chart: its numbers, and its picture as it is on the screen.

    All of it happens in the browser: a chart that is drawn anew every second takes no link away.
    """
    _SAVE(
        key=f"{key}.save",
        width="content",
        data={
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
        },
    )


@lru_cache(maxsize=128)
def _csv(info: Info) -> str:
    return csv_text(chart_table(info))


_SAVE = st.components.v2.component(
    "kdviz_save_chart",
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
    # Streamlit draws with a Plotly that it leaves in the page: the picture is made where the chart is.
    js=Path(__file__).with_name("chart.js").read_text(encoding="utf-8"),
)
