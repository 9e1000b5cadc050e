"""A survey in figures: how agreement is spread, class by class, by every measure; and other answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import Survey, by_class, confusion_difference, measure_table
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import (
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
from kdviz.figures.style import ARM_STYLES, interval_text
from kdviz.language import _, language
from kdviz.types import Arm
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.downloads import csv_button

_SPREADS = ("images", "classes")


def spreads(survey: Survey, measure: str) -> None:
    """All arms: image by image, and class by class."""
    with st.grid(2, min_column_width=320, gap="medium"):
        for place, drawn in enumerate(_spreads(survey.key, measure, language(), survey)):
            chart(drawn, key=f"ag_spread_{place}", file=f"kdviz-{survey.explainer}-{_SPREADS[place]}")


def confusion_map(survey: Survey, arm: Arm) -> None:
    """Which answers an arm gives more or less often than its teacher."""
    drawn = _confusion(survey.key, arm, language(), survey)
    chart(drawn, key="ag_confusion", file=f"kdviz-{arm}-confusion")


def measures(survey: Survey) -> None:
    """Every measure of every arm: raw, chance, corrected, with its interval and its question."""
    st.markdown(
        f"**{_('Every measure')}**", help=_("Corrected is (raw − chance) / (1 − chance): 0 is chance.")
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        measures_table(survey),
        hide_index=True,
        height="content",
        placeholder=_("undefined"),
        column_config={
            "Measure": st.column_config.TextColumn(_("Measure"), pinned=True),
            "Arm": _("Arm"),
            "Corrected": number(_("Corrected"), format="%.2f", help=_("0 is chance, 1 the same map.")),
            "95 %": st.column_config.TextColumn(help=_("Bootstrap over test images.")),
            "Without signs": number(
                _("Without signs"),
                format="%.2f",
                help=_("Corrected, of absolute values: how strong the evidence is, whichever way it speaks."),
            )
            if survey.unsigned
            else None,
            "Raw": number(_("Raw"), format="%.2f"),
            "Chance": number(_("Chance"), format="%.2f", help=_("What maps of unrelated images score.")),
            "Images": number(
                _("Images"), format="localized", help=_("Those on which both maps are defined.")
            ),
            "What it asks": st.column_config.TextColumn(_("What it asks"), width="large"),
        },
        alt=_("Agreement with the teacher by every measure, an arm a row"),
        key="ag_measures",
    )
    csv_button(
        lambda: exact_measures(survey),
        file=f"kdviz-{survey.explainer}-measures",
        key="ag_measures_csv",
        about=_("Every measure with all its digits."),
        small=True,
    )


def measures_table(survey: Survey) -> pd.DataFrame:
    """A row for each measure and arm; what is undefined is empty."""
    return pd.DataFrame(
        {
            "Measure": row.label,
            "Arm": ARM_STYLES[row.arm].label,
            "Corrected": row.score.corrected,
            "95 %": interval_text(row.score.low, row.score.high) or None,
            "Without signs": row.unsigned.corrected if row.unsigned else None,
            "Raw": row.score.raw,
            "Chance": row.score.chance,
            "Images": row.score.n,
            "What it asks": row.about,
        }
        for row in measure_table(survey)
    ).round(2)


def exact_measures(survey: Survey) -> pd.DataFrame:
    """The same for other programs: every digit, and names in English."""
    return pd.json_normalize([asdict(row) for row in measure_table(survey)])


@st.cache_resource(max_entries=64, show_spinner=False)
def _spreads(key: str, measure: str, code: str, _survey: Survey) -> list[Drawn]:
    words: dict[str, Any] = {
        "explainer": _(EXPLAINERS[_survey.explainer].label),
        "measure": _(MEASURES[measure].label),
    }
    corrected = {arm: of[measure].corrected for arm, of in _survey.scores.items()}
    spread = distribution_info(corrected, **words)
    by_arm = {arm: [row.score for row in by_class(_survey, arm, measure=measure)] for arm in _survey.scores}
    dots = class_dots_info(_survey.classes, by_arm, **words)
    tall = max(300, 96 + 30 * min(len(_survey.classes), 12))
    return [
        Drawn(spread, distribution_figure(spread, height=tall), distribution_alt(spread)),
        Drawn(dots, class_dots_figure(dots), class_dots_alt(dots)),
    ]


@st.cache_resource(max_entries=64, show_spinner=False)
def _confusion(key: str, arm: Arm, code: str, _survey: Survey) -> Drawn:
    info = confusion_info(arm, _survey.classes, confusion_difference(_survey, arm))
    return Drawn(info, confusion_figure(info), confusion_alt(info))
