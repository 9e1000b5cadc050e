"""Why each arm predicts what it does for one image, in sentences: by the location of its evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kdviz.comparison import CueEvidence, ImageExplanation, Levels, PlantedCue, evidence_on
from kdviz.datasets import CUES
from kdviz.figures.hue_names import hue_name
from kdviz.language import _, decimal, percentage, sentences
from kdviz.types import Arm
from kdviz.vocabulary import words_of

if TYPE_CHECKING:
    from torch import Tensor

_STUDENTS: tuple[Arm, Arm] = ("student", "twin")


def cue_meaning(cue: PlantedCue, explanation: ImageExplanation) -> str:
    """The meaning of the cue in an image, e.g. "in training, magenta meant “heart”"."""
    name = explanation.classes[cue.variant.indicated]
    match CUES[cue.cue].indicated_by:
        case "place":
            return _("in training, a patch here meant “{name}”").format(name=name)
        case "word":
            return _("in training, “{word}” meant “{name}”").format(
                word=cue_word(cue, explanation), name=name
            )
    return _("in training, {colour} meant “{name}”").format(colour=cue_colour(cue, explanation), name=name)


def cue_word(cue: PlantedCue, explanation: ImageExplanation) -> str:
    """The planted word of a text."""
    assert explanation.text is not None
    return word_at(explanation.text, cue.mask)


def word_at(text: str, mask: Tensor) -> str:
    """The word of a text that a mask (L,) is on."""
    return words_of(text)[int(mask.nonzero()[0])].text


def cue_colour(cue: PlantedCue, explanation: ImageExplanation) -> str:
    """The name of the cue's colour in an image."""
    red, green, blue = map(int, explanation.image[cue.mask.numpy()][0])
    return hue_name((red, green, blue))


def why_sentence(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """The meaning of the cue; then for twin and student the region of the map's maximum, and the prediction.

    Without a twin, for student and teacher. explanation: each arm's for its own prediction, so that the map
    is the evidence for it.
    """
    name = explanation.classes[cue.variant.indicated]
    match CUES[cue.cue].indicated_by:
        case "place":
            meant = _("In training, a patch at this place meant {name}.").format(name=name)
        case "word":
            word = cue_word(cue, explanation)
            meant = _("In training, “{word}” meant {name}.").format(word=word, name=name)
        case _other:
            colour = cue_colour(cue, explanation)
            meant = _("In training, {colour} meant {name}.").format(colour=colour, name=name)
    found = evidence_on(cue, explanation)
    findings = (_of_arm(explanation, cue, arm, found[arm]) for arm in _shown(found))
    return sentences(meant, *findings)


def brief_why(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """The same in one line: "The twin looks at the patch, the student at the circle."."""
    found = evidence_on(cue, explanation)
    first, second = _shown(found)
    if found[first].peak == found[second].peak:
        return _("Both {first} and {second} look {place}.").format(
            first=arm_names()[first],
            second=arm_names()[second],
            place=_place(found[first], explanation.label_name),
        )
    return _("The {first} looks {place}, the {second} {other}.").format(
        first=arm_names()[first],
        second=arm_names()[second],
        place=_place(found[first], explanation.label_name),
        other=_place(found[second], explanation.label_name),
    )


def _shown(found: Mapping[Arm, CueEvidence]) -> tuple[Arm, Arm]:
    return ("twin", "student") if "twin" in found else ("student", "teacher")


def _place(found: CueEvidence, label: str) -> str:
    match found.peak:
        case "cue":
            return _("at the patch")
        case "object":
            return _("at the {object}").format(object=label)
        case "elsewhere":
            return _("elsewhere")
        case "undefined":
            return _("nowhere")


def brief_twin(explanation: ImageExplanation, chance: Levels) -> str:
    """How alike student and twin look to the teacher, in one line. Empty as in `twin_sentence`."""
    if "twin" not in explanation.arms:
        return ""
    scores = [explanation.beyond_chance(arm, chance) for arm in _STUDENTS]
    if not all(map(math.isfinite, scores)):
        return ""
    ours, theirs = map(decimal, scores)
    return _("Agreement with the teacher: student {student}, twin {twin}.").format(student=ours, twin=theirs)


def twin_sentence(explanation: ImageExplanation, chance: Levels) -> str:
    """Whether the student's map agrees more with the teacher's than its twin's does, with both predictions.

    By the agreement corrected for chance. Empty without a twin, while chance is unknown, and if an agreement
    is undefined.
    """
    if "twin" not in explanation.arms:
        return ""
    student, twin = (explanation.arms[arm] for arm in _STUDENTS)
    scores = [explanation.beyond_chance(arm, chance) for arm in _STUDENTS]
    if not all(map(math.isfinite, scores)):
        return ""
    ours, theirs = map(decimal, scores)
    names = [explanation.classes[each.predicted] for each in (student, twin)]
    both = (
        _("Both predict {name}.")
        if names[0] == names[1]
        else _("The student predicts {name}, its twin {other}.")
    )
    return sentences(
        _compared(ours, theirs, scores[0] > scores[1]).format(student=ours, twin=theirs),
        both.format(name=names[0], other=names[1]),
    )


def _compared(ours: str, theirs: str, more: bool) -> str:
    """By what is shown: two decimals."""
    if ours == theirs:
        return _("On this image the student's map agrees with the teacher's as its twin's does ({student}).")
    if more:
        return _(
            "On this image the student's map agrees with the teacher's more than its twin's does ({student} "
            "against {twin})."
        )
    return _(
        "On this image the student's map agrees with the teacher's less than its twin's does ({student} "
        "against {twin})."
    )


def _of_arm(explanation: ImageExplanation, cue: PlantedCue, arm: Arm, found: CueEvidence) -> str:
    predicted = explanation.arms[arm].predicted
    where = _where(found).format(
        arm=arm_names()[arm],
        object=explanation.label_name,
        cue_share=percentage(found.shares["cue"], 0),
        object_share=percentage(found.shares.get("object", math.nan), 0),
    )
    follows = (
        _("{where}, and it predicts {name}.")
        if _fits(explanation, cue, found, predicted)
        else _("{where}, but it predicts {name}.")
    )
    return follows.format(where=where, name=explanation.classes[predicted])


def _fits(explanation: ImageExplanation, cue: PlantedCue, found: CueEvidence, predicted: int) -> bool:
    """Whether the predicted class is the one that the region of the map's maximum indicates, if any."""
    expected = {"cue": cue.variant.indicated, "object": explanation.label}
    return expected.get(found.peak, predicted) == predicted


def _where(found: CueEvidence) -> str:
    """Where a map is strongest, to fill in."""
    match found.peak:
        case "cue":
            return _("The {arm}'s map is strongest on the patch ({cue_share} of its evidence)")
        case "object":
            return _("The {arm}'s map is strongest on the {object} ({object_share} of its evidence)")
        case "elsewhere" if "object" in found.shares:
            return _(
                "The {arm}'s map is strongest on neither ({cue_share} of its evidence on the patch, "
                "{object_share} on the {object})"
            )
        case "elsewhere":
            return _("The {arm}'s map is strongest elsewhere ({cue_share} of its evidence on the patch)")
        case "undefined":
            return _("The {arm}'s map has no maximum")


def arm_names() -> dict[Arm, str]:
    """Short names of the arms that sentences mention, in order."""
    return {"twin": _("twin"), "student": _("student"), "teacher": _("teacher")}
