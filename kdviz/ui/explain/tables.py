"""The numbers behind the pictures of one image, as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from kdviz.agreement import MEASURES
from kdviz.comparison import ArmExplanation, ImageExplanation, Levels
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.types import Arm
from kdviz.ui.widgets.downloads import csv_button


def tables(explanation: ImageExplanation, chance: Levels | None, *, file: str) -> None:
    """Every arm's most probable classes, and its agreement with the teacher by every measure.

    file: prefix of the names of saved tables.
    """
    predictions, measures = st.tabs([_("Predictions"), _("All measures")])
    with predictions:
        _show_predictions(explanation, file)
    with measures:
        _show_measures(explanation, chance or {}, file)


def prediction_table(explanation: ImageExplanation) -> pd.DataFrame:
    """A row for each class, a column for each arm: probabilities in [0, 1], with every digit."""
    columns = {str(arm): of.probabilities.tolist() for arm, of in explanation.arms.items()}
    return pd.DataFrame({"class": explanation.classes, **columns})


def _show_predictions(explanation: ImageExplanation, file: str) -> None:
    st.dataframe(
        _most_probable(explanation.arms, explanation.classes),
        column_config={
            arm: st.column_config.ProgressColumn(
                ARM_STYLES[arm].label, min_value=0, max_value=100, format="%.1f %%"
            )
            for arm in explanation.arms
        },
        alt=_("Probability of the most probable classes, by arm"),
        key="answers",
    )
    csv_button(lambda: prediction_table(explanation), file=f"{file}-answers", key="answers_csv", small=True)


def _show_measures(explanation: ImageExplanation, chance: Levels, file: str) -> None:
    table = _scores(explanation.arms, chance)
    st.dataframe(table.round(3), alt=_("Agreement with the teacher by measure, and chance"), key="scores")
    csv_button(lambda: table.reset_index(), file=f"{file}-measures", key="scores_csv", small=True)
    st.caption(
        _("This image's raw score by each measure, and the mean score of unrelated images in this run.")
    )


def _most_probable(arms: Mapping[Arm, ArmExplanation], classes: tuple[str, ...]) -> pd.DataFrame:
    """Probabilities in percent of every class that is among some arm's first five."""
    likely = {each for of in arms.values() for each, _share in of.top(5)}
    order = sorted(likely, key=lambda each: -float(arms["teacher"].probabilities[each]))
    table = {arm: [100 * float(of.probabilities[each]) for each in order] for arm, of in arms.items()}
    return pd.DataFrame(table, index=pd.Index([classes[each] for each in order], name=_("Class")))


def _scores(arms: Mapping[Arm, ArmExplanation], chance: Levels) -> pd.DataFrame:
    columns = {}
    for arm, of in arms.items():
        if arm != "teacher":
            name, level = ARM_STYLES[arm].label, chance.get(arm, {})
            columns[name] = [of.scores[measure] for measure in MEASURES]
            columns[_("{arm}, chance").format(arm=name)] = [
                level.get(measure, math.nan) for measure in MEASURES
            ]
    measures = pd.Index([_(spec.label) for spec in MEASURES.values()], name=_("Measure"))
    return pd.DataFrame(columns, index=measures)
