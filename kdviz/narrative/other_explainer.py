"""Whether another explainer says otherwise of a planted cue on one image, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kdviz.comparison import ImageExplanation, PlantedCue, Survey, evidence_on
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, sentences
from kdviz.narrative.why import arm_names, shown_arms
from kdviz.types import Arm


def by_other_explainers(explanation: ImageExplanation, cue: PlantedCue, others: Iterable[Survey]) -> str:
    """Of the two arms that a headline compares, whose map is on the cue by one explainer and not by another.

    explanation: each arm's for its own prediction. others: known surveys by other explainers, whose maps are
    for the teacher's prediction: an arm that predicts another class is left out. "" if they say the same.
    """
    found = evidence_on(cue, explanation)
    return sentences(
        *(
            _sentence(arm, survey.explainer, on_cue=on_cue)
            for survey in others
            for arm in shown_arms(found)
            if found[arm].looks_at != "undefined"
            and explanation.arms[arm].predicted == explanation.arms["teacher"].predicted
            and (on_cue := _on_cue(survey, arm, explanation.index)) is not None
            and on_cue != (found[arm].looks_at == "cue")
        )
    )


def _on_cue(survey: Survey, arm: Arm, index: int | None) -> bool | None:
    """Whether the maximum of an arm's map of a test image is on the cue; None where that is not known."""
    places = np.flatnonzero(survey.indices == index)
    arms = survey.localization["cue"].arms if "cue" in survey.localization else {}
    if arm not in arms or not len(places) or np.isnan(hit := arms[arm].hit[places[0]]):
        return None
    return bool(hit)


def _sentence(arm: Arm, explainer: str, *, on_cue: bool) -> str:
    text = _("But by {explainer} the {arm}'s map is not highest on the patch.")
    if on_cue:
        text = _("But by {explainer} the {arm}'s map is highest on the patch.")
    return text.format(explainer=_(EXPLAINERS[explainer].label), arm=arm_names()[arm])
