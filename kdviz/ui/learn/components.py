"""Components that lessons share: pickers, the input, the limitation and the exercise at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from kdviz.comparison import run_images
from kdviz.comparison.input.walkthroughs import Predictions
from kdviz.config import RunConfig
from kdviz.datasets import class_name
from kdviz.language import _, plural, sentences
from kdviz.store import Run, Store
from kdviz.types import Arm
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.widgets.drawn_input import drawing_of
from kdviz.ui.widgets.pickers import arm_picker, image_picker
from kdviz.ui.widgets.submitting import submitted


def image_index(run: Run) -> int:
    """The index of a test image, shared by all pages."""
    return image_picker(len(run_images(run.config).test), width=160)


def teacher_or_student() -> Arm:
    """The network that all lessons show."""
    return arm_picker(_("Network"), ("teacher", "student"), key="ln_arm", bind=url_state.binding("ln_arm"))


def labelled_input(predicted: Predictions, index: int) -> None:
    """The test image, text or sound with its label."""
    name = class_name(predicted.classes, predicted.label)
    drawing_of(predicted).whole(_("Test image {index}: {name}").format(index=index, name=name))
    st.caption(_("Test image {index}: **{name}**").format(index=index, name=plain(name)))


def target_caption(predicted: Predictions) -> None:
    """The class that is explained."""
    name = plain(class_name(predicted.classes, predicted.target))
    st.caption(_("Target: **{name}**, the teacher's predicted class.").format(name=name))


def limitation(text: str) -> None:
    """What the lesson's pictures do not show."""
    st.caption(f":material/visibility_off: {text}")


def exercise(question: str) -> None:
    """A question that an experiment answers."""
    st.info(f"**{_('Try it')}** · {question}", icon=":material/science:")


@dataclass(frozen=True)
class Question:
    """right: the correct one of the options. because: the sentence shown with every answer."""

    text: str
    options: tuple[str, ...]
    right: str
    because: str


def ask(question: Question, *, key: str, number: int = 0) -> None:
    """A question with its options; the answer is judged at once, and what is right unfolds after a wrong one.

    number: its own, if there are several.
    """
    answer = st.radio(
        f"**{number}.** {question.text}" if number else f"**{_('Check')}** · {question.text}",
        question.options,
        index=None,
        horizontal=True,
        key=key,
    )
    if answer == question.right:
        st.success(sentences(_("Correct."), question.because), icon=":material/check_circle:")
    elif answer is not None:
        st.warning(_("Not quite. Look again, or read why."), icon=":material/cancel:")
        with st.expander(_("Why")):
            st.markdown(question.because)


def start_runs(store: Store, configs: Sequence[RunConfig], *, key: str) -> None:
    """A button that starts those runs of an exercise that are not there; then a link to compare them."""
    there = {
        run.record.config_key: run.id for run in store.runs() if not run.ended or run.state == "finished"
    }
    missing = [config for config in configs if config.key not in there]
    if missing:
        st.button(
            plural("Start this run", "Start the {count} runs", len(missing)),
            icon=":material/play_arrow:",
            key=key,
            on_click=safely(_submit),
            args=(store, missing),
        )
        return
    st.page_link(
        "pages/runs.py",
        label=_("Follow and compare them in Runs"),
        icon=":material/table_rows:",
        query_params=with_language({"compare": ",".join(there[config.key] for config in configs)}),
    )


def _submit(store: Store, configs: Sequence[RunConfig]) -> None:
    for config in configs:
        submitted(store, config)
