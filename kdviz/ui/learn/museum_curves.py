"""Charts of a correct and a faulty run over each other, with a common legend."""

from __future__ import annotations

import streamlit as st

from kdviz.figures.charts import RunCurvesInfo, run_curves_alt, run_curves_figure
from kdviz.figures.style import dash_legend, run_marker
from kdviz.types import ARMS
from kdviz.ui.widgets.chart import Drawn, chart


def curve_legend(*curves: RunCurvesInfo) -> None:
    """The legend of charts of the same two runs."""
    marks = " · ".join(f"{run_marker(number)} {name}" for number, name in enumerate(curves[0].names))
    drawn = {line.arm for curve in curves for _run, line in curve.lines}
    arms = [arm for arm in ARMS if arm in drawn]
    dashes = f" · {dash_legend(arms)}" if len(arms) > 1 else ""
    st.markdown(f"{marks}{dashes}", unsafe_allow_html=True)


def curve_chart(curve: RunCurvesInfo, key: str) -> None:
    """One chart, without a legend of its own."""
    drawn = Drawn(curve, run_curves_figure(curve, height=260), run_curves_alt(curve))
    chart(drawn, key=key, file="kdviz-museum")
