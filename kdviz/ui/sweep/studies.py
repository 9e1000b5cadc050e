"""Study files: the menu, the progress of their runs, and the queue for missing ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from kdviz.errors import ConfigError
from kdviz.figures.style import duration
from kdviz.language import _, listed, plural
from kdviz.store import Run, Store
from kdviz.study import Point, Study, StudyStatus, axes, read_study, seconds_left, study_status
from kdviz.ui.frame import url_state
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.frame.shell import errors
from kdviz.ui.sweep.grid import axis_name
from kdviz.ui.widgets.estimate import rounded
from kdviz.ui.widgets.setting_names import setting_value
from kdviz.ui.widgets.study_progress import failure_warning, queue_runs, runs_bar, with_time_left

FOLDER = Path(__file__).parents[3] / "studies"
"""Beside app.py."""

_EVERY_S = 2.0


@dataclass(frozen=True)
class StudyFile:
    """A valid study file with its runs."""

    path: Path
    study: Study
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """Its name in links."""
        return self.path.stem


def choose_study(runs: Sequence[Run]) -> StudyFile | None:
    """A menu of the study files, the most complete first; None if there is no valid file.

    Default: the most complete study, packaged runs included; of equal ones that with the most runs finished
    here, then the smallest.
    """
    files = {file.name: file for file in _study_files()}
    if not files:
        return None
    status = {name: study_status(runs, file.points) for name, file in files.items()}
    done = {name: len(now.done) for name, now in status.items()}
    sizes = {name: len(file.points) for name, file in files.items()}
    default = min(files, key=lambda name: (-done[name] / sizes[name], -len(status[name].own), sizes[name]))
    labels = {
        name: _menu_label(files[name], done[name])
        for name in sorted(files, key=lambda name: (-done[name] / sizes[name], files[name].study.name))
    }
    chosen = url_state.menu("study", _("Study"), labels, default=default, show_default=True)
    return files[chosen]


def _menu_label(file: StudyFile, done: int) -> str:
    form = _("{study} · {done} of {all} runs") if done else _("{study} · not measured yet, {all} runs")
    return form.format(study=file.study.name, done=done, all=len(file.points))


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(path: Path, _modified_ns: int) -> StudyFile:
    study, points = read_study(path)
    return StudyFile(path, study, points)


def _study_files() -> list[StudyFile]:
    """The valid files by name; each invalid one is an error on the page."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found.append(_read(path, path.stat().st_mtime_ns))
        except ConfigError as error:
            errors(error)
    return found


def study_progress(store: Store, file: StudyFile) -> StudyStatus:
    """Progress of the runs that are queued or in training, and a button that queues missing ones."""
    now = study_status(store.runs(), file.points)
    failure_warning(now)
    if now.running or now.waiting:
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
    if now.missing:
        _queue_button(store, file, now)
    return now


def _progress_text(file: StudyFile, now: StudyStatus) -> str:
    text = _("{done} of {all} runs finished, {waiting} queued").format(
        done=len(now.own), all=len(file.points), waiting=len(now.waiting)
    )
    return f"{with_time_left(text, file.points, now)} …"


def _queue_button(store: Store, file: StudyFile, now: StudyStatus) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _queue_label(now),
            icon=":material/playlist_add:",
            type="secondary" if now.done else "primary",
            key="study_queue",
            on_click=queue_runs,
            args=(store, file.study, file.points),
            help=_("Runs are trained one after another, also after a restart of the server."),
        )
        if left := duration(rounded(seconds_left(now.missing, now.own))):
            st.caption(
                _("About {time} on this computer (estimated from its finished runs)").format(time=left),
                width="content",
            )


def _queue_label(now: StudyStatus) -> str:
    count = len(now.missing)
    if now.packaged:
        return plural("Measure {count} run here", "Measure {count} runs here", count)
    return plural("Queue {count} missing run", "Queue {count} missing runs", count)


def unmeasured(file: StudyFile) -> None:
    """What a study without a finished run would measure."""
    varied = [
        f"{axis_name(field)} ({listed(setting_value(field, value) for value in values)})"
        for field, values in axes(file.study, file.points).items()
    ]
    seeds = {point.config.seed for point in file.points}
    runs = plural("{count} run would compare", "{count} runs would compare", len(file.points))
    with_seeds = plural("with {count} seed", "with {count} seeds", len(seeds))
    text = _("Not measured yet. {runs} {settings}, {seeds}.")
    if not varied:
        text = _("Not measured yet. {runs} student, twin and placebo, {seeds}.")
    st.info(text.format(runs=runs, settings=listed(varied), seeds=with_seeds), icon=":material/pending:")


def file_view(file: StudyFile) -> None:
    """What a study is, how to start it from the command line, and the file itself."""
    with st.expander(_("Study file"), icon=":material/description:"):
        about = _(
            "A study trains a **grid of runs**: every combination of the values below, each with several "
            "seeds, so that differences can be told from chance. Existing runs are reused. Queue the runs "
            "here, or start the study from the command line:"
        )
        st.markdown(f"{about} ({glossary_link('study')})")
        # No syntax highlighting: Streamlit's colours have too little contrast on a light page.
        st.code(f"python -m kdviz study studies/{file.path.name}", language=None)
        st.code(file.path.read_text(encoding="utf-8"), language=None)
