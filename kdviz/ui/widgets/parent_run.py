"""The run that another one goes on from: its name, and a link to the comparison."""

from __future__ import annotations

import streamlit as st

from kdviz.errors import StoreError
from kdviz.language import _
from kdviz.store import Run, Store
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


def parent_text(store: Store, run: Run) -> str:
    """What a run goes on from, and whether on marks; "" without a parent."""
    if not run.config.parent:
        return ""
    parent = parent_run(store, run)
    name = plain(run.config.parent if parent is None else parent.title)
    if run.config.marks:
        return _("Goes on from {run}, on marks of a person.").format(run=name)
    return _("Goes on from {run}.").format(run=name)


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
