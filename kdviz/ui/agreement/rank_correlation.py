"""Does the measure matter: a drawer in which nothing is computed before it is opened."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    SameOrder,
    Survey,
    between_explainers,
    between_measures,
    explainers_offered,
    known_survey,
    same_order_sentence,
)
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import correlation_alt, correlation_figure, correlation_info
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.agreement.summary import Question
from kdviz.ui.widgets.chart import Drawn, chart

_Between = Literal["measures", "explainers"]


@st.fragment
def same_order(store: Store, run: Run, survey: Survey, asked: Question) -> None:
    """Whether measures, or the explainers that have graded, put the images of an arm in the same order."""
    drawer = st.expander(
        _("Does the measure matter?"), icon=":material/rule:", key="ag_order", on_change="rerun"
    )
    if not drawer.open:
        return
    with drawer:
        between = _between()
        st.caption(_question(between, asked))
        found = _measured(store, run, survey, asked, between)
        if found is None:
            only = _(EXPLAINERS[survey.explainer].label)
            st.info(
                _("Only {explainer} has graded this run. Choose another one above, and they are compared.")
                .format(explainer=only)
            )  # fmt: skip
            return
        st.markdown(same_order_sentence(found))
        info = correlation_info(found.labels, found.cells)
        with st.grid(2, min_column_width=320, gap="medium"):
            chart(
                Drawn(info, correlation_figure(info), correlation_alt(info)),
                key=f"ag_order_{between}",
                file=f"kdviz-{asked.arm}-{between}-order",
            )
            st.dataframe(
                order_table(found),
                placeholder=_("undefined"),
                column_config={
                    label: st.column_config.NumberColumn(width="small", format="%.3f")
                    for label in found.labels
                },
                alt=_("Rank correlations, a row and a column each"),
                key="ag_order_table",
            )


def order_table(found: SameOrder) -> pd.DataFrame:
    """The correlations with three digits."""
    return pd.DataFrame(found.cells, index=list(found.labels), columns=list(found.labels)).round(3)


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


def _question(between: _Between, asked: Question) -> str:
    arm = ARM_STYLES[asked.arm].label
    if between == "measures":
        return _(
            "Every measure puts the images in an order, from where the {arm} looks most as its teacher does "
            "to where it does least. Are these orders the same?"
        ).format(arm=arm)
    return _(
        "Every explainer that has graded this run puts the images in an order by {measure}, from where the "
        "{arm} looks most as its teacher does to where it does least. Are these orders the same?"
    ).format(arm=arm, measure=_(MEASURES[asked.measure].label))


def _measured(store: Store, run: Run, survey: Survey, asked: Question, between: _Between) -> SameOrder | None:
    """None where only one explainer has graded."""
    if between == "measures":
        return between_measures(survey, asked.arm)
    offered = explainers_offered(run.config)
    graded = [known for spec in offered if (known := known_survey(store, run.id, spec.name)) is not None]
    if len(graded) < 2:
        return None
    return between_explainers(graded, asked.arm, measure=asked.measure)
