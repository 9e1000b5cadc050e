"""Actions on a run: resume, delete, restore, share and annotate."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.jobs import resume
from kdviz.language import _, plural
from kdviz.store import DamagedRun, Run, Store
from kdviz.store.prepared_examples import came_with_kdviz
from kdviz.ui.frame.error_text import on_screen
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import STATES, plain
from kdviz.ui.frame.server import is_open
from kdviz.ui.runs.annotations import annotation_form
from kdviz.ui.runs.run_selection import clear_chosen
from kdviz.ui.runs.share import downloads, raw_download, reuse_settings
from kdviz.ui.runs.table import data_name
from kdviz.ui.runs.weights import weights
from kdviz.ui.widgets.parent_run import compare_with_parent, parent_text
from kdviz.ui.widgets.report_file import report_progress

_DELETED = "just_deleted"
_ENDED_EARLY = ("cancelled", "interrupted", "failed")


def actions(store: Store, run: Run) -> None:
    """Resume, delete, download or annotate the chosen run."""
    with st.container(border=True):
        state = _(STATES[run.state][0])
        if run.record.message:
            state = _("{name}: {value}").format(name=state, value=on_screen(_(run.record.message)))
        st.markdown(f"**{plain(run.title)}** · {state}", help=run.id)
        if origin := parent_text(store, run):
            st.caption(origin)
        with st.container(horizontal=True, vertical_alignment="center"):
            if run.state in _ENDED_EARLY and store.may_change(run):
                st.button(
                    _("Resume"),
                    icon=":material/play_arrow:",
                    key="resume_run",
                    on_click=safely(resume),
                    args=(store, run.id),
                )
            compare_with_parent(store, run)
            downloads(store, run)
            reuse_settings(run)
        report_progress(store, run)
        weights(store, run)
        if store.may_change(run):
            _sharing(store, run)
            annotation_form(store, run)
            if not came_with_kdviz(run):  # it would be listed again, packed
                _delete_button(store, run)
        else:
            st.caption(_(":material/group: Somebody has shared this run. Only they can change it."))


def _sharing(store: Store, run: Run) -> None:
    """Whether every visitor sees the run; only where there are others."""
    if not is_open():
        return
    st.toggle(
        _("Shared with everyone on this server"),
        value=run.record.shared,
        key=f"shared_{run.id}",
        on_change=safely(_share),
        args=(store, run),
        help=_("Others can open, explain, compare and download it, and use its settings again."),
    )


def _share(store: Store, run: Run) -> None:
    store.share(run.id, shared=bool(st.session_state[f"shared_{run.id}"]))


def _delete_button(store: Store, run: Run) -> None:
    """Last, in its own row: beside other actions it would be pressed by mistake."""
    st.button(
        _("Delete"),
        icon=":material/delete:",
        type="tertiary",
        key="delete_run",
        on_click=safely(_delete),
        args=(store, run),
        disabled=run.live,
        help=_("Stop it first.") if run.live else _("It can be restored."),
    )


def undo(store: Store) -> None:
    """After a deletion: which run was deleted, and a button that restores it."""
    run: Run | None = st.session_state.get(_DELETED)
    if run is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(_(":material/delete: Run {run} was deleted.").format(run=plain(run.title)), help=run.id)
        st.button(
            _("Undo"), icon=":material/undo:", key="undo", on_click=safely(_restore), args=(store, run.id)
        )


def damaged_runs(store: Store) -> None:
    """Runs that cannot be read, each to be deleted."""
    for run in store.damaged_runs():
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f":material/broken_image: {_damage(run)}", width="stretch")
            raw_download(store, run)
            st.button(
                _("Delete"),
                icon=":material/delete:",
                type="tertiary",
                key=f"delete_{run.id}",
                on_click=safely(store.delete),
                args=(run.id,),
                help=_("It can be restored."),
            )


def deleted_runs(store: Store) -> None:
    """Deleted runs, each to be restored or deleted permanently."""
    every: list[Run | DamagedRun] = [
        *store.runs(include_deleted=True),
        *store.damaged_runs(include_deleted=True),
    ]
    deleted = [run for run in every if run.deleted and (isinstance(run, DamagedRun) or store.may_change(run))]
    if not deleted:
        return
    with st.expander(_("Deleted runs ({count})").format(count=len(deleted)), icon=":material/delete:"):
        if len(deleted) > 1:
            _empty_button(store, deleted)
        for run in deleted:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_deleted_name(run))
                st.button(
                    _("Restore"), key=f"restore_{run.id}", on_click=safely(_restore), args=(store, run.id)
                )
                st.button(
                    _("Delete permanently"),
                    key=f"purge_{run.id}",
                    on_click=safely(_purge),
                    args=(store, run.id),
                )


def _empty_button(store: Store, deleted: Sequence[Run | DamagedRun]) -> None:
    """A button that opens what emptying means, with the button that does it."""
    with st.popover(
        _("Delete all permanently"),
        icon=":material/delete_forever:",
        key=f"empty_deleted_{len(deleted)}",  # closed again once they are gone
    ):
        st.markdown(
            plural(
                "{count} run is removed with its networks, maps and figures. **This cannot be undone.**",
                "{count} runs are removed with their networks, maps and figures. **This cannot be undone.**",
                len(deleted),
            )
        )
        st.button(
            plural("Remove {count} run", "Remove {count} runs", len(deleted)),
            icon=":material/delete_forever:",
            key="empty_deleted",
            on_click=safely(_purge_all),
            args=(store, [run.id for run in deleted]),
        )


def _damage(run: DamagedRun) -> str:
    part = {
        "record": _("its record cannot be read"),
        "settings": _("its settings cannot be read"),
        "results": _("its results cannot be read"),
    }[run.part]
    return _("Run **{run}** is damaged: {part}.").format(run=plain(run.id), part=part)


def _deleted_name(run: Run | DamagedRun) -> str:
    if isinstance(run, DamagedRun):
        return _damage(run)
    return f"{plain(run.title)} · {plain(data_name(run.config))}"


def _delete(store: Store, run: Run) -> None:
    store.delete(run.id)
    st.session_state[_DELETED] = run
    clear_chosen()


def _restore(store: Store, run_id: str) -> None:
    store.restore(run_id)
    st.session_state.pop(_DELETED, None)


def _purge_all(store: Store, run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        _purge(store, run_id)


def _purge(store: Store, run_id: str) -> None:
    store.purge(run_id)
    deleted = st.session_state.get(_DELETED)
    if deleted is not None and deleted.id == run_id:
        del st.session_state[_DELETED]  # nothing is left to restore
