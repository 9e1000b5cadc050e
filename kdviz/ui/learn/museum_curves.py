"""Charts of a correct and a faulty run over each other, with a common legend."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.figures.charts import RunCurvesInfo, run_curves_alt, run_curves_figure
from kdviz.figures.style import dash_legend, run_marker
from kdviz.types import ARMS
from kdviz.ui.widgets.chart import untitled_chart


def curve_charts(curves: Sequence[RunCurvesInfo], key: str) -> None:
    """Charts of the same two runs under their legend; without those that have no curve."""
    drawn = [curve for curve in curves if curve.lines]
    _legend(drawn)
    with st.grid(4, min_column_width=270):
        for number, curve in enumerate(drawn):
            with st.container(gap=None):
                _chart(curve, f"{key}_{number}")


def _legend(curves: Sequence[RunCurvesInfo]) -> None:
    """The two runs, and the line styles of the arms that are named."""
    marks = " · ".join(f"{run_marker(number)} {name}" for number, name in enumerate(curves[0].names))
    drawn = {line.arm for curve in curves if curve.arms_named for _run, line in curve.lines}
    arms = [arm for arm in ARMS if arm in drawn]
    dashes = f" · {dash_legend(arms)}" if len(arms) > 1 else ""
    st.markdown(f"{marks}{dashes}", unsafe_allow_html=True)


def _chart(curve: RunCurvesInfo, key: str) -> None:
    """One chart, without a legend of its own. Its title has a line to itself, so that charts stand level."""
    st.markdown(f"**{curve.title}**", help=curve.about)
    figure = run_curves_figure(curve, height=240)
    untitled_chart(curve, figure, run_curves_alt(curve), title=curve.title, key=key, file="kdviz-museum")
