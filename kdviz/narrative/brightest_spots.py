"""In how many methods each network's brightest spot is on the cue, and on the object, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdviz.comparison import ImageExplanation, PlantedCue, evidence_on
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, plural
from kdviz.narrative.why import object_name
from kdviz.types import Arm, Peak


def brightest_spots(
    peaks: Sequence[Mapping[Arm, Peak]], cue: PlantedCue, explanation: ImageExplanation
) -> str:
    """Counted over methods, e.g. "…: teacher on the patch in 0, on the cross in 9; student …".

    peaks: by arm, a method each. explanation: by any of them. The object is left out where it is unknown, or
    fills the input.
    """
    found = next(iter(evidence_on(cue, explanation).values()))
    text = _("{arm} on the patch in {cue}")
    if "object" in found.shares and not found.filled:
        text = _("{arm} on the patch in {cue}, on the {object} in {count}")
    name = object_name(explanation)
    counted = []
    for arm in explanation.arms:
        spots = [each[arm] for each in peaks]
        on = {"cue": spots.count("cue"), "count": spots.count("object")}
        counted.append(text.format(arm=ARM_STYLES[arm].label, object=name, **on))
    return plural(
        "Brightest spot, by {count} method: {arms}.",
        "Brightest spot, by {count} methods: {arms}.",
        len(peaks),
        arms=_("; ").join(counted),
    )
