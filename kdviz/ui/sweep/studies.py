"""Studies: the menu, what they contain, and what those without results would measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError
from kdviz.language import _, listed, plural, sentences
from kdviz.store import Run, Store
from kdviz.study import StudyStatus, axes, read_study, study_status
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import errors, safely
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.frame.run_menu import title_with_origin
from kdviz.ui.frame.subject import speak_of_data
from kdviz.ui.sweep.grid import axis_name
from kdviz.ui.sweep.study_of_open_run import about_own_study, open_run, study_of_open_run
from kdviz.ui.sweep.swept_study import SweptStudy
from kdviz.ui.widgets.setting_names import setting_value

FOLDER = Path(__file__).parents[3] / "studies"
"""Beside app.py."""


@dataclass(frozen=True)
class ChosenStudy:
    """The selected study with the status of its runs. not_measured: other ones without a finished run."""

    shown: SweptStudy
    status: StudyStatus
    not_measured: tuple[SweptStudy, ...]


def choose_study(store: Store) -> ChosenStudy | None:
    """A menu of the study of the open run and of the measured studies; None if there is nothing to show.

    The most complete one is first. A study that is not measured is in the menu while it is selected, and
    where none is. Default: the most complete study, packaged runs included; of equal ones, one of the data of
    the run that other pages show. For a run on the visitor's own files it is that of the run.
    """
    files = {study.name: study for study in _study_files()}
    wanted = url_state.kept_choice("study", [*files, url_state.THIS_RUN])
    run = open_run(store, chosen=wanted == url_state.THIS_RUN)
    runs = store.runs()
    status = {name: study_status(runs, study.points) for name, study in files.items()}
    ranked = sorted(files, key=lambda name: _rank(files[name], status[name], run))
    offered = [name for name in ranked if files[name].study.offered or status[name].done]
    in_menu = [name for name in ranked if status[name].done or name == wanted] or offered
    labels = {name: _menu_label(files[name], len(status[name].done)) for name in in_menu}
    if run is not None:
        labels = {url_state.THIS_RUN: _("This run: {run}").format(run=title_with_origin(run)), **labels}
    if not labels:
        return None
    of_run = not in_menu or (run is not None and DATASETS[run.config.dataset].own_files is not None)
    default = url_state.THIS_RUN if of_run else in_menu[0]
    chosen = url_state.menu("study", _("Study"), labels, default=default, show_default=True)
    others = tuple(files[name] for name in offered if name not in in_menu)
    if chosen == url_state.THIS_RUN and run is not None:
        found = study_of_open_run(run)
        return ChosenStudy(found, study_status(runs, found.points), others)
    speak_of_data(*{point.config.dataset for point in files[chosen].points})
    return ChosenStudy(files[chosen], status[chosen], others)


def _rank(study: SweptStudy, now: StudyStatus, run: Run | None) -> tuple[float, bool, int, int]:
    """The most complete first; of complete ones the largest, of those without a run the smallest."""
    size = len(study.points)
    other = run is None or run.config.dataset not in {point.config.dataset for point in study.points}
    return (-len(now.done) / size, other, -len(now.own), -size if now.done else size)


def _menu_label(file: SweptStudy, done: int) -> str:
    form = _("{study} · {done} of {all} runs") if done else _("{study} · not measured yet, {all} runs")
    return form.format(study=_(file.study.name), done=done, all=len(file.points))


def other_studies(files: Sequence[SweptStudy]) -> None:
    """Studies that are not measured yet, each with a button that opens it."""
    if not files:
        return
    with st.expander(
        _("Other studies, not measured yet ({count})").format(count=len(files)), icon=":material/pending:"
    ):
        for file in files:
            runs = plural("{count} run", "{count} runs", len(file.points))
            st.button(
                f"{_(file.study.name)} · {runs}",
                key=f"study_open_{file.name}",
                type="tertiary",
                on_click=safely(url_state.set_choice),
                args=("study", file.name),
            )


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(path: Path, _modified_ns: int) -> SweptStudy:
    study, points = read_study(path)
    return SweptStudy(path.stem, study, points, file=path)


def _study_files() -> list[SweptStudy]:
    """The valid files by name; each invalid one is an error on the page."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found.append(_read(path, path.stat().st_mtime_ns))
        except ConfigError as error:
            errors(error)
    return found


def unmeasured(shown: SweptStudy, now: StudyStatus) -> None:
    """What a study would measure of which nothing can be compared yet, or measures now."""
    varied = [
        f"{axis_name(field)} ({_('; ').join(setting_value(field, value) for value in values)})"
        for field, values in axes(shown.study, shown.points).items()
    ]
    seeds = {point.config.seed for point in shown.points}
    measured = now.running or now.waiting
    count = len(shown.points)
    runs = plural("{count} run would compare", "{count} runs would compare", count)
    if measured:
        runs = plural("{count} run will compare", "{count} runs will compare", count)
    with_seeds = plural("with {count} seed", "with {count} seeds", len(seeds))
    form = _("{runs} {settings}, {seeds}.") if varied else _("{runs} student, twin and placebo, {seeds}.")
    so_far = "" if measured else _("Not measured yet.")
    if now.done:
        so_far = _("Nothing can be compared yet: {done} of {all} runs finished so far.")
    st.info(
        sentences(
            so_far.format(done=len(now.done), all=count),
            form.format(runs=runs, settings=listed(varied), seeds=with_seeds),
        ),
        icon=":material/pending:",
    )


def about_study(shown: SweptStudy) -> None:
    """What the study asks, and of one from a file what that is and how to start it from the command line."""
    with st.expander(_("About this study"), icon=":material/description:"):
        if shown.file is None:
            st.markdown(about_own_study())
            return
        st.markdown(shown.study.about)
        about = _(
            "A study trains a **grid of runs**: every combination of the values below, each with several "
            "seeds, to tell differences from noise. Existing runs are reused. Queue the runs "
            "here, or start the study from the command line:"
        )
        st.markdown(f"{about} ({glossary_link('study')})")
        # No syntax highlighting: Streamlit's colours have too little contrast on a light page.
        st.code(f"python -m kdviz study studies/{shown.file.name}", language=None)
        st.code(shown.file.read_text(encoding="utf-8"), language=None)
