"""The answer as bars: each arm's agreement, and how often its maps are highest on the object or the cue."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import Survey, by_measure, localization_table
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import (
    agreement_bars_alt,
    agreement_bars_figure,
    agreement_bars_info,
    localization_alt,
    localization_figure,
    localization_info,
)
from kdviz.language import _, language, sentences
from kdviz.narrative import (
    by_class_sentence,
    evidence_sentence,
    hardly_ever,
    localization_sentence,
    spot_beside_cue,
)
from kdviz.types import Arm, Region
from kdviz.ui.widgets.chart import Drawn, chart


def bars(survey: Survey, measure: str, *, masks_note: str) -> None:
    """Agreement beyond chance; and the pointing game, where masks say where object and cue are.

    masks_note: of the data set.

    Where no map is ever there, a sentence takes the place of a chart of empty bars.
    """
    regions = _regions(survey.key, language(), survey)
    hardly = {region: text for region in regions if (text := hardly_ever(survey, region))}
    drawn_regions = {region: each for region, each in regions.items() if region not in hardly}
    columns = 1 + len(drawn_regions)
    with st.container(key="all_bars"), st.grid(columns, min_column_width=320, gap="medium"):
        with st.container(gap="xxsmall"):
            drawn = _agreement(survey.key, measure, language(), survey)
            chart(drawn, key="ag_bars", file=f"kdviz-{survey.explainer}-{measure}")
            st.caption(sentences(_scale(survey, measure), *_who(survey.scores)))
        for region, each in drawn_regions.items():
            with st.container(gap="xxsmall"):
                chart(each, key=f"ag_{region}", file=f"kdviz-{survey.explainer}-{region}")
                of_object = sentences(evidence_sentence(survey), masks_note) if region == "object" else ""
                by_class = by_class_sentence(survey, region)
                why = spot_beside_cue(survey) if region == "cue" else ""
                st.caption(sentences(localization_sentence(survey, region), by_class, of_object, why))
    for text in hardly.values():
        st.markdown(f":material/my_location: {text}")


def _scale(survey: Survey, measure: str) -> str:
    """What the numbers of the axis say, negative ones if it shows some."""
    corrected = _("{measure}, corrected: 0 is chance, 1 the same map.")
    lowest = (row.score.interval.low for row in by_measure(survey) if row.measure == measure)
    negative = any(low < 0 for low in lowest)
    return sentences(
        corrected.format(measure=_(MEASURES[measure].label)),
        _("Below 0 the maps are less alike than those of unrelated images.") if negative else "",
    )


def _who(arms: Collection[Arm]) -> list[str]:
    """What twin and placebo are, in everyday words."""
    words: dict[Arm, str] = {
        "twin": _("The twin is the same student without the teacher's maps."),
        "placebo": _("The placebo had the maps of other images."),
    }
    return [text for arm, text in words.items() if arm in arms]


@st.cache_resource(max_entries=64, show_spinner=False)
def _agreement(key: str, measure: str, code: str, _survey: Survey) -> Drawn:
    info = agreement_bars_info(
        {row.arm: row.score for row in by_measure(_survey) if row.measure == measure},
        explainer=_(EXPLAINERS[_survey.explainer].label),
        measure=_(MEASURES[measure].label),
    )
    return Drawn(info, agreement_bars_figure(info), agreement_bars_alt(info))


@st.cache_resource(max_entries=64, show_spinner=False)
def _regions(key: str, code: str, _survey: Survey) -> dict[Region, Drawn]:
    """A chart for each region."""
    drawn: dict[Region, Drawn] = {}
    for region in _survey.localization:
        rows = [row for row in localization_table(_survey) if row.region == region]
        info = localization_info(
            region,
            {row.arm: row.hit for row in rows},
            rows[0].chance,
            explainer=_(EXPLAINERS[_survey.explainer].label),
        )
        drawn[region] = Drawn(info, localization_figure(info), localization_alt(info))
    return drawn
