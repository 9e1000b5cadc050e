"""Runs of a study on their way, as every page that queues some shows them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import streamlit as st

from kdviz.figures.style import duration
from kdviz.jobs import queue
from kdviz.language import _, plural
from kdviz.store import Store
from kdviz.study import Point, Standing, Study, queue_missing, seconds_left, standing, withdraw
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets.estimate import rounded


def runs_bar(
    store: Store,
    points: Sequence[Point],
    before: Standing,
    *,
    share: Callable[[Standing], float],
    text: Callable[[Standing], str],
    every_s: float,
    stop_key: str,
    stop_help: str | None = None,
) -> None:
    """How far they are, and a Stop for all. The page is drawn anew when one of them has ended.

    share, text: what the bar shows, in [0, 1], and says; asked for at each look.
    """

    @st.fragment(run_every=every_s)
    def look() -> None:
        now = standing(store.runs(), points)
        if _counts(now) != _counts(before):
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(share(now), text=text(now))
            st.button(
                _("Stop"),
                icon=":material/stop:",
                key=stop_key,
                on_click=withdraw,
                args=(store, points),
                help=stop_help,
            )

    look()


def _counts(now: Standing) -> tuple[int, int]:
    return len(now.done), len(now.going) + len(now.waiting)


def queue_them(store: Store, study: Study, points: Sequence[Point]) -> None:
    """What a button does that queues all that is missing."""
    queue_missing(store, study, points)


def say_failed(now: Standing) -> None:
    """How many runs failed, and why the last one did; nothing where none has."""
    if now.failed:
        st.warning(
            plural(
                "{count} run failed, the last one with: {message}",
                "{count} runs failed, the last one with: {message}",
                len(now.failed),
                message=plain(_(now.failed[0].record.message)),
            ),
            icon=":material/warning:",
        )


def waiting(store: Store, now: Standing) -> str:
    """That runs wait for the queue, and how long the first of them still does, where that is known."""
    ids = {run.id for run in now.waiting}
    starts = [place.starts_in_s for place in queue(store) if place.run_id in ids]
    first = min(starts, default=0.0)
    if math.isnan(first) or first < 1:
        return _("Waiting for the queue …")
    return _("Waiting for the queue, about {left} left").format(left=duration(rounded(first)))


def time_left(points: Sequence[Point], now: Standing) -> str:
    """What those of the points that are on their way still take, by those that are done; "" if unknown."""
    keys = {run.record.config_key for run in (*now.going, *now.waiting)}
    left = seconds_left([point for point in points if point.config.key in keys], now.done)
    spent = sum(run.record.progress.seconds for run in now.going)
    return "" if math.isnan(left) else duration(rounded(max(left - spent, 0.0)))
