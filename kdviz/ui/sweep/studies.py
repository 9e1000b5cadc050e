"""Which study a page shows, how far it is, and the queue for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from kdviz.errors import ConfigError
from kdviz.figures.style import duration
from kdviz.language import _, plural
from kdviz.store import Run, Store
from kdviz.study import Point, Standing, Study, read_study, seconds_left, standing
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.shell import errors
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.study_progress import failure_warning, queue_runs, runs_bar, time_left

FOLDER = Path(__file__).parents[3] / "studies"
"""Beside app.py."""

_EVERY_S = 2.0


@dataclass(frozen=True)
class Plan:
    """A study file that can be carried out."""

    file: Path
    study: Study
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """Its name in links."""
        return self.file.stem


def choose_study(runs: Sequence[Run]) -> Plan | None:
    """A menu of the study files, each with how far it is. None where there is no file that can be read.

    Where nobody has chosen yet, the one with the most runs; of those without, the smallest.
    """
    plans = {plan.name: plan for plan in _plans()}
    if not plans:
        return None
    done = {name: len(standing(runs, plan.points).done) for name, plan in plans.items()}
    _say_gone(plans)
    usual = min(plans, key=lambda name: (-done[name], len(plans[name].points)))
    form = _("{study} · {done} of {all} runs")
    labels = {
        name: form.format(study=plan.study.name, done=done[name], all=len(plan.points))
        for name, plan in plans.items()
    }
    chosen = url_state.menu("study", _("Study"), labels, default=usual, show_default=True)
    return plans[chosen]


def on_its_way(store: Store, plan: Plan) -> Standing:
    """How far the study is, live while runs of it are on their way; what is missing can be queued."""
    now = standing(store.runs(), plan.points)
    failure_warning(now)
    if now.going or now.waiting:
        runs_bar(
            store,
            plan.points,
            now,
            share=lambda now: len(now.done) / len(plan.points),
            text=lambda now: _doing(plan, now),
            every_s=_EVERY_S,
            stop_key="study_stop",
            stop_help=_("Takes the waiting runs back, and stops the one that is being trained."),
        )
    if now.missing:
        _queue(store, plan, now)
    return now


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(path: Path, _changed: int) -> Plan:
    study, points = read_study(path)
    return Plan(path, study, points)


def _plans() -> list[Plan]:
    """The files in their order; one line for each that is wrong."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found.append(_read(path, path.stat().st_mtime_ns))
        except ConfigError as error:
            errors(error)
    return found


def _say_gone(plans: Mapping[str, Plan]) -> None:
    asked = url_state.requested("study")
    if asked and asked not in plans:
        st.warning(
            _("study: there is no study {asked} here. Choose another.").format(asked=plain(repr(asked)))
        )


def _queue(store: Store, plan: Plan, now: Standing) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            plural(
                "Queue what is missing: {count} run", "Queue what is missing: {count} runs", len(now.missing)
            ),
            icon=":material/playlist_add:",
            type="secondary" if now.done else "primary",
            key="study_queue",
            on_click=queue_runs,
            args=(store, plan.study, plan.points),
            help=_("They are trained one after the other, and go on after a restart of the server."),
        )
        left = duration(rounded(seconds_left(now.missing, now.done)))
        if left:
            st.caption(_("About {time}, by those that are done.").format(time=left), width="content")


def _doing(plan: Plan, now: Standing) -> str:
    words = _("{done} of {all} runs are done, {waiting} wait").format(
        done=len(now.done), all=len(plan.points), waiting=len(now.waiting)
    )
    if left := time_left(plan.points, now):
        words = _("{doing}, about {left} left").format(doing=words, left=left)
    return f"{words} …"


def how_to_start(plan: Plan, *, expanded: bool) -> None:
    """What a study is, how one is started without a browser, and the file itself."""
    with st.expander(_("The study file"), icon=":material/description:", expanded=expanded):
        st.markdown(
            _(
                "A study trains a **grid of runs**: every combination of the values below, each with several "
                "seeds, so that a difference can be told from luck. Runs that are there already are taken "
                "over. Queue them here, or start the study from the command line:"
            )
        )
        # Without colours: those that Streamlit gives to code are too faint on a light page.
        st.code(f"python -m kdviz study studies/{plan.file.name}", language=None)
        st.code(plan.file.read_text(encoding="utf-8"), language=None)
