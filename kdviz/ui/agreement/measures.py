"""All arms of a survey: the distribution of agreement, by class, and by every measure."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import Survey, by_class, by_measure
from kdviz.datasets import class_names
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import (
    class_dots_alt,
    class_dots_figure,
    class_dots_info,
    distribution_alt,
    distribution_figure,
    distribution_info,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, language
from kdviz.ui.agreement.localization import localization_details
from kdviz.ui.frame.errors import fragment
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.metric_columns import with_decimals

_CHARTS = ("images", "classes")
_DECIMALS = {
    **dict.fromkeys(("Corrected", "Absolute values", "Raw", "Chance"), 2),
    **dict.fromkeys(("Corrected, low", "Corrected, high"), 3),
}


def distributions(survey: Survey, measure: str) -> None:
    """An expander: the distribution over images, and by class; drawn only while it is open."""
    drawer = st.expander(
        _classes_title(survey, measure), icon=":material/bar_chart:", key="ag_spread", on_change="rerun"
    )
    if not drawer.open:
        return
    with drawer, st.grid(2, min_column_width=320, gap="medium"):
        for place, drawn in enumerate(_drawn(survey.key, measure, language(), survey)):
            chart(drawn, key=f"ag_spread_{place}", file=f"kdviz-{survey.explainer}-{_CHARTS[place]}")


def _classes_title(survey: Survey, measure: str) -> str:
    """In how many classes the student is ahead of its twin."""
    if "twin" not in survey.scores:
        return _("By image and by class")
    student, twin = (by_class(survey, arm, measure=measure) for arm in ("student", "twin"))
    ahead = sum(a.score.interval.value > b.score.interval.value for a, b in zip(student, twin, strict=True))
    return _("By image and by class: agreement higher than its twin's in {count} of {total} classes").format(
        count=ahead, total=len(survey.classes)
    )


@fragment
def every_measure(survey: Survey) -> None:
    """An expander: all arms by every measure, and where they look; drawn only while it is open."""
    drawer = st.expander(_measures_title(survey), icon=":material/table:", key="ag_every", on_change="rerun")
    if drawer.open:
        with drawer:
            _measures(survey)
            localization_details(survey)


def _measures_title(survey: Survey) -> str:
    """By how many measures the student is ahead of its twin."""
    if "twin" not in survey.scores:
        return _("Every measure")
    found = {(row.arm, row.measure): row.score.interval.value for row in by_measure(survey)}
    ahead = sum(found["student", name] > found["twin", name] for name in survey.measures)
    return _("Every measure: the student is ahead of its twin by {count} of {total}").format(
        count=ahead, total=len(survey.measures)
    )


def _measures(survey: Survey) -> None:
    """Every measure of every arm: raw, chance, corrected, with its interval and description."""
    st.caption(_("Corrected is (raw − chance) / (1 − chance): 0 is chance, 1 the same map."))
    st.dataframe(
        with_decimals(measures_table(survey), _DECIMALS, undefined=_("undefined")),
        hide_index=True,
        height="content",
        placeholder=_("undefined"),
        column_config=_columns(signed=bool(survey.unsigned)),
        alt=_("Agreement with the teacher by every measure, an arm a row"),
        key="ag_measures",
    )


def measures_table(survey: Survey) -> pd.DataFrame:
    """A row per measure and arm, with every digit; NaN where undefined."""
    return pd.DataFrame(
        {
            "Measure": row.label,
            "Arm": ARM_STYLES[row.arm].label,
            "Corrected": row.score.interval.value,
            "Corrected, low": row.score.interval.low,
            "Corrected, high": row.score.interval.high,
            "Absolute values": row.unsigned.interval.value if row.unsigned else None,
            "Raw": row.score.raw,
            "Chance": row.score.chance,
            "Images": row.score.n,
            "Description": row.about,
        }
        for row in by_measure(survey)
    )


def _columns(*, signed: bool) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    low, high = (
        number(label, help=_("95 % bootstrap interval over test images."))
        for label in (_("95 % from"), _("to"))
    )
    return {
        "Measure": text(_("Measure"), pinned=True),
        "Arm": _("Arm"),
        "Corrected": number(_("Corrected"), help=_("0 is chance, 1 the same map.")),
        "Corrected, low": low,
        "Corrected, high": high,
        "Absolute values": number(
            _("Absolute values"),
            help=_("Agreement of the maps without their signs, corrected for chance."),
        )
        if signed
        else None,
        "Raw": number(_("Raw")),
        "Chance": number(_("Chance"), help=_("The score of maps of unrelated images.")),
        "Images": number(_("Images"), format="localized", help=_("Those on which both maps are defined.")),
        "Description": text(_("Description"), width="large"),
    }


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(key: str, measure: str, code: str, _survey: Survey) -> list[Drawn]:
    words: dict[str, Any] = {
        "explainer": _(EXPLAINERS[_survey.explainer].label),
        "measure": _(MEASURES[measure].label),
    }
    corrected = {arm: of[measure].corrected for arm, of in _survey.scores.items()}
    spread = distribution_info(corrected, **words)
    by_arm = {arm: [row.score for row in by_class(_survey, arm, measure=measure)] for arm in _survey.scores}
    dots = class_dots_info(class_names(_survey.classes), by_arm, **words)
    tall = max(300, 96 + 30 * min(len(_survey.classes), 12))
    return [
        Drawn(spread, distribution_figure(spread, height=tall), distribution_alt(spread)),
        Drawn(dots, class_dots_figure(dots), class_dots_alt(dots)),
    ]
