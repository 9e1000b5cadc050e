"""The table of all runs, and what can be done with one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.config import RunConfig
from kdviz.jobs import resume
from kdviz.language import _, plural, sentences
from kdviz.models import MODELS
from kdviz.store import Run, Store
from kdviz.types import ArmResult
from kdviz.ui.frame.formatting import STATES, plain
from kdviz.ui.frame.run_menu import show_run
from kdviz.ui.runs.annotations import notebook
from kdviz.ui.runs.run_selection import chosen_runs, clear_chosen, mark_rows, take_rows, write_chosen
from kdviz.ui.runs.share import clone, downloads
from kdviz.ui.runs.weights import weights
from kdviz.ui.widgets.downloads import csv_button

_DELETED = "just_deleted"
_ENDED_EARLY = ("cancelled", "interrupted", "failed")


def runs_table(store: Store) -> list[Run]:
    """The table, pinned first, then newest first. Returns the chosen runs, in the order of choosing."""
    chosen = chosen_runs(store)
    listed = matching(in_order(store.runs()), _wanted())
    st.dataframe(
        table(listed),
        hide_index=True,
        on_select=lambda: take_rows(listed, chosen),
        selection_mode="multi-row",
        key=mark_rows(listed, chosen),
        column_config=_columns() | _unused(listed),
        placeholder="–",
        alt=_("All runs, pinned first, then newest first, with settings and figures"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        csv_button(lambda: table(listed), file="kdviz-runs", key="runs_csv")
        if chosen:
            _chosen(chosen, hidden=len({run.id for run in chosen} - {run.id for run in listed}))
    write_chosen(chosen)
    return chosen


def in_order(runs: Sequence[Run]) -> list[Run]:
    """Pinned runs first, each half in the order it came in."""
    return sorted(runs, key=lambda run: not run.record.pinned)


def matching(runs: Sequence[Run], wanted: str) -> list[Run]:
    """The runs in which each of the words occurs: in name, id, tags, note, data, networks or state."""
    words = wanted.casefold().split()
    return [run for run in runs if all(word in _text(run) for word in words)]


def actions(store: Store, run: Run) -> None:
    """What can be done with the chosen run."""
    with st.container(border=True):
        state = _(STATES[run.state][0])
        if run.record.message:
            state = _("{name}: {value}").format(name=state, value=plain(_(run.record.message)))
        st.markdown(f"**{plain(run.title)}** · {state}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(_("Open in Distill"), icon=":material/model_training:", key="open_distill"):
                _open("pages/distill.py", run)
            if st.button(_("Explain"), icon=":material/center_focus_strong:", key="open_explain"):
                _open("pages/explain.py", run)
            if run.state in _ENDED_EARLY:
                st.button(
                    _("Resume"),
                    icon=":material/play_arrow:",
                    key="resume_run",
                    on_click=resume,
                    args=(store, run.id),
                )
            st.button(
                _("Delete"),
                icon=":material/delete:",
                key="delete_run",
                on_click=_delete,
                args=(store, run.id),
                disabled=run.live,
                help=_("Stop it first.") if run.live else _("It can be brought back."),
            )
            downloads(store, run)
            clone(run)
        weights(store, run)
        notebook(store, run)


def undo(store: Store) -> None:
    """After a deletion: what was deleted, and the way back."""
    if not (run_id := st.session_state.get(_DELETED)):
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(_(":material/delete: Run {run} was deleted.").format(run=run_id))
        st.button(_("Undo"), icon=":material/undo:", key="undo", on_click=_restore, args=(store, run_id))


def deleted_runs(store: Store) -> None:
    """Deleted runs: bring back, or remove for good."""
    deleted = [run for run in store.runs(include_deleted=True) if run.record.deleted]
    if not deleted:
        return
    with st.expander(_("Deleted runs ({count})").format(count=len(deleted)), icon=":material/delete:"):
        for run in deleted:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(run.title)} · {plain(_data(run.config))}")
                st.button(_("Restore"), key=f"restore_{run.id}", on_click=_restore, args=(store, run.id))
                st.button(_("Remove for good"), key=f"purge_{run.id}", on_click=_purge, args=(store, run.id))


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """A row for each run. Shares are in percent; what is not known yet is empty."""
    return pd.DataFrame([_row(run) for run in runs])


def _weight(run: Run) -> float:
    """λ, at its end where it was adapted to a share of the gradient."""
    if run.results is None or run.config.explanation_share is None:
        return float(run.config.explanation_weight)
    return run.results["student"].explanation_weight


def _row(run: Run) -> dict[str, Any]:
    config, results = run.config, run.results or {}
    student, twin = results.get("student"), results.get("twin")
    return {
        "Run": run.title,
        "Pinned": "★" if run.record.pinned else "",
        "Tags": list(run.record.tags),
        "State": _(STATES[run.state][0]),
        "Data": _data(config),
        "λ": _weight(run),
        "T": config.temperature,
        "Teacher → student": " → ".join(
            (_model(config.teacher, config.teacher_width), _model(config.student, config.student_width))
        ),
        "Accuracy": _percent(student),
        "Twin's accuracy": _percent(twin),
        "Agreement": _agreement(student),
        "Twin's agreement": _agreement(twin),
        "Epochs": config.epochs,
        "Seed": config.seed,
        "Seconds": run.record.progress.seconds or None,
        "Made": pd.Timestamp(run.record.created, unit="s", tz="UTC"),
        "Id": run.id,
    }


def _chosen(chosen: Sequence[Run], *, hidden: int) -> None:
    """How many runs are chosen, and a way out."""
    told = plural("{count} run is chosen.", "{count} runs are chosen.", len(chosen))
    if hidden:
        hides = plural("The filter hides {count} of them.", "The filter hides {count} of them.", hidden)
        told = sentences(told, hides)
    st.caption(told, width="content")
    st.button(
        _("Choose none"), icon=":material/close:", type="tertiary", key="choose_none", on_click=clear_chosen
    )


def _wanted() -> str:
    return st.text_input(
        _("Filter"),
        placeholder=_("Filter by name, tag, data, network or state"),
        icon=":material/search:",
        label_visibility="collapsed",
        key="runs_filter",
        bind="query-params",
    )


def _text(run: Run) -> str:
    config, state = run.config, STATES[run.state][0]
    names = (
        _model(config.teacher, config.teacher_width),
        _model(config.student, config.student_width),
        config.dataset,
        config.cue,
    )
    return " ".join(
        (run.id, run.record.name, *run.record.tags, run.record.note, state, _(state), *names)
    ).casefold()


def _data(config: RunConfig) -> str:
    return config.dataset if config.cue == "none" else f"{config.dataset} + {config.cue}"


def _model(name: str, width: float) -> str:
    spec = MODELS.get(name)
    return f"{_(spec.label) if spec else name}{f' ×{width:g}' if width != 1 else ''}"


def _percent(result: ArmResult | None) -> float | None:
    return 100 * result.accuracy if result else None


def _agreement(result: ArmResult | None) -> float | None:
    return result.cosine.corrected if result else None


def _open(page: str, run: Run) -> None:
    show_run(run.id)
    st.switch_page(page)


def _delete(store: Store, run_id: str) -> None:
    store.delete(run_id)
    st.session_state[_DELETED] = run_id
    clear_chosen()


def _restore(store: Store, run_id: str) -> None:
    store.restore(run_id)
    st.session_state.pop(_DELETED, None)


def _purge(store: Store, run_id: str) -> None:
    store.purge(run_id)
    if st.session_state.get(_DELETED) == run_id:
        del st.session_state[_DELETED]  # there is no way back any more


def _unused(runs: Sequence[Run]) -> dict[str, None]:
    """Columns that nobody has filled yet: the table's own menu still has them."""
    return {
        **({} if any(run.record.pinned for run in runs) else {"Pinned": None}),
        **({} if any(run.record.tags for run in runs) else {"Tags": None}),
    }


def _columns() -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "Run": text(_("Run"), pinned=True, width="medium"),
        "Pinned": text(_("Pinned"), width="small"),
        "Tags": st.column_config.ListColumn(_("Tags")),
        "State": text(_("State")),
        "Data": text(_("Data")),
        "λ": number(format="%g", help=_("Weight of the explanation loss.")),
        "T": number(format="%g", help=_("Temperature: how soft the teacher's answers are made.")),
        "Teacher → student": text(_("Teacher → student")),
        "Accuracy": number(_("Accuracy"), format="%.1f %%", help=_("The student's, on the test set.")),
        "Twin's accuracy": number(
            _("Twin's accuracy"), format="%.1f %%", help=_("The same student with λ = 0.")
        ),
        "Agreement": number(
            _("Agreement"),
            format="%.2f",
            help=_("The student's Grad-CAM cosine with the teacher: 0 is chance, 1 the same map."),
        ),
        "Twin's agreement": number(_("Twin's agreement"), format="%.2f"),
        "Epochs": number(_("Epochs")),
        "Seed": number(_("Seed"), format="%d"),
        "Seconds": number(
            _("Time"),
            format=_("{seconds} s").format(seconds="%.0f"),
            help=_("Work on the run, pauses left out."),
        ),
        "Made": st.column_config.DatetimeColumn(
            _("Made"), format="YYYY-MM-DD HH:mm", timezone=st.context.timezone
        ),
        "Id": text(_("Id")),
    }
