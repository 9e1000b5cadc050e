"""Rank correlations between measures, or explainers: computed only in an open expander."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    RankCorrelations,
    Survey,
    between_explainers,
    between_measures,
    explainers_offered,
    known_survey,
)
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import correlation_alt, correlation_figure, correlation_info
from kdviz.language import _
from kdviz.narrative import rank_correlation_sentence
from kdviz.store import Run, Store
from kdviz.ui.agreement.controls import ArmComparison
from kdviz.ui.frame.errors import fragment
from kdviz.ui.widgets.chart import Drawn, chart

_CHART_PX = 760

_Between = Literal["measures", "explainers"]


@fragment
def rank_correlation_panel(shown: ArmComparison) -> None:
    """An expander: whether measures, or the explainers evaluated so far, rank an arm's images alike."""
    drawer = st.expander(
        _("Rank correlation between measures"), icon=":material/rule:", key="ag_order", on_change="rerun"
    )
    if not drawer.open:
        return
    with drawer:
        between = _between()
        st.caption(_question(between, shown))
        found = _correlations(between, shown)
        if found is None:
            only = _(EXPLAINERS[shown.survey.explainer].label)
            st.info(
                _("Only {explainer} has been evaluated. Choose another explainer above.").format(
                    explainer=only
                )
            )
        else:
            _result(found, between, shown)


def _result(found: RankCorrelations, between: _Between, shown: ArmComparison) -> None:
    st.markdown(rank_correlation_sentence(found))
    info = correlation_info([_(label) for label in found.labels], found.cells)
    with st.container(width=_CHART_PX):
        chart(
            Drawn(info, correlation_figure(info), correlation_alt(info)),
            key=f"ag_order_{between}",
            file=f"kdviz-{shown.arm}-{between}-order",
        )


def _between() -> _Between:
    names: dict[_Between, str] = {"measures": _("Measures"), "explainers": _("Explainers")}
    options: list[_Between] = list(names)
    return st.segmented_control(
        _("Compare"),
        options,
        default=options[0],
        required=True,
        format_func=names.__getitem__,
        key="ag_order_between",
    )


def _question(between: _Between, shown: ArmComparison) -> str:
    if between == "measures":
        return _(
            "Each measure ranks the images by how well the {arm}'s map matches the teacher's. Do the "
            "rankings agree?"
        ).format(arm=shown.label)
    return _(
        "Each explainer evaluated so far ranks the images by the {measure} of the {arm}'s map with the "
        "teacher's. Do the rankings agree?"
    ).format(arm=shown.label, measure=_(MEASURES[shown.measure].label))


def _correlations(between: _Between, shown: ArmComparison) -> RankCorrelations | None:
    """None where only one explainer has been evaluated."""
    if between == "measures":
        return between_measures(shown.survey, shown.arm)
    surveys = _known_surveys(shown.store, shown.run)
    if len(surveys) < 2:
        return None
    return between_explainers(surveys, shown.arm, measure=shown.measure)


def _known_surveys(store: Store, run: Run) -> list[Survey]:
    known = [known_survey(store, run.id, spec.name) for spec in explainers_offered(run.config)]
    return [survey for survey in known if survey is not None]
