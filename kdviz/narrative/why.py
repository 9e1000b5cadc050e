"""Why each arm predicts what it does for one image, in sentences: by the location of its evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kdviz.comparison import CueEvidence, ImageExplanation, PlantedCue, evidence_on
from kdviz.datasets import CUES, class_name, tones
from kdviz.figures.hue_names import hue_name
from kdviz.figures.maps import frequency_text
from kdviz.language import _, percentage, sentences
from kdviz.types import Arm
from kdviz.vocabulary import words_of

if TYPE_CHECKING:
    from torch import Tensor

_MOST = 0.5
"""A share of the evidence from which on a network is said to look there."""


def cue_meaning(cue: PlantedCue, explanation: ImageExplanation) -> str:
    """The meaning of the cue in an image, e.g. "in training, magenta meant “heart”"."""
    name = class_name(explanation.classes, cue.variant.indicated)
    match CUES[cue.cue].indicated_by:
        case "place":
            return _("in training, a patch here meant “{name}”").format(name=name)
        case "word":
            return _("in training, “{word}” meant “{name}”").format(
                word=cue_word(cue, explanation), name=name
            )
        case "pitch":
            return _("in training, a tone of {pitch} meant “{name}”").format(
                pitch=tone_text(cue.variant.indicated, len(explanation.classes)), name=name
            )
    return _("in training, {colour} meant “{name}”").format(colour=cue_colour(cue, explanation), name=name)


def tone_text(indicated: int, classes: int) -> str:
    """The frequency of the tone that indicates a class, e.g. "530 Hz"."""
    return frequency_text(float(tones(classes)[indicated]))


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
    """What `brief_why` leaves out: the meaning of the cue, the predictions, and evidence that is on neither.

    explanation: each arm's for its own prediction, so that the map is the evidence for it.
    """
    name = class_name(explanation.classes, cue.variant.indicated)
    match CUES[cue.cue].indicated_by:
        case "place":
            meant = _("In training, a patch at this place meant {name}.").format(name=name)
        case "word":
            word = cue_word(cue, explanation)
            meant = _("In training, “{word}” meant {name}.").format(word=word, name=name)
        case "pitch":
            pitch = tone_text(cue.variant.indicated, len(explanation.classes))
            meant = _("In training, a tone of {pitch} meant “{name}”.").format(pitch=pitch, name=name)
        case _other:
            colour = cue_colour(cue, explanation)
            meant = _("In training, {colour} meant {name}.").format(colour=colour, name=name)
    found = evidence_on(cue, explanation)
    return sentences(meant, *(_of_arm(explanation, cue, arm, found[arm]) for arm in shown_arms(found)))


def brief_why(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """Where each of the two looks by `CueEvidence.looks_at`, in one line, with shares and areas.

    "The twin's map is strongest on the patch (42 % of its evidence is there, in 4 % of the image); the
    student looks at the circle (61 % of its evidence is there, in 12 % of the image).".
    """
    found = evidence_on(cue, explanation)
    first, second = shown_arms(found)
    name = object_name(explanation)
    place, other = (_place(found[arm], name) for arm in (first, second))
    names = {"first": arm_names()[first], "second": arm_names()[second]}
    if place != other:
        places = {"place": _with_share(place, found[first]), "other": _with_share(other, found[second])}
        line = _differing(strongest_alone(found[first]), strongest_alone(found[second])).format(
            **names, **places
        )
    elif (one := _extent(found[first])) and (two := _extent(found[second])):
        text = _(
            "Both {first} and {second} look {place} ({share} and {other_share} of their evidence are there, "
            "in {area} of the image)."
        )
        if strongest_alone(found[first]):
            text = _(
                "The maps of {first} and {second} are strongest {place} ({share} and {other_share} of their "
                "evidence are there, in {area} of the image)."
            )
        line = text.format(**names, place=place, share=one[0], other_share=two[0], area=one[1])
    else:
        line = _("Both {first} and {second} look {place}.").format(**names, place=place)
    filled = _(
        "What is marked as {object} covers the image, so no map can show whether a network looks at it."
    )
    filled_by = filled.format(object=name) if found[first].filled else ""
    return sentences(filled_by, line)


def cue_alone(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """What a cue covers for which a map's cells stand; "" of other cues."""
    found = evidence_on(cue, explanation)
    for of in (found[arm] for arm in shown_arms(found)):
        alone, cells = area_text(of.cue_area), area_text(of.areas["cue"])
        if alone != cells:
            text = _("The patch alone covers {alone} of the image, the cells of the map it is in {cells}.")
            return text.format(alone=alone, cells=cells)
    return ""


def _differing(first_alone: bool, second_alone: bool) -> str:
    """The sentence on two places, by whether less than half of each network's evidence is there."""
    return {
        (False, False): _("The {first} looks {place}, the {second} {other}."),
        (True, False): _("The {first}'s map is strongest {place}; the {second} looks {other}."),
        (False, True): _("The {first} looks {place}; the {second}'s map is strongest {other}."),
        (True, True): _("The {first}'s map is strongest {place}, the {second}'s {other}."),
    }[first_alone, second_alone]


def _with_share(place: str, found: CueEvidence) -> str:
    """A place, with how much of the evidence it holds and how large it is, where it has an extent."""
    if (extent := _extent(found)) is None:
        return place
    text = _("{place} ({share} of its evidence is there, in {area} of the image)")
    return text.format(place=place, share=extent[0], area=extent[1])


def strongest_alone(found: CueEvidence) -> bool:
    """Whether the region with the map's maximum holds less than half of the evidence, as a small one does.

    Then it is the maximum that is spoken of: "looks at" would say more than the map shows.
    """
    region = found.looks_at
    return region in ("cue", "object") and found.shares[region] < _MOST


def _extent(found: CueEvidence) -> tuple[str, str] | None:
    """The shares of the evidence and of the image in the region that is looked at; None without one."""
    region = found.looks_at
    if region != "cue" and region != "object":
        return None
    return area_text(found.shares[region]), area_text(found.areas[region])


def area_text(area: float) -> str:
    """A share of an input or its evidence; one that would be rounded to nothing has a decimal."""
    return percentage(area, 0 if area >= 0.01 else 1)


def object_name(explanation: ImageExplanation) -> str:
    """What an input shows: its label; of a sound in quotation marks, as what is said in it."""
    name = explanation.label_name
    return name if explanation.sound is None else _("“{word}”").format(word=name)


def true_cue(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """That the cue of an image happens to indicate its label; "" if it does not."""
    if cue.variant.indicated != explanation.label:
        return ""
    return _(
        "Here the patch tells the truth, by luck: it meant {name}, and the label is {name}. A right answer "
        "does not show what a network goes by."
    ).format(name=explanation.label_name)


def shown_arms(found: Mapping[Arm, CueEvidence]) -> tuple[Arm, Arm]:
    """The two arms that sentences on an image compare."""
    return ("twin", "student") if "twin" in found else ("student", "teacher")


def _place(found: CueEvidence, name: str) -> str:
    match found.looks_at:
        case "cue":
            return _("on the patch") if strongest_alone(found) else _("at the patch")
        case "object":
            text = _("on the {object}") if strongest_alone(found) else _("at the {object}")
            return text.format(object=name)
        case "elsewhere" if found.against:
            return _("elsewhere than at the patch, which counts against the prediction")
        case "elsewhere" if found.beside:
            return _("beside the patch")
        case "elsewhere" if found.large_object:
            return _("not clearly more at the patch or the {object} than their size explains").format(
                object=name
            )
        case "elsewhere" if "object" in found.shares and not found.filled:
            return _("at neither the patch nor the {object}").format(object=name)
        case "elsewhere":
            return _("elsewhere than at the patch")
        case "undefined":
            return _("nowhere")


def _of_arm(explanation: ImageExplanation, cue: PlantedCue, arm: Arm, found: CueEvidence) -> str:
    predicted = explanation.arms[arm].predicted
    answer = _answer(predicted, cue.variant.indicated, explanation.label).format(
        arm=arm_names()[arm], name=class_name(explanation.classes, predicted)
    )
    return sentences(answer, _unlocated(found, object_name(explanation)))


def _answer(predicted: int, indicated: int, label: int | None) -> str:
    """What a prediction is by the label and the cue, to fill in."""
    match (predicted == label, predicted == indicated):
        case (True, True):
            return _("The {arm} predicts {name}: the label, and what the patch meant.")
        case (True, False):
            return _("The {arm} predicts {name}, the label.")
        case (False, True):
            return _("The {arm} predicts {name}, which the patch meant.")
    return _("The {arm} predicts {name}, neither the label nor what the patch meant.")


def _unlocated(found: CueEvidence, name: str) -> str:
    """The evidence on cue and object of a network that looks at neither; "" of another."""
    if found.looks_at == "undefined":
        return _("Its map has no maximum.")
    if found.looks_at != "elsewhere":
        return ""
    text = _("Of its evidence, {cue_share} is on the patch ({cue_area} of the image).")
    if "object" in found.shares and not found.filled:
        text = _(
            "Of its evidence, {cue_share} is on the patch ({cue_area} of the image) and {object_share} on "
            "the {object} ({object_area})."
        )
    return text.format(
        object=name,
        cue_share=percentage(found.shares["cue"], 0),
        cue_area=area_text(found.areas["cue"]),
        object_share=percentage(found.shares.get("object", math.nan), 0),
        object_area=area_text(found.areas.get("object", math.nan)),
    )


def arm_names() -> dict[Arm, str]:
    """Short names of the arms that sentences mention, in order."""
    return {"twin": _("twin"), "student": _("student"), "teacher": _("teacher")}
