"""The run that a page shows. The choice is in the URL, and shared by all pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from kdviz.language import _, sentences
from kdviz.museum.mistakes import warning
from kdviz.store import Run, Store
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain, shortened
from kdviz.ui.frame.heading import beside_title

NEW_RUN = "new"
"""The URL parameter that is 1 where the form of a new run is open on Distill."""

_KEY, _MENU, _GONE = "run", "run_menu", "run_gone"


def choose_run(store: Store, *, prefer: Sequence[str] = ()) -> str | None:
    """A menu of all runs beside the page's title, newest first; None if there are none, or none is selected.

    prefer: states from which the newest run is selected by default.

    The choice is stored beside the menu, because a menu's own value ends with its page; and the URL contains
    the id, where a bound menu's would contain its label.
    """
    runs = {run.id: run for run in store.runs()}
    _follow_link(runs)
    if st.session_state.get(_KEY) not in runs:
        st.session_state[_KEY] = next((run.id for run in runs.values() if run.state in prefer), None)
    _warn_of_gone(store, runs.get(st.session_state[_KEY]))
    if not runs:
        return None
    st.session_state[_MENU] = st.session_state[_KEY]
    beside_title().selectbox(
        _("Run"),
        options=list(runs),
        index=None,
        format_func=_labels(runs).__getitem__,
        placeholder=_("Choose a run"),
        key=_MENU,
        on_change=_choose,
        label_visibility="collapsed",
    )
    chosen = st.session_state[_KEY]
    if chosen:
        url_state.set_param(_KEY, chosen)
    if chosen and (words := warning(runs[chosen].config.mistake)):
        st.warning(words, icon=":material/warning:")
    return str(chosen) if chosen else None


def show_run(run_id: str | None) -> None:
    """Select a run. Call it before the menu is drawn, or from a callback."""
    st.session_state[_KEY] = run_id
    st.session_state.pop(_GONE, None)


def _choose() -> None:
    url_state.ignore_pending()
    show_run(st.session_state[_MENU])


def _labels(runs: Mapping[str, Run]) -> dict[str, str]:
    """Titles by run id. Duplicates are followed by the id, since a menu distinguishes entries by label."""
    titles = {run_id: run.title for run_id, run in runs.items()}
    uses = Counter(titles.values())
    return {run_id: title if uses[title] == 1 else f"{title} · {run_id}" for run_id, title in titles.items()}


def _follow_link(runs: Mapping[str, Run]) -> None:
    """Select the run of a link, or of the browser's Back; remember one that does not exist."""
    requested = url_state.requested(_KEY)
    if not requested:
        return
    if requested in runs:
        show_run(requested)
    else:
        st.session_state[_GONE] = requested


def _warn_of_gone(store: Store, shown: Run | None) -> None:
    """Which run a link asked for, and what is shown instead; until another one is chosen."""
    requested = st.session_state.get(_GONE)
    if not requested:
        return
    if any(run.id == requested for run in store.damaged_runs()):
        why = _("run: run {requested} is damaged and cannot be shown.")
    else:
        why = _("run: there is no run {requested} here. It may have been deleted.")
    text = sentences(why, _("Shown instead: {shown}.") if shown else _("Choose another."))
    st.warning(
        text.format(requested=repr(shortened(requested)), shown=plain(shown.title) if shown else ""),
        icon=":material/warning:",
    )
