"""The registry of lessons and their menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import fragment, safely
from kdviz.ui.frame.heading import beside_title
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.responsive import NARROW, only_when
from kdviz.ui.frame.scroll import scroll_to_top
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
from kdviz.ui.learn.where_they_look import where_they_look
from kdviz.ui.learn.words import words_of_lesson

_TURNED, _CONTENTS = "ln_turned", "ln_contents"


@dataclass(frozen=True)
class Lesson:
    """label, title: in English, translated where they are shown.

    body: draws the lesson. It is called with the store, and with a run that has snapshots if `needs_run`.
    hard: whether others can do without it.
    """

    label: str
    title: str
    body: Callable[..., None]
    needs_run: bool = True
    words: tuple[str, ...] = ()
    hard: bool = False

    @property
    def listed(self) -> str:
        """Its label where lessons are listed one below another."""
        label = _(self.label)
        return _("{lesson} (hard)").format(lesson=label) if self.hard else label


LESSONS: dict[str, Lesson] = {
    "where-they-look": Lesson(
        "1 Where do they look?",
        "Where do they look?",
        where_they_look,
        needs_run=False,
        words=("teacher", "student", "heat-map", "lambda", "planted-cue"),
    ),
    "soft-labels": Lesson(
        "2 Soft labels",
        "Soft labels and temperature",
        soft_labels,
        words=("logit", "softmax", "temperature", "soft-label", "entropy", "kl-divergence"),
    ),
    "grad-cam": Lesson(
        "3 Grad-CAM",
        "Grad-CAM step by step",
        grad_cam,
        words=("grad-cam", "heat-map", "attribution", "target"),
        hard=True,
    ),
    "integrated-gradients": Lesson(
        "4 Gradients",
        "Integrated gradients step by step",
        integrated_gradients,
        words=("integrated-gradients", "attribution", "baseline", "logit", "completeness-gap"),
        hard=True,
    ),
    "chance": Lesson(
        "5 Chance",
        "Agreement and chance level",
        chance,
        words=("agreement", "chance-level", "corrected-agreement"),
    ),
    "best-lambda": Lesson(
        "6 Best λ",
        "The best λ",
        best_lambda,
        words=("lambda", "explanation-loss", "agreement", "twin", "seed"),
    ),
    "channels": Lesson(
        "7 Channels",
        "What a channel responds to",
        channels,
        words=("target", "planted-cue"),
        hard=True,
    ),
    "questions": Lesson(
        "8 Experiments",
        "Three experiments for a class",
        experiments,
        words=("twin", "placebo", "cue-strength", "seed"),
    ),
    "claims": Lesson(
        "9 Claims",
        "Claims from papers, tested here",
        claims,
        needs_run=False,
        words=("claim", "seed", "confidence-interval"),
    ),
    "museum": Lesson(
        "10 Mistakes",
        "A museum of mistakes",
        museum,
        needs_run=False,
        words=("soft-label", "temperature", "arm"),
    ),
    "glossary": Lesson("Glossary", "Glossary", glossary, needs_run=False),
    "plan": Lesson("For teachers", "A lesson of 45 minutes", lesson_plan, needs_run=False),
}
"""By name in links."""


def choose_lesson() -> str:
    """The name of the chosen lesson, which is in the URL. One that was turned to begins at the page's top."""
    name = _lesson_menu()
    if st.session_state.pop(_TURNED, False):
        scroll_to_top(name)
    return name


def _lesson_menu() -> str:
    """Tabs on wide screens; on narrow ones, which they would fill, a list that unfolds.

    On projectors a menu beside the title of the page.
    """
    labels = {name: _(lesson.label) for name, lesson in LESSONS.items()}
    if projecting():
        menu = beside_title().selectbox
        return url_state.menu("lesson", _("Lesson"), labels, widget=menu, label_visibility="collapsed")
    st.html(f"<style>@media {NARROW} {{ .st-key-lesson_menu {{ display: none; }} }}</style>")
    name = url_state.menu(
        "lesson",
        _("Lesson"),
        labels,
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    with only_when(NARROW, key="lesson_narrow"):
        _contents(name)
    return name


def _contents(name: str) -> None:
    """All lessons one below another, under the name of the chosen one."""
    st.session_state["lesson_list"] = name
    labels = {each: lesson.listed for each, lesson in LESSONS.items()}
    with st.expander(_(LESSONS[name].label), icon=":material/toc:", key=_CONTENTS, on_change="rerun"):
        st.radio(
            _("Lesson"),
            list(labels),
            format_func=labels.__getitem__,
            key="lesson_list",
            label_visibility="collapsed",
            on_change=safely(_choose_in_contents),
        )


def _choose_in_contents() -> None:
    url_state.set_choice("lesson", st.session_state["lesson_list"])
    st.session_state[_CONTENTS] = False


def show_lesson(name: str, store: Store, run: Run | None = None) -> None:
    """The lesson, and buttons to its neighbours."""
    _lesson(LESSONS[name], store, run)
    _lesson_neighbours(name)


@fragment
def _lesson(lesson: Lesson, store: Store, run: Run | None) -> None:
    """The lesson under its title, as a fragment: its controls rerun it alone."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(_(lesson.title), width="content")
        words_of_lesson(lesson.words)
    if lesson.hard:
        _way_around(lesson)
    if lesson.needs_run:
        lesson.body(store, run)
    else:
        lesson.body(store)


def _way_around(lesson: Lesson) -> None:
    """That a lesson is hard, and a button to the next one that is not."""
    following = list(LESSONS)[list(LESSONS.values()).index(lesson) :]
    easier = next(name for name in following if not LESSONS[name].hard)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            _("**Hard**: it speaks of channels and gradients of a network. You can go on without it:"),
            width="content",
        )
        if st.button(
            f"{_(LESSONS[easier].label)} →",
            type="tertiary",
            key="ln_around",
            on_click=safely(_open_lesson),
            args=(easier,),
        ):
            st.rerun()  # the whole page: the lesson alone is a fragment


def _lesson_neighbours(name: str) -> None:
    """Buttons to the lessons before and after this one."""
    names = list(LESSONS)
    place = names.index(name)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if place > 0:
            _turn("back", f"← {_('Back')}", names[place - 1])
        if place + 1 < len(names):
            _turn("next", f"{_('Next lesson')} →", names[place + 1])


def _turn(key: str, label: str, name: str) -> None:
    st.button(
        f"{label} · {LESSONS[name].listed}",
        key=f"ln_{key}",
        type="primary" if key == "next" else "secondary",
        on_click=safely(_open_lesson),
        args=(name,),
    )


def _open_lesson(name: str) -> None:
    url_state.set_choice("lesson", name)
    st.session_state[_TURNED] = True
