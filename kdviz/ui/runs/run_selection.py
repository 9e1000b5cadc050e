"""The runs that are selected in the table of all runs. The selection is in the URL."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence

import streamlit as st

from kdviz.language import plural
from kdviz.store import Run, Store
from kdviz.store.prepared_examples import PACKED, open_example, packed_run, still_packed
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain, shortened
from kdviz.ui.frame.run_menu import show_run

_LINK, _CHOSEN, _TABLE = "compare", "chosen_runs", "runs_table_shown"


def chosen_runs(store: Store) -> list[Run]:
    """The selected runs in order of selection; warns of runs in the link that do not exist.

    A packed run is opened when it is selected.
    """
    known = {run.id for run in listed_runs(store)}
    requested = url_state.requested_list(_LINK)
    if requested is not None:
        choose_runs(each for each in requested if each in known)
        _warn_of_missing([each for each in requested if each not in known])
    _open_packed(store)
    runs = {run.id: run for run in store.runs()}
    return [runs[each] for each in st.session_state.get(_CHOSEN, ()) if each in runs]


def listed_runs(store: Store) -> list[Run]:
    """All runs, newest first, and those that came with kdviz and are still packed."""
    runs = store.runs()
    return sorted([*runs, *still_packed(runs)], key=lambda run: -run.record.created)


def _open_packed(store: Store) -> None:
    """Import the packed runs among the selected ones, which may get another id."""
    packed = {run.id for run in still_packed(store.runs())}
    chosen: tuple[str, ...] = st.session_state.get(_CHOSEN, ())
    if packed.isdisjoint(chosen):
        return
    names = {packed_run(name).id: name for name in PACKED}
    opened = {each: open_example(store, names[each]) if each in packed else each for each in chosen}
    choose_runs(opened.values())


def choose_runs(run_ids: Iterable[str]) -> None:
    """Select these runs, whatever the URL and the table contain."""
    _keep(run_ids)
    st.session_state.pop(st.session_state.get(_TABLE, "none"), None)  # rows marked before


def write_chosen(chosen: Sequence[Run]) -> None:
    """Write the selected runs into the URL."""
    url_state.set_param(_LINK, ",".join(run.id for run in chosen))


def mark_rows(listed: Sequence[Run], chosen: Collection[Run]) -> str:
    """The key of a table of these runs in which the selected ones are marked.

    Streamlit stores row numbers, so each list of runs has its own key.
    """
    key = table_key(listed)
    if key not in st.session_state:
        ids = [run.id for run in chosen]
        rows = [row for row, run in enumerate(listed) if run.id in ids]
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.session_state[_TABLE] = key
    return key


def table_key(listed: Sequence[Run]) -> str:
    """The key of the table that lists these runs."""
    return f"runs_table.{zlib.crc32(' '.join(run.id for run in listed).encode())}"


def take_rows(listed: Sequence[Run], chosen: Sequence[Run]) -> None:
    """Callback: select the marked rows; selected runs that are not in the table stay selected.

    A click on a cell selects its run alone.
    """
    shown = [run.id for run in listed]
    selection = st.session_state[table_key(listed)]["selection"]
    if selection["cells"]:
        choose_runs([shown[selection["cells"][0][0]]])
        return
    marked = [shown[row] for row in selection["rows"]]
    kept = [run.id for run in chosen if run.id not in shown or run.id in marked]
    _keep([*kept, *marked])


def toggle_run(run_id: str) -> None:
    """Callback: select a run, or leave it out."""
    chosen: tuple[str, ...] = st.session_state.get(_CHOSEN, ())
    left = tuple(each for each in chosen if each != run_id)
    choose_runs(left if run_id in chosen else (*chosen, run_id))


def clear_chosen() -> None:
    """Callback: clear the selection."""
    choose_runs(())


def _keep(run_ids: Iterable[str]) -> None:
    """A single selected run is also the one that the other pages show."""
    chosen = tuple(dict.fromkeys(run_ids))
    st.session_state[_CHOSEN] = chosen
    url_state.ignore_pending()
    if len(chosen) == 1:
        show_run(chosen[0])


def _warn_of_missing(run_ids: Sequence[str]) -> None:
    if run_ids:
        st.warning(
            plural(
                "compare: {count} run in this link does not exist: {runs}. It may have been deleted.",
                "compare: {count} runs in this link do not exist: {runs}. They may have been deleted.",
                len(run_ids),
                runs=plain(", ".join(map(shortened, run_ids))),
            )
        )
