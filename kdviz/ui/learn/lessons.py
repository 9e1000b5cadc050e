"""The registry of lessons and their menu."""

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
from kdviz.ui.learn.experiments import experiments
from kdviz.ui.learn.glossary import glossary
from kdviz.ui.learn.grad_cam import grad_cam
from kdviz.ui.learn.integrated_gradients import integrated_gradients
from kdviz.ui.learn.lesson_plan import lesson_plan
from kdviz.ui.learn.museum import museum
from kdviz.ui.learn.soft_labels import soft_labels


@dataclass(frozen=True)
class Lesson:
    """label, title: in English, translated where they are shown.

    body: draws the lesson. It is called with the store, and with a run that has snapshots if `needs_run`.
    """

    label: str
    title: str
    body: Callable[..., None]
    needs_run: bool = True


LESSONS: dict[str, Lesson] = {
    "soft-labels": Lesson("1 Soft labels", "Soft labels and temperature", soft_labels),
    "grad-cam": Lesson("2 Grad-CAM", "Grad-CAM step by step", grad_cam),
    "integrated-gradients": Lesson(
        "3 Integrated gradients", "Integrated gradients step by step", integrated_gradients
    ),
    "chance": Lesson("4 Chance", "Agreement and chance level", chance),
    "best-lambda": Lesson("5 Best λ", "The best λ", best_lambda),
    "channels": Lesson("6 Channels", "What a channel responds to", channels),
    "questions": Lesson("7 Experiments", "Three experiments for a class", experiments),
    "claims": Lesson("8 Claims", "Claims from papers, tested here", claims, needs_run=False),
    "museum": Lesson("9 Mistakes", "A museum of mistakes", museum, needs_run=False),
    "plan": Lesson("For teachers", "A lesson of 45 minutes", lesson_plan, needs_run=False),
    "glossary": Lesson("Glossary", "Glossary", glossary, needs_run=False),
}
"""By name in links."""


def choose_lesson() -> Lesson:
    """The menu of lessons; the choice is in the URL.."""
    name = url_state.menu(
        "lesson",
        _("Lesson"),
        {name: _(lesson.label) for name, lesson in LESSONS.items()},
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    return LESSONS[name]


@st.fragment
def show_lesson(lesson: Lesson, store: Store, run: Run | None = None) -> None:
    """The lesson under its title, as a fragment: its controls rerun it alone."""
    st.subheader(_(lesson.title))
    if lesson.needs_run:
        lesson.body(store, run)
    else:
        lesson.body(store)
