"""Progress of a study's runs: a bar with a Stop button, the time left, and the last failure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from kdviz.figures.style import duration
from kdviz.jobs import queue
from kdviz.language import _, plural, text_of
from kdviz.store import Store
from kdviz.study import Point, Study, StudyStatus, queue_missing, seconds_left, study_status
from kdviz.ui.frame.errors import fragment
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.stopped_study import forget_stop, stop_button, stopping_text

_EVERY_S = 1.0


def runs_bar(
    store: Store,
    points: Sequence[Point],
    before: StudyStatus,
    *,
    stop_key: str,
    share: Callable[[StudyStatus], float] | None = None,
    text: Callable[[StudyStatus], str] | None = None,
    every_s: float = _EVERY_S,
    stop_help: str | None = None,
) -> None:
    """A progress bar and a Stop button for all runs. The page is rerun when one of the runs has ended.

    share, text: the bar's value in [0, 1] and its label; by default `run_share` and `progress_text`.
    """

    @partial(fragment, run_every=every_s)
    def progress() -> None:
        now = study_status(store.runs(), points)
        if _counts(now) != _counts(before):
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            label = stopping_text(now) or (text(now) if text else progress_text(store, points, now))
            st.progress((share or run_share)(now), text=label)
            stop_button(store, points, now, key=stop_key, about=stop_help)

    progress()


def _counts(now: StudyStatus) -> tuple[int, int]:
    return len(now.done), len(now.running) + len(now.waiting)


def run_share(now: StudyStatus) -> float:
    """Progress of the run that is training its students, in [0, 1]; 0 if there is none."""
    progress = now.running[0].record.progress if now.running else None
    if progress is None or not progress.steps or progress.stage != "students":
        return 0.0
    return min(progress.step / progress.steps, 1.0)


def progress_text(store: Store, points: Sequence[Point], now: StudyStatus, *, doing: str = "") -> str:
    """The current work, the number of runs to go and the time left.

    doing: replaces what the run in training reports.
    """
    to_go = plural("{count} run to go", "{count} runs to go", len(now.running) + len(now.waiting))
    if not now.running:
        return f"{queue_text(store, now)} · {to_go}"
    doing = doing or text_of(now.running[0].record.progress.doing) or _("Training")
    return with_time_left(f"{doing} · {to_go}", points, now)


def with_time_left(doing: str, points: Sequence[Point], now: StudyStatus) -> str:
    """The text with the time left behind it, if that is known."""
    left = time_left(points, now)
    return _("{doing}, about {left} left").format(doing=doing, left=left) if left else doing


def time_left(points: Sequence[Point], now: StudyStatus) -> str:
    """Time until the queued and training runs have ended, from finished runs; "" if unknown."""
    keys = {run.record.config_key for run in (*now.running, *now.waiting)}
    left = seconds_left([point for point in points if point.config.key in keys], now.own)
    spent = sum(run.record.progress.seconds for run in now.running)
    return "" if math.isnan(left) else duration(rounded(max(left - spent, 0.0)))


def queue_text(store: Store, now: StudyStatus) -> str:
    """A note that the runs are queued, with the time until the first of them starts, if known."""
    ids = {run.id for run in now.waiting}
    starts = [place.starts_in_s for place in queue(store) if place.run_id in ids]
    first = min(starts, default=0.0)
    if math.isnan(first) or first < 1:
        return _("Waiting in the queue …")
    return _("Waiting in the queue, starts in about {left}").format(left=duration(rounded(first)))


def queue_runs(store: Store, study: Study | None, points: Sequence[Point]) -> None:
    """Callback of a button that queues all missing runs. study: as of `queue_missing`."""
    forget_stop()
    queue_missing(store, study, points)


def failure_warning(now: StudyStatus) -> None:
    """A warning with the number of failed runs and the last message, if there are any."""
    if now.failed:
        st.warning(
            plural(
                "{count} run failed with: {message}",
                "{count} runs failed, the last one with: {message}",
                len(now.failed),
                message=plain(_(now.failed[0].record.message)),
            ),
            icon=":material/warning:",
        )
