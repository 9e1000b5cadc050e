"""Which lessons there are, in their order, and the menu of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame import url_state
from kdviz.ui.learn.best_lambda import best_lambda
from kdviz.ui.learn.chance import chance
from kdviz.ui.learn.channels import channels
from kdviz.ui.learn.claims import claims
from kdviz.ui.learn.grad_cam import grad_cam
from kdviz.ui.learn.integrated_gradients import integrated_gradients
from kdviz.ui.learn.museum import museum
from kdviz.ui.learn.questions import questions
from kdviz.ui.learn.soft_labels import soft_labels


@dataclass(frozen=True)
class Lesson:
    """label, title: in English, translated where they are shown. show: draws it, for a run with snapshots."""

    label: str
    title: str
    show: Callable[[Store, Run], None]


@dataclass(frozen=True)
class LessonAlone:
    """A lesson that no run has to be chosen for. label, title: likewise. show: draws it."""

    label: str
    title: str
    show: Callable[[Store], None]


LESSONS: dict[str, Lesson | LessonAlone] = {
    "soft-labels": Lesson("1 Soft labels", "What a soft label is", soft_labels),
    "grad-cam": Lesson("2 Grad-CAM", "What Grad-CAM does, step by step", grad_cam),
    "integrated-gradients": Lesson(
        "3 Integrated gradients", "What integrated gradients do", integrated_gradients
    ),
    "chance": Lesson("4 Chance", "What agreement by chance is", chance),
    "best-lambda": Lesson("5 Best λ", "Why λ has a best value", best_lambda),
    "channels": Lesson("6 Channels", "What a channel responds to", channels),
    "questions": Lesson("7 Your turn", "Three questions for a class", questions),
    "claims": LessonAlone("8 Claims", "Claims of papers, tested here", claims),
    "museum": LessonAlone("9 Mistakes", "A museum of mistakes", museum),
}


def choose_lesson() -> Lesson | LessonAlone:
    """The menu; the choice is in the URL."""
    chosen = url_state.menu(
        "lesson",
        _("Lesson"),
        {name: _(lesson.label) for name, lesson in LESSONS.items()},
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    return LESSONS[chosen]


def lesson_body(lesson: Lesson, store: Store, run: Run) -> None:
    """The lesson under its title. Its controls run it again alone."""
    _body(lesson.title, lambda: lesson.show(store, run))


def lesson_body_alone(lesson: LessonAlone, store: Store) -> None:
    """The same for one that needs no run."""
    _body(lesson.title, lambda: lesson.show(store))


def _body(title: str, show: Callable[[], None]) -> None:
    @st.fragment
    def body() -> None:
        st.subheader(_(title))
        show()

    body()
