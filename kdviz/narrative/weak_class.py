"""On which class a network is right no more often than by guessing, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from kdviz.comparison import Survey, WeakClass, weakest_class
from kdviz.datasets import class_name
from kdviz.language import _, percentage, plural
from kdviz.types import Arm

_ARMS: tuple[Arm, ...] = ("student", "teacher")


def weak_class_sentence(survey: Survey) -> str:
    """Of the student, or else of the teacher; "" if neither has such a class."""
    return next((_sentence(survey, each) for each in _found(survey)), "")


def _found(survey: Survey) -> Iterator[WeakClass]:
    for arm in _ARMS:
        if arm in survey.predictions and (weak := weakest_class(survey, arm)) is not None:
            yield weak


def _sentence(survey: Survey, weak: WeakClass) -> str:
    texts: dict[Arm, str] = {
        "student": _(
            "The student is least accurate on {name}: right on {share} of {images}, no more often than by "
            "guessing ({guessed}). It takes {times} of them for {other}."
        ),
        "teacher": _(
            "The teacher is least accurate on {name}: right on {share} of {images}, no more often than by "
            "guessing ({guessed}). It takes {times} of them for {other}."
        ),
    }
    return texts[weak.arm].format(
        name=class_name(survey.classes, weak.label),
        share=percentage(weak.accuracy),
        images=plural("{count} image", "{count} images", weak.count),
        guessed=percentage(weak.guessed),
        times=f"{weak.times:,}",
        other=class_name(survey.classes, weak.taken_for),
    )
