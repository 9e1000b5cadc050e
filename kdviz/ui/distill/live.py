"""A run, live: state, progress, curves and overlays, read from the store."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.errors import KdvizError, StoreError
from kdviz.figures.charts import LOSS_PARTS, CurveAxis, latest_value
from kdviz.figures.style import duration, percent
from kdviz.jobs import pause, queue, resume, stop
from kdviz.jobs.countdown import SLOWED
from kdviz.language import _, plural, sentences, text_of
from kdviz.notes import doubts_accuracy, shown_note
from kdviz.store import Progress, Run, Store
from kdviz.types import ELAPSED, Measured
from kdviz.ui.distill.epoch_film import film
from kdviz.ui.distill.result import all_figures, result
from kdviz.ui.distill.start import formula
from kdviz.ui.frame import url_state
from kdviz.ui.frame.error_text import on_screen
from kdviz.ui.frame.errors import errors, fragment, safely
from kdviz.ui.frame.formatting import STATES, ago, plain
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.frame.projector import projecting
from kdviz.ui.widgets.chart import chart
from kdviz.ui.widgets.estimate import image_counts, rounded
from kdviz.ui.widgets.history import charts, history
from kdviz.ui.widgets.parent_run import MARKING, compare_with_parent, marks_of, parent_text

_EVERY_S = 1.0

_MOST_SHARE = 0.95
"""Of the gradient: from here on the explanation loss leaves the answers little."""

_COLUMN, _PROJECTED = 460, 1200
"""Least width in pixels of the film, and of the curves beside it; narrower, the curves come below."""


_MARKS_A_BATCH = 3
"""Marked images of an average batch, below which many batches have none, and so no explanation loss."""

_DRAWN = {"validation_accuracy", "agreement"}
"""Metrics without which the curves are empty."""


def watch(store: Store, run_id: str) -> None:
    """The panel of one run. During training only the panel is redrawn, every second."""
    run = store.run(run_id)
    moving = not run.ended

    @partial(fragment, run_every=_EVERY_S if moving else None)
    def panel() -> None:
        now = store.run(run_id)
        if moving == now.ended:
            st.rerun()  # once: the timer starts or stops, and the rest of the page is redrawn
        _panel(store, now)

    panel()


def _panel(store: Store, run: Run) -> None:
    watched = projecting() and not run.ended  # a class watches: maps and curves are on the first screen
    _heading(store, run, brief=watched)
    if run.state == "failed":
        _failure(run)
    if not watched:
        _progress(store, run)
    _notes(store, run)
    measured = history(store, run)
    if run.ended:
        result(store, run, measured)
    overlays, curves = _beside_each_other(watched=watched)
    if any(each.values.keys() & _DRAWN for each in measured):
        with curves:
            _curves(store, run, measured)
    all_figures(store, run)
    if measured:
        _loss_terms(store, run, measured)
    with overlays:  # last, since they may wait for PyTorch
        film(store, run, brief=watched)


def _beside_each_other(*, watched: bool) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places for the film and for the curves beside it, or below where there is no room."""
    if watched:
        film_place, curves = st.container(key="watched").columns([2, 1])
    else:
        halves = st.grid(2, min_column_width=_PROJECTED if projecting() else _COLUMN)
        film_place, curves = halves.cell(), halves.cell()
    return film_place.container(key="film"), curves


def _heading(store: Store, run: Run, *, brief: bool) -> None:
    """The state, and what can be done. brief: with the progress in the same row."""
    name, icon, colour = STATES[run.state]
    waits = run.state == "queued"
    since = run.record.created if waits else run.record.started or run.record.created
    words = _("queued {ago}") if waits else _("started {ago}")
    started = words.format(ago=ago(time.time() - since))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(_(name), icon=f":material/{icon}:", color=colour)
        if brief:
            with st.container():
                _progress(store, run)
        else:
            st.caption(started, help=run.id, width="stretch")
        _buttons(store, run)
    if origin := parent_text(store, run):
        st.caption(f":material/subdirectory_arrow_right: {origin}")


def _failure(run: Run) -> None:
    for line in run.record.message.splitlines() or [_("No reason was recorded.")]:
        st.error(on_screen(_(line)), icon=":material/error:")
    st.caption(_("Run {id}. The measurements up to then are shown below.").format(id=run.id))


def _progress(store: Store, run: Run) -> None:
    if run.state == "queued":
        _place_in_queue(store, run)
    elif run.live:
        st.progress(min(max(run.record.progress.fraction, 0.0), 1.0), text=_doing(run))
    elif run.record.message and run.state != "failed":
        st.info(on_screen(_(run.record.message)), icon=":material/info:")


def _notes(store: Store, run: Run) -> None:
    try:
        notes = store.notes(run.id)
    except StoreError as error:
        errors(error)
        return
    for note in sorted(notes, key=doubts_accuracy, reverse=True):
        said = plain(shown_note(note))
        if doubts_accuracy(note):  # no small print
            st.markdown(f":orange[:material/warning:] {said}")
        else:
            st.caption(f":material/info: {said}")


def _place_in_queue(store: Store, run: Run) -> None:
    place = next((each for each in queue(store) if each.run_id == run.id), None)
    if place is None:
        st.progress(0.0, text=_("Starting …"))
        return
    starts, position = duration(place.starts_in_s) if place.starts_in_s >= 1 else "", place.position
    if starts and position == 1:
        words = _("Next in the queue: starts in about {time}")
    elif starts:
        words = _("Number {position} in the queue: starts in about {time}")
    else:
        words = _("Next in the queue.") if position == 1 else _("Number {position} in the queue.")
    st.progress(0.0, text=words.format(position=position, time=starts))


def _doing(run: Run) -> str:
    if run.record.request == "stop":
        return _("Stopping at the next batch …")
    if run.record.request == "pause" and run.state == "running":
        return _("Pausing at the next batch …")
    doing = _stage(run)
    return _("Paused. {what}").format(what=doing) if run.state == "paused" else doing


def _stage(run: Run) -> str:
    """The current stage, or the work between two stages."""
    now = run.record.progress
    if now.stage is None or now.step >= now.steps:
        return _between_stages(now)
    teacher, left = now.stage == "teacher", duration(now.seconds_left)
    if left and not teacher:
        words = _("The students learn: epoch {epoch} of {epochs}, {left} left")
    elif teacher:
        words = _("The teacher learns: epoch {epoch} of {epochs}")
    else:
        words = _("The students learn: epoch {epoch} of {epochs}")
    text = words.format(epoch=min(int(now.epoch) + 1, now.epochs), epochs=now.epochs, left=left)
    return _("{what}. {why}").format(what=text, why=text_of(SLOWED)) if now.doing == SLOWED else text


def _between_stages(now: Progress) -> str:
    """Loading and preparing, or the test at the end, with the time left there."""
    doing = f"{text_of(now.doing) or _('Preparing')} …"
    if now.stage != "students":
        return doing
    if not now.seconds_left >= 1:
        return _("The students are tested: {doing}").format(doing=doing)
    left = duration(rounded(now.seconds_left))
    return _("The students are tested, about {left} left: {doing}").format(left=left, doing=doing)


def _buttons(store: Store, run: Run) -> None:
    if not store.may_change(run):
        if run.state == "finished":
            with st.container(horizontal=True, width="content"):
                _links(store, run)
        return
    with st.container(horizontal=True, width="content"):
        if run.state == "running":
            _button("Pause", _("Pause"), "pause", pause, store, run)
        if run.state == "paused":
            _button("Resume", _("Resume"), "play_arrow", resume, store, run)
        if not run.ended:
            words = _("Stop") if run.live else _("Leave the queue")
            _button("Stop" if run.live else "Leave", words, "stop", stop, store, run)
        if run.state in ("cancelled", "interrupted", "failed"):
            _button("Resume", _("Resume"), "play_arrow", resume, store, run)
        if run.state == "finished":
            _links(store, run)


def _links(store: Store, run: Run) -> None:
    """Where a finished run can be looked at."""
    if not run.config.marks:  # else the link is beside what the marks have changed
        compare_with_parent(store, run)
    st.page_link(
        "pages/agreement.py",
        label=_("Where should it look?"),
        icon=":material/draw:",
        query_params=with_language({"run": run.id, MARKING: "1"}),
    )
    st.page_link(
        "pages/explain.py",
        label=_("Explain its predictions"),
        icon=":material/center_focus_strong:",
        query_params=with_language({}),
    )
    st.page_link(
        "pages/agreement.py",
        label=_("Agreement on all test images"),
        icon=":material/compare:",
        query_params=with_language({}),
    )


def _button(
    key: str, label: str, icon: str, action: Callable[[Store, str], None], store: Store, run: Run
) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=f"live_{key}", on_click=safely(action), args=(store, run.id)
    )


def _curves(store: Store, run: Run, measured: tuple[Measured, ...]) -> None:
    """Accuracy and agreement by epoch, or over time."""
    above = st.container()
    _below_charts(store, run, measured)
    with above:
        _charts(store, run, measured, ("accuracy", "agreement"))


def _loss_terms(store: Store, run: Run, measured: tuple[Measured, ...]) -> None:
    drawer = st.expander(_("Loss terms"), icon=":material/show_chart:", key="losses_open", on_change="rerun")
    if drawer.open:
        with drawer:
            st.caption(_("Loss: {formula}").format(formula=formula(run.config)))
            st.caption(_("Bold: running mean over about an epoch. Faint: as measured, batch by batch."))
            with st.grid(len(LOSS_PARTS), min_column_width=220):
                _charts(store, run, measured, LOSS_PARTS)


def _charts(store: Store, run: Run, measured: tuple[Measured, ...], names: tuple[str, ...]) -> None:
    over: CurveAxis = "time" if st.session_state["over_time"] and _timed(measured) else "epochs"
    for each in charts(store, run, measured, over, names):
        chart(each, key=f"chart_{each.name}", file=f"kdviz-{each.name}", note=each.info.note)


def _timed(measured: tuple[Measured, ...]) -> bool:
    """Whether times were recorded."""
    return any(ELAPSED in each.values for each in measured)


def _few_marks(store: Store, run: Run) -> str:
    """How many training images are marked, where so few are that many batches have none; else ""."""
    count = marks_of(store, run) if run.config.map_source == "mask" else None
    if count is None:
        return ""
    try:
        config = run.config
        counts = image_counts(config.dataset, config.data, config.columns)
        images = config.train_count or counts.train
    except KdvizError:  # the files are gone
        return ""
    marks = count.drawn + count.of_data
    if marks * run.config.batch_size >= _MARKS_A_BATCH * images:
        return ""
    return plural(
        "{marks} of {count} training image is marked",
        "{marks} of {count} training images are marked",
        images,
        marks=f"{marks:,}",
    )


def _below_charts(store: Store, run: Run, measured: tuple[Measured, ...]) -> None:
    """The choice of the x axis, the gradient share of the explanation loss, and undefined maps."""
    share = latest_value(measured, "student", "explanation_share")
    missing = latest_value(measured, "student", "dead_map_rate")
    with st.container(horizontal=True, vertical_alignment="center"):
        timed = _timed(measured)
        st.toggle(
            _("Over time"),
            key="over_time",
            bind=url_state.binding("over_time"),
            disabled=not timed,
            help=_("Plot the curves against training time instead of epochs. Pauses are left out.")
            if timed
            else _("This run was recorded without times."),
        )
        if math.isfinite(share) and (few := _few_marks(store, run)):
            st.badge(
                few,
                icon=":material/balance:",
                help=_("A batch without a marked image has no explanation loss."),
            )
        elif math.isfinite(share):
            about = _("The explanation loss's share of the student's gradient. It says more than λ itself.")
            little_left = _("Little of it is left for the answers: a smaller λ leaves more.")
            st.badge(
                _("Explanation loss: {share} of the gradient").format(share=percent(share)),
                icon=":material/balance:",
                color="orange" if share > _MOST_SHARE else "blue",
                help=sentences(about, little_left if share > _MOST_SHARE else ""),
            )
        if missing > 0:
            st.badge(
                _("{share} of the student's maps are undefined").format(share=percent(missing)),
                icon=":material/visibility_off:",
                color="orange",
                help=_("Their Grad-CAM has no positive part. They are left out of the agreement."),
            )
