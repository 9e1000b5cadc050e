"""The guided tour of the prepared run: a card on top of each page that it leads over, never in the way.

The step is in the URL, so that a reload keeps it; leaving a page by any other way ends the tour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from kdviz.errors import StoreError
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, listed
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.types import Results
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.home_example import Example, example
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.server import open_store

_LINK, _WANTED = "tour", "tour_wanted"


@dataclass(frozen=True)
class Story:
    """What the sentences are made of."""

    run: Run
    seen: Example
    figures: Results


@dataclass(frozen=True)
class Step:
    """page: where it is. words: a title, and what there is to see. view: what its page's menus are set to."""

    page: str
    words: Callable[[Story], tuple[str, str]]
    view: Callable[[Story], Mapping[str, int | bool]] = lambda story: {}


def begin_tour(run: Run) -> NoReturn:
    """Go to the first step."""
    _open(1, run, {})


def tour_card(page: str) -> None:
    """The card of the step that the URL names, where it is one of this page."""
    at = _asked()
    if at is None or STEPS[at - 1].page != page:
        return
    store = open_store()
    run = next((run for run in store.runs() if is_prepared(run)), None)
    if run is None:
        return
    if at == 1:
        _grade_meanwhile(store, run)
    try:
        story = Story(run, example(store, run), run.results or {})
    except StoreError:
        return  # its page tells what is wrong with the run
    if wanted := st.session_state.pop(_WANTED, None):
        _leave_for(wanted, story)
    _card(at, story)


def _card(at: int, story: Story) -> None:
    title, text = STEPS[at - 1].words(story)
    with st.container(border=True, key="tour_card", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/signpost: **{title}** · {_count(at)}", width="stretch")
            with st.container(horizontal=True, width="content", vertical_alignment="center"):
                _buttons(at, story)
        st.markdown(text)


def _buttons(at: int, story: Story) -> None:
    if at > 1:
        icon = ":material/arrow_back:"
        st.button(_("Back"), icon=icon, key=f"tour_back_{at}", on_click=_turn, args=(at, at - 1, story))
    last = at == len(STEPS)
    st.button(
        _("Distill your own") if last else _("Next step"),
        icon=":material/model_training:" if last else ":material/arrow_forward:",
        icon_position="left" if last else "right",
        type="primary",
        key=f"tour_next_{at}",
        on_click=_turn,
        args=(at, at + 1, story),
    )
    st.button(_("End the tour"), type="tertiary", key="tour_end", on_click=_end)


def _turn(at: int, to: int, story: Story) -> None:
    """A callback: from one step to another, which may be on another page, or after the last."""
    if to > len(STEPS) or STEPS[to - 1].page != STEPS[at - 1].page:
        st.session_state[_WANTED] = to  # a callback cannot leave the page
    else:
        st.session_state.update(STEPS[to - 1].view(story))
        url_state.set_number(_LINK, to)


def _leave_for(step: int, story: Story) -> NoReturn:
    """To a step on another page; after the last one, to where one begins oneself."""
    if step > len(STEPS):
        st.switch_page("pages/distill.py", query_params=with_language({}))
    view = STEPS[step - 1].view(story)
    st.session_state.update(view)
    _open(step, story.run, {key: str(value).lower() for key, value in view.items()})


def _count(at: int) -> str:
    return _("Step {at} of {all}").format(at=at, all=len(STEPS))


def _asked() -> int | None:
    asked = url_state.number(_LINK)
    return asked if asked in range(1, len(STEPS) + 1) else None


def _open(at: int, run: Run, view: Mapping[str, str]) -> NoReturn:
    link = with_language({_LINK: str(at), "run": run.id, **view})
    st.switch_page(f"pages/{STEPS[at - 1].page}.py", query_params=link)


def _end() -> None:
    url_state.set_number(_LINK, None)


def _grade_meanwhile(store: Store, run: Run) -> None:
    """The test set is graded while the first steps are read, so that Agreement need not be waited for."""
    from kdviz.comparison import known_survey
    from kdviz.jobs import start_survey, survey_job

    if known_survey(store, run.id) is None and survey_job(store, run.id) is None:
        start_survey(store, run.id)


# --- what is said -------------------------------------------------------------------------------


def _learning(story: Story) -> tuple[str, str]:
    student, twin = story.figures["student"], story.figures["twin"]
    text = _(
        "In all training images of these students a coloured patch gives the class away; in the test images "
        "it is misleading. The student, which also learns to look where its teacher looks (λ = {weight}), "
        "classifies **{student}** of them correctly, its twin **{twin}**. *Accuracy* shows how the two part."
    )
    return _("Two students, one teacher"), text.format(
        weight=f"{story.run.config.explanation_weight:g}",
        student=percent(student.accuracy),
        twin=percent(twin.accuracy),
    )


def _watching(story: Story) -> tuple[str, str]:
    student, twin = story.figures["student"].cosine.interval, story.figures["twin"].cosine.interval
    text = _(
        "Under *Where they look*, each strip is one test image after an epoch: move the slider and watch "
        "the heat wander. In the end the student's maps match the teacher's by **{student}** over all test "
        "images, its twin's by **{twin}**: 0 is chance, 1 the same map."
    )
    return _("Watch them look"), text.format(student=score(student.value), twin=score(twin.value))


def _one_image(story: Story) -> tuple[str, str]:
    seen = story.seen
    text = _(
        "This is test image {index}: **{label}**. {answers}. The brighter a place, the more of the evidence "
        "for {target} lies there: hold each map against the teacher's."
    )
    said = _("{arm} says {answer}")
    answers = [
        said.format(arm=ARM_STYLES[arm].label, answer=plain(seen.answers[arm]))
        for arm in ("teacher", "student", "twin")
    ]
    joined = listed(answers)
    return _("One image, three pairs of eyes"), text.format(
        index=seen.index,
        label=plain(seen.label),
        answers=joined[0].upper() + joined[1:],
        target=plain(seen.target),
    )


def _patch_back(story: Story) -> tuple[str, str]:
    twin, student = story.figures["twin"], story.figures["student"]
    text = _(
        "*Cue intact* is on now: the patch tells the truth, as it did while they learnt. With it the twin is "
        "right on **{twin_intact}** of the test images, without it on **{twin}**; the student on "
        "**{student_intact}** and **{student}**. What is lost between the two was learnt from the patch."
    )
    return _("The same image, with the patch telling the truth"), text.format(
        twin_intact=percent(twin.intact_accuracy),
        twin=percent(twin.accuracy),
        student_intact=percent(student.intact_accuracy),
        student=percent(student.accuracy),
    )


def _whole_test_set(story: Story) -> tuple[str, str]:
    from kdviz.explainers import EXPLAINERS

    student, twin = story.figures["student"], story.figures["twin"]
    text = _(
        "Over the whole test set the student's maps match the teacher's by **{student}**, its twin's by "
        "**{twin}**. But that is by Grad-CAM, which it was trained on. By {explainer}, on which nothing was "
        "trained, it is {other_student} against {other_twin}: read both before you believe either."
    )
    return _("Do you believe it?"), text.format(
        student=score(student.cosine.corrected),
        twin=score(twin.cosine.corrected),
        explainer=_(EXPLAINERS[student.held_out_explainer].label),
        other_student=score(student.held_out.corrected),
        other_twin=score(twin.held_out.corrected),
    )


def _not_just_any_map(story: Story) -> tuple[str, str]:
    student, placebo = story.figures["student"], story.figures["placebo"]
    text = _(
        "The placebo had the same λ, but the maps of wrong images: it is right on **{placebo}**, the student "
        "on **{student}**. The difference of {gain} points is what the right maps were worth. That was one "
        "seed: distill your own, with another λ or another seed, and see whether it holds."
    )
    return _("Would any map have done?"), text.format(
        placebo=percent(placebo.accuracy),
        student=percent(student.accuracy),
        gain=f"{100 * (student.accuracy - placebo.accuracy):.1f}",
    )


def _view(*, intact: bool) -> Callable[[Story], Mapping[str, int | bool]]:
    """What Explain is to show: its menus by their keys."""
    return lambda story: {"image": story.seen.index, "intact": intact}


STEPS = (
    Step("distill", _learning),
    Step("distill", _watching),
    Step("explain", _one_image, _view(intact=False)),
    Step("explain", _patch_back, _view(intact=True)),
    Step("agreement", _whole_test_set),
    Step("agreement", _not_just_any_map),
)
"""About fifteen seconds each."""
