"""Measuring a study here: what it takes, and the progress of its runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from kdviz.figures.style import duration
from kdviz.jobs import runs_before
from kdviz.language import _, listed, plural, sentences, text_of
from kdviz.store import Progress, Store
from kdviz.study import Point, StudyStatus, axes, seconds_left
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.scroll import scroll_to_top
from kdviz.ui.sweep.grid import setting_texts
from kdviz.ui.sweep.study_of_open_run import seconds_by_run
from kdviz.ui.sweep.swept_study import SweptStudy
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.stopped_study import stopped_note
from kdviz.ui.widgets.study_progress import (
    failure_warning,
    queue_runs,
    run_share,
    runs_bar,
    with_time_left,
)

_EVERY_S = 2.0


def measuring(store: Store, shown: SweptStudy, now: StudyStatus) -> None:
    """The last failure; what is kept of a stopped study; progress and Stop while runs wait or train."""
    measured = now.running or now.waiting
    if measured:
        scroll_to_top(f"measuring {shown.study.name}")  # from the button, which is at the page's end
    failure_warning(now)
    stopped_note(shown.points, now)
    if measured:
        runs_bar(
            store,
            shown.points,
            now,
            stop_key="study_stop",
            share=lambda now: (len(now.own) + run_share(now)) / len(shown.points),
            text=lambda now: _progress_text(store, shown, now),
            every_s=_EVERY_S,
            stop_help=_("Removes queued runs from the queue and stops the run in training."),
        )


def _progress_text(store: Store, shown: SweptStudy, now: StudyStatus) -> str:
    """How many runs are done, what the one in training does or they wait for, and the time left."""
    text = _("Measured here: {done} of all {all} runs; {waiting} queued").format(
        done=len(now.own), all=len(shown.points), waiting=len(now.waiting)
    )
    if now.running:
        run = now.running[0]
        point = next(each for each in shown.points if each.config.key == run.record.config_key)
        values = {field: point.value(field) for field in axes(shown.study, shown.points)}
        text = _("{measured}. In training: {settings}: {doing}").format(
            measured=text,
            settings=listed([*setting_texts(values), _("seed {seed}").format(seed=point.config.seed)]),
            doing=_doing(run.record.progress),
        )
    elif before := runs_before(store, {run.id for run in now.waiting}):
        text = plural(
            "{measured}, waiting for {count} other run",
            "{measured}, waiting for {count} other runs",
            before,
            measured=text,
        )
    return f"{with_time_left(text, shown.points, now)} …"


def _doing(progress: Progress) -> str:
    """The epoch, or what a run does outside of its epochs."""
    if not progress.epochs:
        return text_of(progress.doing) or _("preparing")
    words = _("epoch {epoch} of {epochs}")
    if progress.stage == "teacher":
        words = _("epoch {epoch} of {epochs} of the teacher")
    epoch = min(int(progress.epoch) + 1, progress.epochs)
    return words.format(epoch=epoch, epochs=progress.epochs)


def measure_missing(store: Store, shown: SweptStudy, now: StudyStatus) -> None:
    """A button that queues missing runs; of several seeds, it first opens what one and what all take."""
    if not now.missing:
        return
    first = _of_one_seed(now.missing)
    if len(first) == len(now.missing):
        with st.container(horizontal=True, vertical_alignment="center"):
            _queue(store, shown, first, _action(shown, now), key="study_queue")
            time = _time(store, shown, now.missing, now)
            known = _("About {time}.").format(time=time) if time else ""
            st.caption(sentences(known, _basis(shown, now)), width="content")
        return
    with st.popover(
        _action(shown, now),
        icon=":material/playlist_add:",
        type="secondary" if now.done and shown.run is None else "primary",
        key=f"study_measure_{len(now.missing)}",  # closed again once something is queued
    ):
        st.markdown(
            _(
                "The runs are trained one after another, also after a restart of the server; runs that are "
                "started later wait for them. One seed gives a first look, several tell differences from "
                "noise."
            )
        )
        one, every = (_cost(store, shown, points, now) for points in (first, now.missing))
        _queue(store, shown, first, _("One seed first: {cost}").format(cost=one), key="study_queue_seed")
        _queue(store, shown, now.missing, _("All seeds: {cost}").format(cost=every), key="study_queue")
        st.caption(_basis(shown, now))


def _of_one_seed(missing: Sequence[Point]) -> tuple[Point, ...]:
    """The missing runs of the first seed that has any."""
    seed = missing[0].config.seed
    return tuple(point for point in missing if point.config.seed == seed)


def _queue(store: Store, shown: SweptStudy, points: Sequence[Point], label: str, *, key: str) -> None:
    """A button that queues these runs. Those of a visitor's run are called after their settings, as it is."""
    st.button(
        label,
        icon=":material/play_arrow:",
        key=key,
        on_click=safely(queue_runs),
        args=(store, shown.study if shown.run is None else None, points),
    )


def _action(shown: SweptStudy, now: StudyStatus) -> str:
    count = len(now.missing)
    if shown.repeats:
        return plural("Repeat with {count} more seed", "Repeat with {count} more seeds", count)
    if now.packaged:
        return plural("Measure {count} run here", "Measure {count} runs here", count)
    return plural("Queue {count} missing run", "Queue {count} missing runs", count)


def _cost(store: Store, shown: SweptStudy, points: Sequence[Point], now: StudyStatus) -> str:
    """The number of runs, and their time if it is known."""
    runs = plural("{count} run", "{count} runs", len(points))
    time = _time(store, shown, points, now)
    return _("{runs}, about {time}").format(runs=runs, time=time) if time else runs


def _time(store: Store, shown: SweptStudy, points: Sequence[Point], now: StudyStatus) -> str:
    """The time that these runs take, "" if no run of the study has finished anywhere."""
    seconds = seconds_left(points, now.own or now.packaged)
    if shown.run is not None:
        seconds = seconds_by_run(store, shown.run, points)
    return "" if math.isnan(seconds) else duration(rounded(seconds))


def _basis(shown: SweptStudy, now: StudyStatus) -> str:
    """Where the estimate of the time comes from."""
    elsewhere = shown.run is not None and bool(shown.run.record.origin)
    if now.own and not elsewhere:
        return _("Time estimated from the study's runs that have finished on this computer.")
    if now.packaged or elsewhere:
        return _("Time that these runs took on another computer; a slow or busy one takes longer.")
    return _("How long a run takes is known once the first has finished.")
