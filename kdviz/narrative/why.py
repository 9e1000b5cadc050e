"""Why each arm predicts what it does for one image, in sentences: by the location of its evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kdviz.comparison import CueEvidence, ImageExplanation, Levels, PlantedCue, evidence_on
from kdviz.datasets import CUES, class_names, tones
from kdviz.figures.hue_names import hue_name
from kdviz.figures.maps import frequency_text
from kdviz.language import _, decimal, percentage, sentences
from kdviz.types import Arm, Peak
from kdviz.vocabulary import words_of

if TYPE_CHECKING:
    from torch import Tensor

_STUDENTS: tuple[Arm, Arm] = ("student", "twin")
_COIN_TOSS = 0.1
"""Two classes are hardly different if their probabilities are closer than this."""


def cue_meaning(cue: PlantedCue, explanation: ImageExplanation) -> str:
    """The meaning of the cue in an image, e.g. "in training, magenta meant “heart”"."""
    name = class_names(explanation.classes)[cue.variant.indicated]
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
    """The meaning of the cue; then for twin and student the region of the map's maximum, and the prediction.

    Without a twin, for student and teacher. explanation: each arm's for its own prediction, so that the map
    is the evidence for it.
    """
    name = class_names(explanation.classes)[cue.variant.indicated]
    match CUES[cue.cue].indicated_by:
        case "place":
            meant = _("In training, a patch at this place meant {name}.").format(name=name)
        case "word":
            word = cue_word(cue, explanation)
            meant = _("In training, “{word}” meant {name}.").format(word=word, name=name)
        case "pitch":
            pitch = tone_text(cue.variant.indicated, len(explanation.classes))
            meant = _("In training, a tone of {pitch} meant {name}.").format(pitch=pitch, name=name)
        case _other:
            colour = cue_colour(cue, explanation)
            meant = _("In training, {colour} meant {name}.").format(colour=colour, name=name)
    found = evidence_on(cue, explanation)
    findings = (_of_arm(explanation, cue, arm, found[arm]) for arm in shown_arms(found))
    return sentences(meant, *findings)


def brief_why(explanation: ImageExplanation, cue: PlantedCue) -> str:
    """The same in one line, with the share of the evidence there.

    "The twin looks at the patch (42 % of its evidence), the student at the circle (61 %).". A map that is
    highest on neither cue nor object looks at the one that has most of its evidence, if one has.
    """
    found = evidence_on(cue, explanation)
    first, second = shown_arms(found)
    regions = [_region(found[arm]) for arm in (first, second)]
    place, other = (
        _place(found[arm], region, object_name(explanation))
        for arm, region in zip((first, second), regions, strict=True)
    )
    shares = [
        percentage(found[arm].shares[region], 0) if region == "cue" or region == "object" else ""
        for arm, region in zip((first, second), regions, strict=True)
    ]
    names = {"first": arm_names()[first], "second": arm_names()[second], "place": place, "other": other}
    if place != other:
        names |= {"place": _with_share(place, shares[0]), "other": _with_share(other, shares[1])}
        return _("The {first} looks {place}, the {second} {other}.").format(**names)
    if not all(shares):
        return _("Both {first} and {second} look {place}.").format(**names)
    return _("Both {first} and {second} look {place} ({share} and {other_share} of their evidence).").format(
        **names, share=shares[0], other_share=shares[1]
    )


def _with_share(place: str, share: str) -> str:
    return _("{place} ({share} of its evidence)").format(place=place, share=share) if share else place


def _region(found: CueEvidence) -> Peak:
    """Where an arm looks: the region of its map's maximum, or else the one with most of the evidence."""
    if found.peak != "elsewhere" or found.beside:
        return found.peak
    most = max(found.shares, key=lambda region: found.shares[region])
    return most if found.shares[most] > 0.5 else "elsewhere"


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


def _place(found: CueEvidence, region: Peak, label: str) -> str:
    match region:
        case "cue":
            return _("at the patch")
        case "object":
            return _("at the {object}").format(object=label)
        case "elsewhere":
            return _("beside the patch") if found.beside else _("elsewhere")
        case "undefined":
            return _("nowhere")


def brief_twin(explanation: ImageExplanation, chance: Levels) -> str:
    """Whether the student looks where its teacher looks, and who is right; in one line.

    Empty as in `twin_sentence`.
    """
    if "twin" not in explanation.arms:
        return ""
    scores = [explanation.beyond_chance(arm, chance) for arm in _STUDENTS]
    if not all(map(math.isfinite, scores)):
        return ""
    ours, theirs = map(decimal, scores)
    return sentences(
        _looks(scores, ours == theirs).format(student=ours, twin=theirs),
        _who_is_right(explanation),
        _undecided(explanation),
        _("That is one picture: Agreement is about the whole test set.") if explanation.index is None else "",
    )


def _looks(scores: Sequence[float], same: bool) -> str:
    """By the agreement of student and twin. same: as shown."""
    if max(scores) <= 0:
        return _("Neither student nor twin looks where the teacher looks (agreement {student} and {twin}).")
    if same:
        return _("The student looks where its teacher looks as much as the twin does (agreement {student}).")
    if scores[0] > scores[1]:
        return _(
            "The student looks where its teacher looks more than the twin does (agreement {student} against "
            "{twin})."
        )
    return _(
        "The student looks where its teacher looks less than the twin does (agreement {student} against "
        "{twin})."
    )


def _who_is_right(explanation: ImageExplanation) -> str:
    """Of student and twin; "" without a label."""
    if explanation.label is None:
        return ""
    student, twin = (explanation.arms[arm].predicted == explanation.label for arm in _STUDENTS)
    return {
        (True, True): _("Both are right."),
        (True, False): _("The student is right, the twin is wrong."),
        (False, True): _("The student is wrong, the twin is right."),
        (False, False): _("Both are wrong."),
    }[student, twin]


def _undecided(explanation: ImageExplanation) -> str:
    """Of each of the two whose answer is hardly more probable to it than another."""
    text = _("The {arm}'s answer is nearly a coin toss: {name} {share}, {other} {other_share}.")
    found = []
    for arm in _STUDENTS:
        (first, share), (second, other_share) = explanation.arms[arm].top(2)
        if share - other_share < _COIN_TOSS:
            names = {
                "name": class_names(explanation.classes)[first],
                "other": class_names(explanation.classes)[second],
            }
            shares = {"share": percentage(share, 0), "other_share": percentage(other_share, 0)}
            found.append(text.format(arm=arm_names()[arm], **names, **shares))
    return sentences(*found)


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
    placebo = explanation.beyond_chance("placebo", chance) if "placebo" in explanation.arms else math.nan
    names = [class_names(explanation.classes)[each.predicted] for each in (student, twin)]
    both = (
        _("Both predict {name}.")
        if names[0] == names[1]
        else _("The student predicts {name}, its twin {other}.")
    )
    return sentences(
        _compared(scores, ours == theirs).format(student=ours, twin=theirs),
        _("The placebo's map agrees more than the student's ({placebo}).").format(placebo=decimal(placebo))
        if placebo > scores[0]
        else "",
        both.format(name=names[0], other=names[1]),
    )


def _compared(scores: Sequence[float], same: bool) -> str:
    """By the agreement of student and twin, as shown: with two decimals. same: as shown."""
    if round(scores[0], 2) <= 0:
        return _(
            "On this image the student's map agrees with the teacher's no more than chance does ({student}; "
            "its twin's {twin})."
        )
    if same:
        return _("On this image the student's map agrees with the teacher's as its twin's does ({student}).")
    if scores[0] > scores[1]:
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
        object=object_name(explanation),
        cue_share=percentage(found.shares["cue"], 0),
        object_share=percentage(found.shares.get("object", math.nan), 0),
    )
    follows = (
        _("{where}, and it predicts {name}.")
        if _fits(explanation, cue, found, predicted)
        else _("{where}, but it predicts {name}.")
    )
    return follows.format(where=where, name=class_names(explanation.classes)[predicted])


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
