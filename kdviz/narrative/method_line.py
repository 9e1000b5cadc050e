"""What a method's maps say of student and twin, in a line: where they are brightest, or how alike."""

from __future__ import annotations

import math

from kdviz.comparison import CueEvidence, ImageExplanation, Levels, PlantedCue, evidence_on
from kdviz.figures.style import score
from kdviz.language import _
from kdviz.narrative.why import arm_names, object_name
from kdviz.types import Arm

_ARMS: tuple[Arm, ...] = ("student", "twin")


def method_line(
    explanation: ImageExplanation, own: ImageExplanation, cue: PlantedCue | None, chance: Levels
) -> str:
    """Their brightest spots where there is a cue, else their agreement with the teacher; "" if unknown.

    own: each arm's for its own prediction. chance: by arm; empty where it is not measured.
    """
    arms = [arm for arm in _ARMS if arm in explanation.arms]
    if cue is not None:
        found = evidence_on(cue, own)
        return _("; ").join(_spot(arm_names()[arm], own, found[arm]) for arm in arms)
    scores = {arm: explanation.beyond_chance(arm, chance) for arm in arms}
    known = [f"{arm_names()[arm]} {score(value)}" for arm, value in scores.items() if math.isfinite(value)]
    return _("Agreement: {score}").format(score=_("; ").join(known)) if known else ""


def _spot(name: str, own: ImageExplanation, found: CueEvidence) -> str:
    texts = {
        "cue": _("{arm}: patch"),
        "object": _("{arm}: {object}"),
        "elsewhere": _("{arm}: elsewhere"),
        "undefined": _("{arm}: no map"),
    }
    peak = "elsewhere" if found.peak == "object" and found.filled else found.peak
    return texts[peak].format(arm=name, object=object_name(own))
