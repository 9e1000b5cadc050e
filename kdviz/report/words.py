"""What the words of a report mean, a line each."""

from __future__ import annotations

from collections.abc import Collection

from kdviz.types import Arm

_ARMS: dict[Arm, str] = {
    "teacher": "The network that is imitated. It was trained first and does not change any more.",
    "student": (
        "The network that imitates. It learns from the labels, from the teacher's answers and, as much as "
        "λ says, from where the teacher looks."
    ),
    "twin": "The same student with λ = 0: same start, same batches. What differs between the two, λ did.",
    "placebo": (
        "The same student with the teacher's maps shuffled between images. Only what goes beyond it is "
        "the teacher's knowledge."
    ),
    "scratch": "The same student without a teacher.",
}

_WORDS = {
    "λ": "The weight of the explanation loss: how much the student must look where the teacher looks.",
    "heat map": (
        "Where the evidence for one class lies, by Grad-CAM: what the score is sensitive to, "
        "not the reason for it."
    ),
    "agreement": (
        "How alike two heat maps of one image are: their cosine, corrected so that 0 is chance and 1 "
        "the same map."
    ),
    "chance": "What heat maps of unrelated images score. A cosine without it flatters.",
    "interval": (
        "Where 95 of 100 such samples of test images would put the figure. It knows nothing of other seeds."
    ),
    "undefined": "There was no map to compare: nothing spoke for the class. Never counted as 0.",
}
_CUE = "A patch that gives the class away in the student's training images. Broken, it says nothing."


def glossary(arms: Collection[Arm], *, cue: bool) -> dict[str, str]:
    """The words that a report of these arms uses."""
    words = {str(name): about for name, about in _ARMS.items() if name in arms} | _WORDS
    return {**words, "cue": _CUE} if cue else words
