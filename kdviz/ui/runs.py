"""The table of all runs, and what can be done with one of them."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.figures import duration
from kdviz.jobs import resume
from kdviz.models import MODELS
from kdviz.store import RunRecord, Store
from kdviz.ui.choice import show_run
from kdviz.ui.notebook import notebook
from kdviz.ui.travel import clone, downloads, just_imported
from kdviz.ui.words import STATES, ago, plain

_DELETED = "just_deleted"
_ENDED_EARLY = ("cancelled", "interrupted", "failed")


def runs_table(store: Store) -> RunRecord | None:
    """The table, pinned first, then newest first. Returns the run whose row is chosen."""
    runs = matching(in_order(store.runs()), _wanted())
    now = time.time()
    chosen = st.dataframe(
        table(runs, now=now),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=table_key(runs),
        column_config=_COLUMNS,
        alt="All runs, pinned first, then newest first, with settings and figures",
    )
    st.download_button(
        "Table as CSV",
        data=lambda: table(runs, now=now).to_csv(index=False).encode("utf-8-sig"),
        file_name="kdviz-runs.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    rows = chosen["selection"]["rows"]
    return runs[rows[0]] if rows and rows[0] < len(runs) else just_imported(store)


def in_order(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Pinned runs first, each half in the order it came in."""
    return sorted(runs, key=lambda run: not run.pinned)


def matching(runs: Sequence[RunRecord], wanted: str) -> list[RunRecord]:
    """The runs in which each of the words occurs: in name, id, tags, note, data, networks or state."""
    words = wanted.casefold().split()
    return [run for run in runs if all(word in _text(run) for word in words)]


def table_key(runs: Sequence[RunRecord]) -> str:
    """A key for one list of runs: rows are chosen by number, and must not come to mean another run."""
    return f"runs_table.{zlib.crc32(' '.join(run.id for run in runs).encode())}"


def actions(store: Store, run: RunRecord) -> None:
    """What can be done with the chosen run."""
    with st.container(border=True):
        why = f": {run.message}" if run.message else ""
        st.markdown(f"**{plain(run.name or run.id)}** · {STATES[run.state][0]}{why}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Open in Distill", icon=":material/model_training:"):
                _open("pages/distill.py", run)
            if st.button("Explain", icon=":material/center_focus_strong:"):
                _open("pages/explain.py", run)
            if run.state in _ENDED_EARLY:
                st.button("Resume", icon=":material/play_arrow:", on_click=resume, args=(store, run.id))
            st.button(
                "Delete",
                icon=":material/delete:",
                on_click=_delete,
                args=(store, run.id),
                disabled=run.live,
                help="Stop it first." if run.live else "It can be brought back.",
            )
            downloads(store, run)
            clone(run)
        notebook(store, run)


def undo(store: Store) -> None:
    """After a deletion: what was deleted, and the way back."""
    if not (run_id := st.session_state.get(_DELETED)):
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f":material/delete: Run {run_id} was deleted.")
        st.button("Undo", icon=":material/undo:", on_click=_restore, args=(store, run_id))


def deleted_runs(store: Store) -> None:
    """Deleted runs: bring back, or remove for good."""
    deleted = [run for run in store.runs(include_deleted=True) if run.deleted]
    if not deleted:
        return
    with st.expander(f"Deleted runs ({len(deleted)})", icon=":material/delete:"):
        for run in deleted:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{run.name or run.id} · {run.config['dataset']}")
                st.button("Restore", key=f"restore_{run.id}", on_click=_restore, args=(store, run.id))
                st.button("Remove for good", key=f"purge_{run.id}", on_click=store.purge, args=(run.id,))


def table(runs: Sequence[RunRecord], *, now: float) -> pd.DataFrame:
    """A row for each run. Shares are in percent; what is not known yet is empty."""
    return pd.DataFrame([_row(run, now) for run in runs])


def _row(run: RunRecord, now: float) -> dict[str, Any]:
    config, results = run.config, run.results or {}
    student, twin = results.get("student", {}), results.get("twin", {})
    return {
        "Run": run.name or run.id,
        "Pinned": "★" if run.pinned else "",
        "Tags": list(run.tags),
        "State": STATES[run.state][0],
        "Data": config["dataset"] if config["cue"] == "none" else f"{config['dataset']} + {config['cue']}",
        "λ": config["explanation_weight"],
        "T": config["temperature"],
        "Teacher → student": f"{_model(config, 'teacher')} → {_model(config, 'student')}",
        "Accuracy": _percent(student),
        "Twin's accuracy": _percent(twin),
        "Agreement": _agreement(student),
        "Twin's agreement": _agreement(twin),
        "Epochs": config["epochs"],
        "Seed": config["seed"],
        "Time": duration(run.progress.seconds) if run.progress.seconds else "",
        "Made": ago(now - run.created),
    }


def _wanted() -> str:
    return st.text_input(
        "Filter",
        placeholder="Filter by name, tag, data, network or state",
        icon=":material/search:",
        label_visibility="collapsed",
        key="runs_filter",
        bind="query-params",
    )


def _text(run: RunRecord) -> str:
    config, state = run.config, STATES[run.state][0]
    names = (_model(config, "teacher"), _model(config, "student"), config["dataset"], config["cue"])
    return " ".join((run.id, run.name, *run.tags, run.note, state, *names)).casefold()


def _model(config: Mapping[str, Any], role: str) -> str:
    spec, width = MODELS.get(config[role]), config[f"{role}_width"]
    return f"{spec.label if spec else config[role]}{f' ×{width:g}' if width != 1 else ''}"


def _percent(figures: Mapping[str, Any]) -> float | None:
    return 100 * figures["test_accuracy"] if figures else None


def _agreement(figures: Mapping[str, Any]) -> float | None:
    return figures["agreement"]["cosine"]["corrected"] if figures else None


def _open(page: str, run: RunRecord) -> None:
    show_run(run.id)
    st.switch_page(page)


def _delete(store: Store, run_id: str) -> None:
    store.delete(run_id)
    st.session_state[_DELETED] = run_id


def _restore(store: Store, run_id: str) -> None:
    store.restore(run_id)
    st.session_state.pop(_DELETED, None)


_COLUMNS = {
    "Run": st.column_config.TextColumn(pinned=True),
    "Tags": st.column_config.ListColumn(),
    "Accuracy": st.column_config.NumberColumn(format="%.1f %%", help="The student's, on the test set."),
    "Twin's accuracy": st.column_config.NumberColumn(format="%.1f %%"),
    "Agreement": st.column_config.NumberColumn(
        format="%.2f", help="The student's Grad-CAM cosine with the teacher: 0 is chance, 1 the same map."
    ),
    "Twin's agreement": st.column_config.NumberColumn(format="%.2f"),
}
