"""Study files: the menu, what they contain, and what those without results would measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from kdviz.errors import ConfigError
from kdviz.language import _, listed, plural, sentences
from kdviz.store import Store
from kdviz.study import Point, Study, StudyStatus, axes, read_study, study_status
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import errors, safely
from kdviz.ui.frame.glossary import glossary_link
from kdviz.ui.frame.run_menu import shown_run
from kdviz.ui.frame.subject import speak_of_data
from kdviz.ui.sweep.grid import axis_name
from kdviz.ui.widgets.setting_names import setting_value

FOLDER = Path(__file__).parents[3] / "studies"
"""Beside app.py."""


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


@dataclass(frozen=True)
class ChosenStudy:
    """The selected study with the status of its runs. not_measured: other ones without a finished run."""

    file: StudyFile
    status: StudyStatus
    not_measured: tuple[StudyFile, ...]


def choose_study(store: Store) -> ChosenStudy | None:
    """A menu of the measured studies, the most complete first; None if there is no valid file.

    A study that is not measured is in the menu while it is selected, and where none is. Default: the most
    complete study, packaged runs included; of equal ones, one of the data of the run that other pages show.
    """
    files = {file.name: file for file in _study_files()}
    if not files:
        return None
    runs, shown = store.runs(), shown_run(store)
    status = {name: study_status(runs, file.points) for name, file in files.items()}
    dataset = shown.config.dataset if shown else ""
    ranked = sorted(files, key=lambda name: _rank(files[name], status[name], dataset))
    wanted = url_state.kept_choice("study", files)
    in_menu = [name for name in ranked if status[name].done or name == wanted] or ranked
    labels = {name: _menu_label(files[name], len(status[name].done)) for name in in_menu}
    chosen = url_state.menu("study", _("Study"), labels, default=in_menu[0], show_default=True)
    speak_of_data(*{point.config.dataset for point in files[chosen].points})
    others = tuple(files[name] for name in ranked if name not in in_menu)
    return ChosenStudy(files[chosen], status[chosen], others)


def _rank(file: StudyFile, now: StudyStatus, dataset: str) -> tuple[float, bool, int, int]:
    """The most complete first; of complete ones the largest, of those without a run the smallest."""
    size = len(file.points)
    other = dataset not in {point.config.dataset for point in file.points}
    return (-len(now.done) / size, other, -len(now.own), -size if now.done else size)


def _menu_label(file: StudyFile, done: int) -> str:
    form = _("{study} · {done} of {all} runs") if done else _("{study} · not measured yet, {all} runs")
    return form.format(study=_(file.study.name), done=done, all=len(file.points))


def other_studies(files: Sequence[StudyFile]) -> None:
    """Studies that are not measured yet, each with a button that opens it."""
    if not files:
        return
    with st.expander(_("Not measured yet ({count})").format(count=len(files)), icon=":material/pending:"):
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


def unmeasured(file: StudyFile, done: int) -> None:
    """What a study would measure of which nothing can be compared yet. done: finished runs."""
    varied = [
        f"{axis_name(field)} ({_('; ').join(setting_value(field, value) for value in values)})"
        for field, values in axes(file.study, file.points).items()
    ]
    seeds = {point.config.seed for point in file.points}
    runs = plural("{count} run would compare", "{count} runs would compare", len(file.points))
    with_seeds = plural("with {count} seed", "with {count} seeds", len(seeds))
    form = _("{runs} {settings}, {seeds}.") if varied else _("{runs} student, twin and placebo, {seeds}.")
    so_far = _("Not measured yet.")
    if done:
        so_far = _("Nothing can be compared yet: {done} of {all} runs have finished.")
    st.info(
        sentences(
            so_far.format(done=done, all=len(file.points)),
            form.format(runs=runs, settings=listed(varied), seeds=with_seeds),
        ),
        icon=":material/pending:",
    )


def file_view(file: StudyFile) -> None:
    """What the study asks, what a study is, how to start it from the command line, and the file itself."""
    with st.expander(_("About this study"), icon=":material/description:"):
        st.markdown(file.study.about)
        about = _(
            "A study trains a **grid of runs**: every combination of the values below, each with several "
            "seeds, to tell differences from noise. Existing runs are reused. Queue the runs "
            "here, or start the study from the command line:"
        )
        st.markdown(f"{about} ({glossary_link('study')})")
        # No syntax highlighting: Streamlit's colours have too little contrast on a light page.
        st.code(f"python -m kdviz study studies/{file.path.name}", language=None)
        st.code(file.path.read_text(encoding="utf-8"), language=None)
