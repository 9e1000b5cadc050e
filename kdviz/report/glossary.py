"""What the words of a report mean, a line each."""

from __future__ import annotations

from collections.abc import Collection

from kdviz.language import _
from kdviz.types import Arm


def glossary(arms: Collection[Arm], *, cue: bool) -> dict[str, str]:
    """The words that a report of these arms uses."""
    words = {_(arm): about for arm, about in _arms().items() if arm in arms} | _words()
    if cue:
        words[_("cue")] = _(
            "What gives the class away in the student's training images. Broken, it says nothing."
        )
    return words


def _arms() -> dict[Arm, str]:
    return {
        "teacher": _("The network that is imitated. It was trained first and does not change any more."),
        "student": _(
            "The network that imitates. It learns from the labels, from the teacher's answers and, as much "
            "as λ says, from where the teacher looks."
        ),
        "twin": _(
            "The same student with λ = 0: same start, same batches. What differs between the two, λ did."
        ),
        "placebo": _(
            "The same student with the teacher's maps shuffled between images. Only what goes beyond it is "
            "the teacher's knowledge."
        ),
        "same-answer": _(
            "The same student with the teacher's maps of other images that got the same answer. What goes "
            "beyond it is where this image's evidence is, not what the class usually looks like."
        ),
        "scratch": _("The same student without a teacher."),
    }


def _words() -> dict[str, str]:
    return {
        "λ": _("The weight of the explanation loss: how much the student must look where the teacher looks."),
        _("heat map"): _(
            "Where the evidence for one class lies, by Grad-CAM: what the score is sensitive to, not the "
            "reason for it."
        ),
        _("agreement"): _(
            "How alike two heat maps of one image are: their cosine, corrected so that 0 is chance and 1 the "
            "same map."
        ),
        _("chance"): _("What heat maps of unrelated images score. A cosine without it flatters."),
        _("interval"): _(
            "Where 95 of 100 such samples of test images would put the figure. It knows nothing of other "
            "seeds."
        ),
        _("undefined"): _("There was no map to compare: nothing spoke for the class. Never counted as 0."),
    }
