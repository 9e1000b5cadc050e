"""Tables for one image: probabilities and agreement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import ArmExplanation, ImageExplanation, Levels
from kdviz.datasets import class_names
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.types import Arm
from kdviz.ui.frame.errors import fragment
from kdviz.ui.widgets.downloads import without_formulas
from kdviz.ui.widgets.metric_columns import with_decimals


@fragment
def tables(explanation: ImageExplanation, chance: Levels | None) -> None:
    """An expander for every arm's probabilities, and its agreement with the teacher by every measure.

    The tables are drawn when it is opened: in a closed one they would delay every image.
    """
    drawer = st.expander(
        _("The numbers as tables"), icon=":material/table:", key="numbers_open", on_change="rerun"
    )
    if not drawer.open:
        return
    with drawer:
        predictions, measures = st.tabs([_("Predictions"), _("All measures")])
        with predictions:
            _show_predictions(explanation)
        with measures:
            _show_measures(explanation.arms, chance or {})


def prediction_table(arms: Mapping[Arm, ArmExplanation], classes: tuple[str, ...]) -> pd.DataFrame:
    """Probabilities in percent: a row per class, the teacher's most probable first, a column per arm."""
    order = [number for number, _share in arms["teacher"].top(len(classes))]
    columns = {str(arm): 100 * of.probabilities[order].astype(float) for arm, of in arms.items()}
    return pd.DataFrame({"class": [classes[number] for number in order], **columns})


def measure_table(arms: Mapping[Arm, ArmExplanation], chance: Levels) -> pd.DataFrame:
    """Raw agreement with the teacher, and its chance level: a row per measure, two columns per arm."""
    table: dict[str, list[Any]] = {}
    for arm, of in arms.items():
        if arm != "teacher":
            name, level = ARM_STYLES[arm].label, chance.get(arm, {})
            table[_("Measure")] = [_(MEASURES[measure].label) for measure in of.scores]
            table[name] = list(of.scores.values())
            table[_("{arm}, chance").format(arm=name)] = [
                level.get(measure, math.nan) for measure in of.scores
            ]
    return pd.DataFrame(table)


def _show_predictions(explanation: ImageExplanation) -> None:
    percent = st.column_config.ProgressColumn
    columns: dict[str, Any] = {
        arm: percent(ARM_STYLES[arm].label, min_value=0, max_value=100, format="%.1f %%")
        for arm in explanation.arms
    }
    st.dataframe(
        without_formulas(prediction_table(explanation.arms, class_names(explanation.classes))),
        hide_index=True,
        column_config={**columns, "class": st.column_config.TextColumn(_("Class"), pinned=True)},
        alt=_("Probability of every class, by arm"),
        key="answers",
    )


def _show_measures(arms: Mapping[Arm, ArmExplanation], chance: Levels) -> None:
    table = measure_table(arms, chance)
    st.dataframe(
        with_decimals(table, dict.fromkeys(table.columns[1:], 3)),
        hide_index=True,
        alt=_("Agreement with the teacher by measure, and chance"),
        key="scores",
    )
    st.caption(
        _("This image's raw score by each measure, and the mean score of unrelated images in this run.")
    )
