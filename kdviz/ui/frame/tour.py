"""The guided tour of the prepared run: a card on top of each of its pages.

The step is in the URL, so that a reload keeps it; leaving the page in another way ends the tour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from kdviz.errors import StoreError
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, decimal, listed
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.types import Results
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.tour_example import Example, example

_LINK, _WANTED = "tour", "tour_wanted"


@dataclass(frozen=True)
class TourRun:
    """The run that the tour shows."""

    run: Run
    example: Example
    figures: Results


@dataclass(frozen=True)
class Step:
    """page: where it is shown. words: its title and text. view: widget values of the page, by key."""

    page: str
    words: Callable[[TourRun], tuple[str, str]]
    view: Callable[[TourRun], Mapping[str, int | bool]] = lambda tour: {}


def begin_tour(run: Run) -> NoReturn:
    """Go to the first step."""
    _open(1, run, {})


def tour_card(page: str) -> None:
    """The card of the step in the URL, if it belongs to this page."""
    at = _asked()
    if at is None or STEPS[at - 1].page != page:
        return
    store = open_store()
    run = next((run for run in store.runs() if is_prepared(run)), None)
    if run is None:
        return
    if at == 1:
        _evaluate_ahead(store, run)
    try:
        tour = TourRun(run, example(store, run), run.results or {})
    except StoreError:
        return  # the page itself shows the error
    if wanted := st.session_state.pop(_WANTED, None):
        _leave_for(wanted, tour)
    _card(at, tour)


def _card(at: int, tour: TourRun) -> None:
    title, text = STEPS[at - 1].words(tour)
    with st.container(border=True, key="tour_card", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/signpost: **{title}** · {_count(at)}", width="stretch")
            with st.container(horizontal=True, width="content", vertical_alignment="center"):
                _buttons(at, tour)
        st.markdown(text)


def _buttons(at: int, tour: TourRun) -> None:
    if at > 1:
        icon = ":material/arrow_back:"
        st.button(_("Back"), icon=icon, key=f"tour_back_{at}", on_click=_turn, args=(at, at - 1, tour))
    last = at == len(STEPS)
    st.button(
        _("Distill your own") if last else _("Next step"),
        icon=":material/model_training:" if last else ":material/arrow_forward:",
        icon_position="left" if last else "right",
        type="primary",
        key=f"tour_next_{at}",
        on_click=_turn,
        args=(at, at + 1, tour),
    )
    st.button(_("End the tour"), type="tertiary", key="tour_end", on_click=_end)


def _turn(at: int, to: int, tour: TourRun) -> None:
    """A callback: from one step to another, which may be on another page, or to the end."""
    if to > len(STEPS) or STEPS[to - 1].page != STEPS[at - 1].page:
        st.session_state[_WANTED] = to  # a callback cannot leave the page
    else:
        st.session_state.update(STEPS[to - 1].view(tour))
        url_state.set_number(_LINK, to)


def _leave_for(step: int, tour: TourRun) -> NoReturn:
    """To a step on another page; after the last one, to the start of an own run."""
    if step > len(STEPS):
        st.switch_page("pages/distill.py", query_params=with_language({}))
    view = STEPS[step - 1].view(tour)
    st.session_state.update(view)
    _open(step, tour.run, {key: str(value).lower() for key, value in view.items()})


def _count(at: int) -> str:
    return _("Step {at} of {all}").format(at=at, all=len(STEPS))


def _asked() -> int | None:
    requested = url_state.number(_LINK)
    return requested if requested in range(1, len(STEPS) + 1) else None


def _open(at: int, run: Run, view: Mapping[str, str]) -> NoReturn:
    link = with_language({_LINK: str(at), "run": run.id, **view})
    st.switch_page(f"pages/{STEPS[at - 1].page}.py", query_params=link)


def _end() -> None:
    url_state.set_number(_LINK, None)


def _evaluate_ahead(store: Store, run: Run) -> None:
    """Evaluate the test set in the background, so that Agreement is ready when the tour reaches it."""
    from kdviz.comparison import known_survey
    from kdviz.jobs import start_survey, survey_job

    if known_survey(store, run.id) is None and survey_job(store, run.id) is None:
        start_survey(store, run.id)


# --- titles and texts ----------------------------------------------------------------------------


def _two_students(tour: TourRun) -> tuple[str, str]:
    student, twin = tour.figures["student"], tour.figures["twin"]
    text = _(
        "In the students' training images a coloured patch gives the class away; in the test images it is "
        "misleading. The student, which also learns to look where its teacher looks (λ = {weight}), "
        "classifies **{student}** of them correctly, its twin **{twin}**. *Accuracy* shows both by epoch."
    )
    return _("Two students, one teacher"), text.format(
        weight=f"{tour.run.config.explanation_weight:g}",
        student=percent(student.accuracy),
        twin=percent(twin.accuracy),
    )


def _by_epoch(tour: TourRun) -> tuple[str, str]:
    student, twin = tour.figures["student"].cosine.interval, tour.figures["twin"].cosine.interval
    text = _(
        "Under *Where they look*, each strip shows one test image after an epoch: move the slider to see how "
        "the heat maps change. At the end, agreement with the teacher's maps over all test images is "
        "**{student}** for the student and **{twin}** for its twin: 0 is chance, 1 the same map."
    )
    return _("Where they look, by epoch"), text.format(student=score(student.value), twin=score(twin.value))


def _one_image(tour: TourRun) -> tuple[str, str]:
    shown = tour.example
    text = _(
        "This is test image {index}: **{label}**. {answers}. Brighter areas hold more of the evidence for "
        "{target}: compare each map with the teacher's."
    )
    form = _("{arm} predicts {answer}")
    answers = [
        form.format(arm=ARM_STYLES[arm].label, answer=plain(shown.answers[arm]))
        for arm in ("teacher", "student", "twin")
    ]
    joined = listed(answers)
    return _("One image, three networks"), text.format(
        index=shown.index,
        label=plain(shown.label),
        answers=joined[0].upper() + joined[1:],
        target=plain(shown.target),
    )


def _cue_intact(tour: TourRun) -> tuple[str, str]:
    twin, student = tour.figures["twin"], tour.figures["student"]
    text = _(
        "*Cue intact* is on: the patch shows the true class again, as in training. The twin classifies "
        "**{twin_intact}** of such test images correctly, with the misleading patch **{twin}**; the student "
        "**{student_intact}** and **{student}**. The drop is what each has learnt from the patch."
    )
    return _("The same image, cue intact"), text.format(
        twin_intact=percent(twin.intact_accuracy),
        twin=percent(twin.accuracy),
        student_intact=percent(student.intact_accuracy),
        student=percent(student.accuracy),
    )


def _two_explainers(tour: TourRun) -> tuple[str, str]:
    from kdviz.explainers import EXPLAINERS

    student, twin = tour.figures["student"], tour.figures["twin"]
    text = _(
        "Over the whole test set, agreement with the teacher is **{student}** for the student and **{twin}** "
        "for its twin. But that is evaluated with Grad-CAM, which the student was trained on. With "
        "{explainer}, a held-out explainer, it is {other_student} and {other_twin}: consider both."
    )
    return _("Evaluated with two explainers"), text.format(
        student=score(student.cosine.corrected),
        twin=score(twin.cosine.corrected),
        explainer=_(EXPLAINERS[student.held_out_explainer].label),
        other_student=score(student.held_out.corrected),
        other_twin=score(twin.held_out.corrected),
    )


def _placebo(tour: TourRun) -> tuple[str, str]:
    student, placebo = tour.figures["student"], tour.figures["placebo"]
    text = _(
        "The placebo had the same λ, but the maps of other images: it classifies **{placebo}** of the test "
        "images correctly, the student **{student}**. The difference of {gain} points is due to the right "
        "maps. This is one seed: distill your own, with another λ or seed, and see whether it holds."
    )
    return _("Student and placebo"), text.format(
        placebo=percent(placebo.accuracy),
        student=percent(student.accuracy),
        gain=decimal(100 * (student.accuracy - placebo.accuracy), 1),
    )


def _view(*, intact: bool) -> Callable[[TourRun], Mapping[str, int | bool]]:
    """The view on Explain, by the keys of its widgets."""
    return lambda tour: {"image": tour.example.index, "intact": intact}


STEPS = (
    Step("distill", _two_students),
    Step("distill", _by_epoch),
    Step("explain", _one_image, _view(intact=False)),
    Step("explain", _cue_intact, _view(intact=True)),
    Step("agreement", _two_explainers),
    Step("agreement", _placebo),
)
"""About fifteen seconds each."""
