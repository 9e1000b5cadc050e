"""Where a run is opened, and a button: a test image on which the twin alone is wrong."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import first_only_twin_wrong, next_only_twin_wrong
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.frame.errors import safely

_OPENED = "explained_runs"


def open_where_twin_is_wrong(store: Store, run: Run) -> None:
    """Begin a run that was not opened before at such an image, if one is found and none was chosen.

    Call it before the controls are drawn.
    """
    opened: set[str] = st.session_state.setdefault(_OPENED, set())
    first = run.id not in opened
    opened.add(run.id)
    by_link = {"image", "tour"} & {*st.query_params}  # the tour names its own
    chosen = by_link or int(st.session_state.get("image", 0))
    if first and not chosen and (found := first_only_twin_wrong(store, run)) is not None:
        st.session_state["image"] = found


def next_button(store: Store, run: Run, query: ImageQuery) -> None:
    """A button that shows the next such image. Its help would cover the headline that it changes."""
    st.button(
        _("Show where only the twin errs"),
        icon=":material/person_search:",
        type="tertiary",
        key="only_twin_wrong",
        on_click=safely(_show_next),
        args=(store, run, query.index),
    )


def _show_next(store: Store, run: Run, index: int) -> None:
    found = next_only_twin_wrong(store, run, index)
    if found is None:
        st.toast(_("None was found."))
    else:
        st.session_state["image"] = found
