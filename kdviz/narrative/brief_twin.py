"""Of one input, in a line: whether student or twin looks where the teacher looks, and who is right."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kdviz.comparison import ArmExplanation, ImageExplanation, Levels
from kdviz.datasets import class_name, class_names
from kdviz.language import _, decimal, percentage, sentences
from kdviz.narrative.answer import LITTLE
from kdviz.narrative.why import arm_names
from kdviz.types import Arm

_STUDENTS: tuple[Arm, Arm] = ("student", "twin")
_COIN_TOSS = 0.1
"""Two classes are hardly different if their probabilities are closer than this."""

_ALIKE = 0.05
"""Two agreements with one teacher's map are hardly different if they are this close."""


def brief_twin(explanation: ImageExplanation, chance: Levels) -> str:
    """Whether the student looks where its teacher looks, and who is right; in one line.

    Empty without a twin, while chance is unknown, and if an agreement is undefined.
    """
    if "twin" not in explanation.arms:
        return ""
    scores = [explanation.beyond_chance(arm, chance) for arm in _STUDENTS]
    if not all(map(math.isfinite, scores)):
        return ""
    ours, theirs = map(decimal, scores)
    return sentences(
        _looks(scores, ours == theirs).format(student=ours, twin=theirs),
        _compared_class(explanation),
        _who_is_right(explanation),
        _undecided(explanation),
        _("That is one picture: Agreement is about the whole test set.") if explanation.index is None else "",
    )


def _compared_class(explanation: ImageExplanation) -> str:
    """The class of the compared maps where that is not each network's own answer; "" where it is."""
    of = [explanation.arms[arm] for arm in ("teacher", *_STUDENTS) if arm in explanation.arms]
    if all(each.target == each.predicted for each in of):
        return ""
    name = class_name(explanation.classes, of[0].target)
    return _("That is by the maps for {name}.").format(name=name)


def _looks(scores: Sequence[float], same: bool) -> str:
    """By the agreement of student and twin. same: as shown."""
    if max(scores) <= 0:
        return _("Neither student nor twin looks where the teacher looks (agreement {student} and {twin}).")
    if same:
        return _("The student looks where its teacher looks as much as the twin does (agreement {student}).")
    if abs(scores[0] - scores[1]) <= _ALIKE:
        return _(
            "The student looks where its teacher looks about as much as the twin does (agreement {student} "
            "and {twin})."
        )
    if scores[1] < scores[0] < LITTLE:
        return _(
            "The student hardly looks where its teacher looks, the twin even less (agreement {student} and "
            "{twin})."
        )
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


def near_tie(of: ArmExplanation) -> bool:
    """Whether an arm's answer is hardly more probable to it than another."""
    (_first, share), (_second, other_share) = of.top(2)
    return share - other_share < _COIN_TOSS


def _undecided(explanation: ImageExplanation) -> str:
    """Of each of the two whose answer is hardly more probable to it than another."""
    text = _("The {arm}'s answer is nearly a coin toss: {name} {share}, {other} {other_share}.")
    classes, found = class_names(explanation.classes), []
    for arm in _STUDENTS:
        of = explanation.arms[arm]
        if near_tie(of):
            (first, share), (second, other_share) = of.top(2)
            names = {"name": classes[first], "other": classes[second]}
            shares = {"share": percentage(share, 0), "other_share": percentage(other_share, 0)}
            found.append(text.format(arm=arm_names()[arm], **names, **shares))
    return sentences(*found)


def placebo_sentence(explanation: ImageExplanation, chance: Levels) -> str:
    """That the placebo's map agrees more with the teacher's than the student's; "" if it does not."""
    if "placebo" not in explanation.arms:
        return ""
    student, placebo = (explanation.beyond_chance(arm, chance) for arm in ("student", "placebo"))
    if not placebo > student:
        return ""
    text = _("The placebo's map agrees with the teacher's more than the student's does ({placebo}).")
    return text.format(placebo=decimal(placebo))
