"""A survey in figures: how agreement is spread, class by class, by every measure; and other answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import Survey, by_class, confusion_difference, measure_table
from kdviz.explainers import EXPLAINERS
from kdviz.figures import (
    ARM_STYLES,
    class_dots_alt,
    class_dots_figure,
    class_dots_info,
    confusion_alt,
    confusion_figure,
    confusion_info,
    distribution_alt,
    distribution_figure,
    distribution_info,
)
from kdviz.types import Agreement, Arm

CHART_BAR = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


@dataclass(frozen=True)
class Drawn:
    """A chart as the page shows it."""

    title: str
    about: str
    figure: go.Figure
    alt: str


def spreads(survey: Survey, measure: str) -> None:
    """All arms: image by image, and class by class."""
    with st.grid(2, min_column_width=320, gap="medium"):
        for place, drawn in enumerate(_spreads(survey.key, measure, survey)):
            _chart(drawn, f"ag_spread_{place}")


def confusion_map(survey: Survey, arm: Arm) -> None:
    """Which answers an arm gives more or less often than its teacher."""
    _chart(_confusion(survey.key, arm, survey), "ag_confusion")


def measures(survey: Survey) -> None:
    """Every measure of every arm: raw, chance, corrected, with its interval and its question."""
    st.markdown("**Every measure**", help="Corrected is (raw − chance) / (1 − chance): 0 is chance.")
    number = st.column_config.NumberColumn
    st.dataframe(
        measures_table(survey),
        hide_index=True,
        height="content",
        placeholder="undefined",
        column_config={
            "Measure": st.column_config.TextColumn(pinned=True),
            "Corrected": number(format="%.2f", help="0 is chance, 1 the same map."),
            "95 %": st.column_config.TextColumn(help="Bootstrap over test images."),
            "Raw": number(format="%.2f"),
            "Chance": number(format="%.2f", help="What maps of unrelated images score."),
            "Images": number(format="localized", help="Those on which both maps are defined."),
            "What it asks": st.column_config.TextColumn(width="large"),
        },
        alt="Agreement with the teacher by every measure, an arm a row",
        key="ag_measures",
    )


def measures_table(survey: Survey) -> pd.DataFrame:
    """A row for each measure and arm; what is undefined is empty."""
    return pd.DataFrame(
        {
            "Measure": row.label,
            "Arm": ARM_STYLES[row.arm].label,
            "Corrected": row.score.corrected,
            "95 %": _ends(row.score),
            "Raw": row.score.raw,
            "Chance": row.score.chance,
            "Images": row.score.n,
            "What it asks": row.about,
        }
        for row in measure_table(survey)
    ).round(2)


def _ends(found: Agreement) -> str | None:
    return f"{found.low:z.2f} to {found.high:z.2f}" if found.low == found.low else None


def _chart(drawn: Drawn, key: str) -> None:
    with st.container(gap=None):
        st.markdown(f"**{drawn.title}**", help=drawn.about)
        st.plotly_chart(drawn.figure, key=key, config=CHART_BAR, alt=drawn.alt)


@st.cache_resource(max_entries=64, show_spinner=False)
def _spreads(key: str, measure: str, _survey: Survey) -> list[Drawn]:
    words: dict[str, Any] = {
        "explainer": EXPLAINERS[_survey.explainer].label,
        "measure": MEASURES[measure].label,
    }
    corrected = {arm: of[measure].corrected for arm, of in _survey.scores.items()}
    spread = distribution_info(corrected, **words)
    by_arm = {arm: [row.score for row in by_class(_survey, arm, measure=measure)] for arm in _survey.scores}
    dots = class_dots_info(_survey.classes, by_arm, **words)
    tall = max(300, 96 + 30 * min(len(_survey.classes), 12))
    return [
        Drawn(spread.title, spread.about, distribution_figure(spread, height=tall), distribution_alt(spread)),
        Drawn(dots.title, dots.about, class_dots_figure(dots), class_dots_alt(dots)),
    ]


@st.cache_resource(max_entries=64, show_spinner=False)
def _confusion(key: str, arm: Arm, _survey: Survey) -> Drawn:
    info = confusion_info(arm, _survey.classes, confusion_difference(_survey, arm))
    return Drawn(info.title, info.about, confusion_figure(info), confusion_alt(info))
