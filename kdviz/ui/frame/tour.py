"""The guided tour of the prepared run: a card on top of each of its pages.

The step is in the URL, so that a reload keeps it; leaving the page in another way ends the tour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from kdviz.errors import StoreError
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, listed
from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared
from kdviz.types import Results
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain, shortened
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.page_switch import open_page
from kdviz.ui.frame.responsive import NARROW
from kdviz.ui.frame.ring import ring
from kdviz.ui.frame.run_menu import NEW_RUN
from kdviz.ui.frame.scroll import scroll_to_top
from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.tour_example import Example, example

if TYPE_CHECKING:
    from kdviz.narrative import Surveys

_LINK, _WANTED, _CUE_SET, _ENDED = "tour", "tour_wanted", "tour_cue_set", "tour_ended"


@dataclass(frozen=True)
class TourRun:
    """The run that the tour shows. surveys: those of its finding that are known."""

    run: Run
    example: Example
    figures: Results
    surveys: Surveys = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """page: where it is shown. words: its title and text. about: key of the container that it speaks of.

    view: widget values of the page, by key.
    """

    page: str
    words: Callable[[TourRun], tuple[str, str]]
    about: str
    view: Callable[[TourRun], Mapping[str, int | bool]] = lambda tour: {}


def begin_tour(run: Run) -> NoReturn:
    """Go to the first step, on its own image: Explain would choose another for a run that is new to it."""
    try:
        tour = TourRun(run, example(open_store(), run), run.results or {})
    except StoreError:
        _open(1, run, {})  # the page itself shows the error
    _leave_for(1, tour)


def tour_card(page: str) -> None:
    """The card of the step in the URL, if it belongs to this page."""
    at = _asked()
    if st.session_state.pop(_ENDED, False):
        scroll_to_top("tour")  # to the form: the ring's part was further down
    if at is None or STEPS[at - 1].page != page:
        _cue_put_back()
    if at is None and (asked := st.query_params.get(_LINK)):
        _warn_unknown(asked)
        at = 1
    if at is None or STEPS[at - 1].page != page:
        return
    from kdviz.comparison import finding_surveys

    store = open_store()
    run = next((run for run in store.runs() if is_prepared(run)), None)
    if run is None:
        return
    if at == 1:
        _evaluate_ahead(store, run)
    try:
        tour = TourRun(run, example(store, run), run.results or {}, finding_surveys(store, run))
    except StoreError:
        return  # the page itself shows the error
    if wanted := st.session_state.pop(_WANTED, None):
        _leave_for(wanted, tour)
    _card(at, tour)


def _card(at: int, tour: TourRun) -> None:
    title, text = STEPS[at - 1].words(tour)
    view = STEPS[at - 1].view(tour)
    if view.get("intact"):
        st.session_state[_CUE_SET] = True
    with st.container(border=True, key="tour_card", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/signpost: **{title}** · {_count(at)}", width="stretch")
            with st.container(horizontal=True, width="content", vertical_alignment="center"):
                _buttons(at, tour)
        if _is_shown(view):
            st.markdown(text)
        else:
            _way_back_to(view)
    ring(STEPS[at - 1].about, below="tour_card", visit=f"{at}")
    # A phone shows two pictures at a time: first those that the step compares, without what is not spoken of.
    maps = ".st-key-maps { --compared-order: -1; --bars: none; } .st-key-why_links { display: none; }"
    st.html(f"<style>@media {NARROW} {{ {maps} }}</style>")


def _is_shown(view: Mapping[str, int | bool]) -> bool:
    """Whether the page shows what the step speaks of, or the visitor has chosen something else."""
    return all(_shown(key) == str(value).lower() for key, value in view.items())


def _shown(key: str) -> str:
    """A widget's value as in a link; the widget itself is drawn later."""
    default = {"image": "0", "intact": "false"}[key]
    return str(st.session_state.get(key, st.query_params.get(key, default))).lower()


def _way_back_to(view: Mapping[str, int | bool]) -> None:
    """In place of a text that is not true of what is shown."""
    with st.container(horizontal=True, vertical_alignment="center"):
        text = _("This step is about test image {index}; you have chosen something else.")
        st.markdown(text.format(index=view["image"]), width="content")
        st.button(
            _("Show it again"),
            icon=":material/undo:",
            key="tour_show_again",
            on_click=safely(st.session_state.update),
            args=(dict(view),),
        )


def _cue_put_back() -> None:
    """Take back the helping cue that a step has shown, once the visitor is elsewhere."""
    if st.session_state.pop(_CUE_SET, False):
        st.session_state["intact"] = False


def _buttons(at: int, tour: TourRun) -> None:
    if at > 1:
        icon = ":material/arrow_back:"
        st.button(
            _("Back"), icon=icon, key=f"tour_back_{at}", on_click=safely(_turn), args=(at, at - 1, tour)
        )
    last = at == len(STEPS)
    st.button(
        _("Distill your own") if last else _("Next step"),
        icon=":material/model_training:" if last else ":material/arrow_forward:",
        icon_position="left" if last else "right",
        type="primary",
        key=f"tour_next_{at}",
        on_click=safely(_turn),
        args=(at, at + 1, tour),
    )
    st.button(_("End the tour"), type="tertiary", key="tour_end", on_click=safely(_end))


def _turn(at: int, to: int, tour: TourRun) -> None:
    """A callback: from one step to another, which may be on another page, or to the end."""
    if to > len(STEPS):
        _end()
        url_state.set_number(NEW_RUN, 1)
        st.session_state[_ENDED] = True
    elif STEPS[to - 1].page != STEPS[at - 1].page:
        st.session_state[_WANTED] = to  # a callback cannot leave the page
    else:
        st.session_state.update(STEPS[to - 1].view(tour))
        url_state.set_number(_LINK, to)


def _leave_for(step: int, tour: TourRun) -> NoReturn:
    """To a step on another page."""
    view = STEPS[step - 1].view(tour)
    st.session_state.update(view)
    _open(step, tour.run, {key: str(value).lower() for key, value in view.items()})


def _count(at: int) -> str:
    return _("Step {at} of {all}").format(at=at, all=len(STEPS))


def _warn_unknown(asked: str) -> None:
    """A line on a link to a step that does not exist."""
    text = _("tour: there is no step {step} (1 to {last}). The tour begins on Explain.")
    st.warning(text.format(step=plain(repr(shortened(asked))), last=len(STEPS)), icon=":material/warning:")


def _asked() -> int | None:
    requested = url_state.number(_LINK)
    return requested if requested in range(1, len(STEPS) + 1) else None


def _open(at: int, run: Run, view: Mapping[str, str]) -> NoReturn:
    link = with_language({_LINK: str(at), "run": run.id, **view})
    open_page(f"pages/{STEPS[at - 1].page}.py", link)


def _end() -> None:
    url_state.set_number(_LINK, None)


def _evaluate_ahead(store: Store, run: Run) -> None:
    """Evaluate the test set in the background, so that Agreement is ready when the tour reaches it."""
    from kdviz.comparison import known_survey
    from kdviz.jobs import start_survey, survey_job

    if known_survey(store, run.id) is None and survey_job(store, run.id) is None:
        start_survey(store, run.id)


# --- titles and texts ----------------------------------------------------------------------------


def _one_image(tour: TourRun) -> tuple[str, str]:
    shown = tour.example
    text = _(
        "The **teacher** taught the small networks its answers, the **student** also where it looks, as "
        "strongly as **λ** says; the **twin** has λ = 0; the placebo, a control, had maps of other images. "
        "Test image {index} is a **{label}**; {predictions}. Brighter is more evidence: compare the "
        "maps with the coloured patch."
    )
    form = _("{arm} predicts {answer}")
    predictions = listed(
        form.format(arm=ARM_STYLES[arm].label, answer=plain(shown.answers[arm]))
        for arm in ("teacher", "student", "twin")
    )
    return _("One image, its networks side by side"), text.format(
        index=shown.index,
        label=plain(shown.label),
        predictions=predictions,
    )


def _cue_intact(tour: TourRun) -> tuple[str, str]:
    text = _(
        "Now the patch has the colour of the true class, as in training; all else is the same. With such "
        "patches the twin is right on **{twin_intact}** of the test images instead of **{twin}**, while the "
        "student hardly changes."
    )
    twin = tour.figures["twin"]
    return _("The same image, and the patch tells the truth"), text.format(
        twin_intact=percent(twin.intact_accuracy), twin=percent(twin.accuracy)
    )


def _whole_test_set(tour: TourRun) -> tuple[str, str]:
    text = _(
        "In the first chart, the student's bar ends at **{student}**: over all test images, its maps are "
        "close to its teacher's. The twin's bar ends near chance: it looks elsewhere."
    )
    return _("Not one image: the whole test set"), text.format(student=score(_level(tour)))


def _level(tour: TourRun) -> float:
    """Agreement of the student as Agreement states it below the card; from the results before that."""
    from kdviz.comparison import paired_levels, trained_explainer

    if (survey := tour.surveys.get(trained_explainer(tour.run.config))) is not None:
        return paired_levels(survey)[0]
    return tour.figures["student"].cosine.corrected


def _how_it_came_about(tour: TourRun) -> tuple[str, str]:
    text = _(
        "Press **Play**: epoch by epoch, the student's maps move to where its teacher looks. It ends up "
        "right on **{student}** of the test images; its twin, which differs in λ alone, on far fewer."
    )
    return _("How it came about"), text.format(student=percent(tour.figures["student"].accuracy))


def _view(*, intact: bool) -> Callable[[TourRun], Mapping[str, int | bool]]:
    """The view on Explain, by the keys of its widgets."""
    return lambda tour: {"image": tour.example.index, "intact": intact}


STEPS = (
    Step("explain", _one_image, "maps", _view(intact=False)),
    Step("explain", _cue_intact, "maps", _view(intact=True)),
    Step("agreement", _whole_test_set, "all_bars"),
    Step("distill", _how_it_came_about, "film"),
)
"""About fifteen seconds each."""
