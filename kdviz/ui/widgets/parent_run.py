"""The run that another one goes on from: its name, and a link to the comparison."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit as st

from kdviz.errors import StoreError
from kdviz.language import _, plural
from kdviz.store import Run, Store
from kdviz.store.marks import MarksCount, count_marks
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.language_switch import with_language

MARKING = "marking"
"""The URL parameter that is 1 where the section on marks is open on Agreement."""


def parent_run(store: Store, run: Run) -> Run | None:
    """The parent; None without one, or if it has been deleted."""
    if not run.config.parent:
        return None
    try:
        found = store.run(run.config.parent)
    except StoreError:
        return None
    return None if found.deleted else found


def epochs_before(store: Store, run: Run) -> int:
    """Epochs that the students were trained for in the runs that a run goes on from, unless deleted."""
    parent = parent_run(store, run)
    return 0 if parent is None else parent.config.epochs + epochs_before(store, parent)


def parent_text(store: Store, run: Run) -> str:
    """What a run goes on from, and whether on marks; "" without a parent."""
    if not run.config.parent:
        return ""
    name = plain(parent_name(store, run))
    if run.config.marks:
        return _("Goes on from {run}, on {marks}.").format(run=name, marks=marks_text(store, run))
    return _("Goes on from {run}.").format(run=name)


def marks_of(store: Store, run: Run) -> MarksCount | None:
    """How many masks the run was trained on, by origin; None without any, or if they cannot be read."""
    try:
        return _counted(store.own_files(run.id)["marks"])
    except (StoreError, KeyError):
        return None


def parent_name(store: Store, run: Run) -> str:
    """The title of the parent, its identifier if it has gone; "" without one."""
    parent = parent_run(store, run)
    return (run.config.parent or "") if parent is None else parent.title


def marks_text(store: Store, run: Run) -> str:
    """How many masks a run on marks was trained on, by origin."""
    if (count := marks_of(store, run)) is None:
        return _("marks")
    if not count.of_data:  # files of earlier versions do not say what was drawn
        return plural("{count} mark", "{count} marks", count.drawn)
    of_data = plural("{count} mask of the data", "{count} masks of the data", count.of_data)
    if not count.drawn:
        return of_data
    drawn = plural("{count} drawn mark", "{count} drawn marks", count.drawn)
    return _("{drawn} and {of_data}").format(drawn=drawn, of_data=of_data)


@lru_cache(maxsize=64)
def _counted(file: str) -> MarksCount:
    """Of a run's own copy, which never changes."""
    return count_marks(Path(file))


def compare_with_parent(store: Store, run: Run) -> None:
    """A link to both runs side by side, if the parent is there and has results."""
    parent = parent_run(store, run)
    if parent is None or parent.results is None:
        return
    st.page_link(
        "pages/runs.py",
        label=_("Compare with its parent"),
        icon=":material/compare_arrows:",
        query_params=with_language({"compare": f"{parent.id},{run.id}"}),
    )
