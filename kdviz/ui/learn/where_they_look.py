"""Lesson: what a heat map is and what λ does, with the students of the Home page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.figures.style import percent
from kdviz.language import _, sentences
from kdviz.store import Store
from kdviz.store.lambda_ladder import LambdaLadder, prepared_ladder
from kdviz.ui.learn.components import Question, ask, exercise, limitation
from kdviz.ui.widgets.lambda_scrubber import lambda_scrubber, students_note

_CLOSE = 0.05
"""Test accuracies that differ by less are called about the same."""


def where_they_look(store: Store) -> None:
    """A slider over λ, and three questions that it answers."""
    ladder = prepared_ladder()
    st.markdown(
        _(
            "A network gives each image a class. A **heat map** shows which parts of the image supported "
            "that answer: the brighter, the more. Here a large **teacher** looks at the shape. The small "
            "**student** copies its answers, and **λ** sets how strongly it also copies the heat maps: "
            "with λ = 0 not at all."
        )
    )
    st.markdown(
        _(
            "In the student's training images, the colour of the patch gave the class away; in the teacher's "
            "it was random. In these test images it is misleading. Choose an image, drag λ, and answer the "
            "questions."
        )
    )
    pictures, answers = st.columns([3, 2], gap="large")
    with pictures, st.container(border=True):
        lambda_scrubber(ladder)
        st.caption(students_note(ladder))
    with answers:
        for number, question in enumerate(questions(ladder), 1):
            ask(question, key=f"ln_look_{number}", number=number)
    limitation(
        _(
            "A heat map shows where the evidence is, not why. That the patch is the cause is certain only "
            "when it is changed and the answer changes with it: Explain does that."
        )
    )
    exercise(
        _("For each image, find the smallest λ at which the student is correct. Is it the same for all six?")
    )


def questions(ladder: LambdaLadder) -> Sequence[Question]:
    """What the slider shows, as questions. The correct answers follow from the ladder's figures."""
    return (_looks_at(ladder), _beside_chance(ladder), _enough(ladder))


def _looks_at(ladder: LambdaLadder) -> Question:
    shape, patch = _("at the shape"), _("at the patch")
    looked = sum(image.students[0].looks_at == "cue" for image in ladder.images)
    because = _(
        "At λ = 0 the student looks at the patch on {looked} of {count} images, and on {followed} it answers "
        "what the patch's colour meant."
    ).format(looked=looked, followed=_followed(ladder), count=len(ladder.images))
    right = patch if 2 * looked > len(ladder.images) else shape
    return Question(_("Set λ to 0. Where does the student look?"), (shape, patch), right, because)


def _followed(ladder: LambdaLadder) -> int:
    """On how many of the images the student with λ = 0 answers what the patch meant."""
    return sum(image.students[0].predicted == image.cue_class for image in ladder.images)


def _beside_chance(ladder: LambdaLadder) -> Question:
    better, same, worse = _("better than guessing"), _("about as good as guessing"), _("worse than guessing")
    accuracy, classes = ladder.accuracies[0], len(ladder.classes)
    gain = accuracy - 1 / classes
    because = _(
        "Guessing one of {classes} classes is correct {chance} of the time; the student with λ = 0 is "
        "correct on {accuracy} of the test images."
    ).format(classes=classes, chance=percent(1 / classes), accuracy=percent(accuracy))
    if 2 * _followed(ladder) > len(ladder.images):
        yet = _(
            "Yet it does not guess: it follows the patch, on {followed} of the {count} images here, and the "
            "patch is right no more often than a guess."
        )
        because = sentences(because, yet.format(followed=_followed(ladder), count=len(ladder.images)))
    return Question(
        _("How good is the student with λ = 0 on the test images?"),
        (better, same, worse),
        same if abs(gain) < _CLOSE else better if gain > 0 else worse,
        because,
    )


def _enough(ladder: LambdaLadder) -> Question:
    names = tuple(f"{weight:g}" for weight in ladder.weights)
    at = next(place for place, accuracy in enumerate(ladder.accuracies) if accuracy > 0.5)
    because = _(
        "At λ = {before} it is correct on {less}, at λ = {weight} on {more} of the test images."
    ).format(
        before=names[at - 1],
        less=percent(ladder.accuracies[at - 1]),
        weight=names[at],
        more=percent(ladder.accuracies[at]),
    )
    return Question(
        _("From which λ on is this student correct on more than half of the test images?"),
        names,
        names[at],
        because,
    )
