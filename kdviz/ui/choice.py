"""Which run a page shows. The choice is in the URL, and one for all pages."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.store import RunRecord, Store
from kdviz.ui.words import STATES

_KEY = "run"


def choose_run(store: Store, *, prefer: Sequence[str] = ()) -> str | None:
    """A menu of all runs, newest first; None where there are none, or none is chosen.

    prefer: states from which the newest run is chosen where nobody has chosen yet.
    """
    runs = {run.id: run for run in store.runs()}
    _explain_missing(runs)
    if _KEY not in st.session_state and _KEY not in st.query_params:
        st.session_state[_KEY] = next((run.id for run in runs.values() if run.state in prefer), None)
    if not runs:
        return None
    chosen = st.selectbox(
        "Run",
        options=list(runs),
        index=None,
        placeholder="Choose a run",
        key=_KEY,
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(chosen) if chosen else None


def show_run(run_id: str) -> None:
    """Make a run the chosen one. Call it before the menu is drawn, or from a callback."""
    st.session_state[_KEY] = run_id


def title(run: RunRecord) -> str:
    """A run in a few words."""
    config = run.config
    return f"{run.name or run.id}: {config['dataset']}, λ {config['explanation_weight']:g}, {STATES[run.state][0].lower()}"


def _explain_missing(runs: dict[str, RunRecord]) -> None:
    """A link to a run that is gone says so; the menu alone would show another one without a word."""
    wanted = st.query_params.get(_KEY)
    if wanted and wanted not in runs and _KEY not in st.session_state:
        st.warning(f"run: there is no run {wanted!r} here. It may have been deleted. Choose another.")
