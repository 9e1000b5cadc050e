"""A run as it goes: its state, its progress, its curves and its overlays, read from the store."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import streamlit as st

from kdviz.comparison import settings
from kdviz.figures import LOSS_PARTS, duration, latest, percent
from kdviz.jobs import pause, queue, resume, stop
from kdviz.store import RunRecord, Store
from kdviz.types import Measured
from kdviz.ui.film import film
from kdviz.ui.form import formula
from kdviz.ui.history import Chart, charts, history
from kdviz.ui.result import result
from kdviz.ui.words import STATES, ago, plain

_EVERY_S = 1.0
_CHART_BAR = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def watch(store: Store, run_id: str) -> None:
    """The panel of one run. While something may change, it looks again every second, alone."""
    run = store.run(run_id)
    moving = _moving(run)

    @st.fragment(run_every=_EVERY_S if moving else None)
    def panel() -> None:
        now = store.run(run_id)
        if moving != _moving(now):
            st.rerun()  # once: the timer starts or stops, and the rest of the page sees it too
        _panel(store, now)

    panel()


def _moving(run: RunRecord) -> bool:
    return run.live or run.state == "queued"


def _panel(store: Store, run: RunRecord) -> None:
    _heading(run)
    if run.state == "failed":
        _failure(run)
    _progress(store, run)
    for note in store.notes(run.id):
        st.caption(f":material/info: {plain(note)}")
    _buttons(store, run)
    if run.results is not None:
        result(run)
    measured = history(store, run)
    if measured:
        drawn = charts(store, run, measured)
        _charts(drawn, ("accuracy", "agreement"), min_width=300)
        _badges(measured)
        film(store, run)
        st.subheader("Loss terms")
        _charts(drawn, tuple(LOSS_PARTS), min_width=220)
    elif run.live:
        with st.grid(2, min_column_width=320):
            for _ in range(2):
                st.skeleton(height=300)


def _heading(run: RunRecord) -> None:
    name, icon, colour = STATES[run.state]
    config = settings(run.config)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(name, icon=f":material/{icon}:", color=colour)
        st.caption(f"{formula(config)} · started {ago(time.time() - run.created)}")


def _failure(run: RunRecord) -> None:
    for line in run.message.splitlines() or ["No reason was recorded."]:
        st.error(line, icon=":material/error:")
    st.caption(f"Run {run.id}. What was measured before is kept below.")


def _progress(store: Store, run: RunRecord) -> None:
    if run.state == "queued":
        _place_in_queue(store, run)
    elif run.live:
        st.progress(_fraction(run), text=_doing(run))
    elif run.message and run.state != "failed":
        st.info(run.message, icon=":material/info:")


def _place_in_queue(store: Store, run: RunRecord) -> None:
    place = next((each for each in queue(store) if each.run_id == run.id), None)
    if place is None:
        st.progress(0.0, text="Starting …")
        return
    starts = duration(place.starts_in_s)
    before = "Next in the queue" if place.position == 1 else f"Number {place.position} in the queue"
    st.progress(0.0, text=f"{before}{f': starts in about {starts}' if starts else '.'}")


def _fraction(run: RunRecord) -> float:
    """Of the stage that is being trained; of the work at hand before and after."""
    now = run.progress
    share = now.step / now.steps if now.steps and now.step < now.steps else now.fraction
    return min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.0


def _doing(run: RunRecord) -> str:
    now = run.progress
    if run.request == "stop":
        return "Stopping at the next batch …"
    if run.request == "pause" and run.state == "running":
        return "Pausing at the next batch …"
    if now.stage is None or now.step >= now.steps:
        return f"{now.doing or 'Preparing'} …"
    who = "The teacher learns" if now.stage == "teacher" else "The students learn"
    left = duration(now.seconds_left)
    epoch = min(int(now.epoch) + 1, now.epochs)
    words = f"{who}: epoch {epoch} of {now.epochs}{f', {left} left' if left else ''}"
    return f"Paused. {words}" if run.state == "paused" else words


def _buttons(store: Store, run: RunRecord) -> None:
    with st.container(horizontal=True):
        if run.state == "running":
            _button("Pause", "pause", pause, store, run)
        if run.state == "paused":
            _button("Resume", "play_arrow", resume, store, run)
        if _moving(run):
            _button("Stop" if run.live else "Leave the queue", "stop", stop, store, run)
        if run.state in ("cancelled", "interrupted", "failed"):
            _button("Resume", "play_arrow", resume, store, run)
        if run.state == "finished":
            st.page_link(
                "pages/explain.py", label="Explain its answers", icon=":material/center_focus_strong:"
            )


def _button(
    label: str, icon: str, action: Callable[[Store, str], None], store: Store, run: RunRecord
) -> None:
    st.button(label, icon=f":material/{icon}:", key=f"live_{label}", on_click=action, args=(store, run.id))


def _charts(drawn: list[Chart], names: tuple[str, ...], *, min_width: int) -> None:
    with st.grid(len(names), min_column_width=min_width):
        for chart in drawn:
            if chart.name in names:
                _chart(chart)


def _chart(chart: Chart) -> None:
    with st.container(gap=None):
        note = f" :gray[:small[{chart.info.note}]]" if chart.info.note else ""
        st.markdown(f"**{chart.info.title}**{note}", help=chart.info.about)
        st.plotly_chart(chart.figure, key=f"chart_{chart.name}", config=_CHART_BAR, alt=chart.alt)


def _badges(measured: tuple[Measured, ...]) -> None:
    """How much the explanation term moves the student, and how often there was no map to match."""
    share = latest(measured, "student", "explanation_share")
    missing = latest(measured, "student", "dead_map_rate")
    with st.container(horizontal=True):
        if math.isfinite(share):
            st.badge(
                f"λ makes {percent(share)} of the student's update",
                icon=":material/balance:",
                help="The explanation loss's share of the gradient. It says more than λ itself.",
            )
        if missing > 0:
            st.badge(
                f"{percent(missing)} of the student's maps are undefined",
                icon=":material/visibility_off:",
                color="orange",
                help="Their Grad-CAM has no positive part. They are left out of the agreement.",
            )
