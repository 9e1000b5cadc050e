"""Measuring a study here: what it takes, and the progress of its runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from kdviz.figures.style import duration
from kdviz.language import _, plural, sentences
from kdviz.store import Store
from kdviz.study import Point, StudyStatus, seconds_left
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.scroll import scroll_to_top
from kdviz.ui.sweep.studies import StudyFile
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.stopped_study import stopped_note
from kdviz.ui.widgets.study_progress import failure_warning, queue_runs, runs_bar, with_time_left

_EVERY_S = 2.0


def measuring(store: Store, file: StudyFile, now: StudyStatus) -> None:
    """The last failure; what is kept of a stopped study; progress and Stop while runs wait or train."""
    measured = now.running or now.waiting
    if measured:
        scroll_to_top(f"measuring {file.study.name}")  # from the button, which is at the page's end
    failure_warning(now)
    stopped_note(file.points, now)
    if measured:
        runs_bar(
            store,
            file.points,
            now,
            stop_key="study_stop",
            share=lambda now: len(now.own) / len(file.points),
            text=lambda now: _progress_text(file, now),
            every_s=_EVERY_S,
            stop_help=_("Removes queued runs from the queue and stops the run in training."),
        )


def _progress_text(file: StudyFile, now: StudyStatus) -> str:
    text = _("Measured here: {done} of all {all} runs; {waiting} queued").format(
        done=len(now.own), all=len(file.points), waiting=len(now.waiting)
    )
    return f"{with_time_left(text, file.points, now)} …"


def measure_missing(store: Store, file: StudyFile, now: StudyStatus) -> None:
    """A button that queues missing runs; of several seeds, it first opens what one and what all take."""
    if not now.missing:
        return
    first = _of_one_seed(now.missing)
    if len(first) == len(now.missing):
        with st.container(horizontal=True, vertical_alignment="center"):
            _queue(store, file, first, _action(now), key="study_queue")
            time = _time(now.missing, now)
            known = _("About {time}.").format(time=time) if time else ""
            st.caption(sentences(known, _basis(now)), width="content")
        return
    with st.popover(
        _action(now),
        icon=":material/playlist_add:",
        type="secondary" if now.done else "primary",
        key=f"study_measure_{len(now.missing)}",  # closed again once something is queued
    ):
        st.markdown(
            _(
                "The runs are trained one after another, also after a restart of the server; runs that are "
                "started later wait for them. One seed gives a first look, several tell differences from "
                "noise."
            )
        )
        one, every = (_cost(points, now) for points in (first, now.missing))
        _queue(store, file, first, _("One seed first: {cost}").format(cost=one), key="study_queue_seed")
        _queue(store, file, now.missing, _("All seeds: {cost}").format(cost=every), key="study_queue")
        st.caption(_basis(now))


def _of_one_seed(missing: Sequence[Point]) -> tuple[Point, ...]:
    """The missing runs of the first seed that has any."""
    seed = missing[0].config.seed
    return tuple(point for point in missing if point.config.seed == seed)


def _queue(store: Store, file: StudyFile, points: Sequence[Point], label: str, *, key: str) -> None:
    """A button that queues these runs."""
    st.button(
        label,
        icon=":material/play_arrow:",
        key=key,
        on_click=safely(queue_runs),
        args=(store, file.study, points),
    )


def _action(now: StudyStatus) -> str:
    count = len(now.missing)
    if now.packaged:
        return plural("Measure {count} run here", "Measure {count} runs here", count)
    return plural("Queue {count} missing run", "Queue {count} missing runs", count)


def _cost(points: Sequence[Point], now: StudyStatus) -> str:
    """The number of runs, and their time if it is known."""
    runs, time = plural("{count} run", "{count} runs", len(points)), _time(points, now)
    return _("{runs}, about {time}").format(runs=runs, time=time) if time else runs


def _time(points: Sequence[Point], now: StudyStatus) -> str:
    """The time that these runs take, "" if no run of the study has finished anywhere."""
    seconds = seconds_left(points, now.own or now.packaged)
    return "" if math.isnan(seconds) else duration(rounded(seconds))


def _basis(now: StudyStatus) -> str:
    """Where the estimate of the time comes from."""
    if now.own:
        return _("Time estimated from the study's runs that have finished on this computer.")
    if now.packaged:
        return _("Time that these runs took on another computer; a slow or busy one takes longer.")
    return _("How long a run takes is known once the first has finished.")
