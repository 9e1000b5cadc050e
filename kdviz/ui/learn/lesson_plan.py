"""A lesson of 45 minutes for a class: what to open, what to do, what to ask and what to listen for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from kdviz.config import make_config
from kdviz.language import _
from kdviz.store import Store
from kdviz.store.prepared import is_prepared
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.learn.classroom import classroom
from kdviz.ui.learn.experiments import PATCH
from kdviz.ui.widgets.field_keys import settings_link

Page = Literal["home", "explain", "agreement", "distill", "runs"]


@dataclass(frozen=True)
class Part:
    """A part of the lesson. start, end: minutes. link: label of the link to its page."""

    start: int
    end: int
    title: str
    action: str
    question: str
    answer: str
    page: Page
    link: str


def lesson_plan(store: Store) -> None:
    """The parts in their order, each with a link to its page."""
    prepared = next((run.id for run in store.runs() if is_prepared(run)), "")
    st.markdown(
        _(
            "For 13 years and up, a projector, and a computer or phone for every two pupils. Nothing has to "
            "be installed on them. One run of the experiment takes about a minute on an idle computer; with "
            "a class on one server the runs wait for each other, so start one for each row of seats."
        )
    )
    with st.container(border=True, gap="xsmall"):
        classroom()
    for part in parts():
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                heading = _("**{start}–{end} min · {title}**")
                values = {"start": part.start, "end": part.end, "title": part.title}
                st.markdown(f":material/schedule: {heading.format(**values)}")
                _link(part, prepared)
            st.markdown(part.action)
            st.markdown(f":material/help: *{part.question}*")
            st.caption(_("Listen for: {answer}").format(answer=part.answer))


def _link(part: Part, prepared: str) -> None:
    values = {"explain": {"run": prepared}, "agreement": {"run": prepared}}.get(part.page, {})
    query = settings_link(make_config({**PATCH, "arms": ("student", "twin", "placebo")}))
    st.page_link(
        f"pages/{part.page}.py",
        label=part.link,
        icon=":material/arrow_forward:",
        query_params=query if part.page == "distill" else with_language(values if prepared else {}),
    )


def parts() -> tuple[Part, ...]:
    """The lesson, in the language of the page."""
    return (*_with_the_prepared_students(), *_with_runs_of_the_class())


def _with_the_prepared_students() -> tuple[Part, ...]:
    return (
        Part(
            0,
            8,
            _("Right for the wrong reason"),
            _(
                "On the projector: leave λ at 0 and click through the six images. Let the class say what the "
                "network answers, and only then what it looks at. Then drag λ to the right."
            ),
            _("It was nearly always right in training. Why is it wrong now?"),
            _("the colour of the patch gave the answer away, so it never had to look at the shape."),
            "home",
            _("Open Home"),
        ),
        Part(
            8,
            18,
            _("Is it really the patch?"),
            _(
                "In pairs: find an image on which the twin is wrong and the student right. Open *What if the "
                "patch were elsewhere?*, give the patch another colour, then take it away."
            ),
            _("A heat map shows where. Which of your clicks shows why?"),
            _("only changing the patch and seeing the answer change shows that it is the cause."),
            "explain",
            _("Open Explain"),
        ),
    )


def _with_runs_of_the_class() -> tuple[Part, ...]:
    return (
        Part(
            18,
            30,
            _("Our own experiment"),
            _(
                "Each row predicts first: how often will the student be right, the twin, the placebo? Write "
                "it on the board, then press *Start* and watch the maps while it trains."
            ),
            _("What would you see if any heat map helped, and not just the teacher's?"),
            _("then the placebo, which has the maps of other images, would be as good as the student."),
            "distill",
            _("Open Distill with these settings"),
        ),
        Part(
            30,
            38,
            _("One image is no proof"),
            _(
                "On the projector: the bars of the whole test set, first on the cue, then on the object. "
                "Compare each with the line at chance."
            ),
            _("How alike would two heat maps be by luck alone, and why is that not 0?"),
            _(
                "objects are mostly in the middle, so even unrelated maps look alike; the page counts from "
                "there."
            ),
            "agreement",
            _("Open Agreement"),
        ),
        Part(
            38,
            45,
            _("What have we shown?"),
            _(
                "Compare the rows' runs with the predictions on the board. Each row trained with the same "
                "seed gets the same numbers; let one row change the seed."
            ),
            _("May we now say that hints always help? What would you test next?"),
            _("one data set, one cue, few seeds; other cues, weaker hints, images without any cue."),
            "runs",
            _("Open Runs"),
        ),
    )
