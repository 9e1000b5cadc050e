"""Whether the form of a new run is open.

It is open without a run, on a first visit except on a projector, and from a link that contains settings. Once
a run is open it is folded away, and a button opens it; that it was opened is in the URL.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kdviz.datasets import DATASETS
from kdviz.language import _
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.heading import beside_title
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.run_menu import NEW_RUN

_FIRST, _LEFT, _GIVEN = "newcomer", "settings_left", "settings_given"


def is_first_visit() -> bool:
    """Whether the session began without a run, and has neither started one nor closed the form."""
    comes_without = "run" not in st.query_params and "run" not in st.session_state
    return bool(st.session_state.setdefault(_FIRST, comes_without))


def form_is_open(run_id: str | None) -> bool:
    """Whether the form is drawn. run_id: the run that is open; on a projector it has the whole width."""
    if _asked_by_link():
        st.session_state[_GIVEN] = url_state.number(NEW_RUN) != 1
        url_state.set_number(NEW_RUN, 1)
    unasked = is_first_visit() and not projecting()
    return run_id is None or unasked or url_state.number(NEW_RUN) == 1


def is_on_own_files() -> bool:
    """Whether the URL has a visitor's own files for the form."""
    return any(f"{name}.data" in st.query_params for name, spec in DATASETS.items() if spec.own_files)


def is_form_alone() -> bool:
    """Whether the URL opens the form and names no run: the last one may be another visitor's.

    Call it before a run is chosen.
    """
    return "run" not in st.query_params and (_asked_by_link() or url_state.number(NEW_RUN) == 1)


def given_by_link(was_drawn: bool) -> bool:
    """Whether the form's settings come from a link that was just opened. was_drawn: the form, before."""
    return bool(st.session_state.pop(_GIVEN, False)) or (not was_drawn and bool(_settings_in_url()))


def open_button(run_id: str) -> None:
    """The button beside the title that opens the form, beside this run."""
    beside_title().button(
        _("New run"),
        key="open_form",
        icon=":material/add:",
        help=_("With the settings of the open run, to try another λ."),
        on_click=safely(_open),
        args=(run_id,),
    )


def _open(run_id: str) -> None:
    url_state.set_number(NEW_RUN, 1)
    st.query_params["run"] = run_id  # a click on the page's own name in the navigation removes it


def close_button() -> None:
    """The button that folds the form away."""
    st.button(
        "",
        key="close_form",
        icon=":material/close:",
        type="tertiary",
        help=_("Close the form; its settings are kept."),
        on_click=safely(fold),
    )


def fold() -> None:
    """Fold the form away: a run was started, or the visitor closed the form."""
    st.session_state[_FIRST] = False
    st.session_state[_LEFT] = _settings_in_url()
    url_state.set_number(NEW_RUN, None)


def _asked_by_link() -> bool:
    """Whether the URL contains settings that are not those which the form left when it was folded away."""
    given = _settings_in_url()
    if not given:
        st.session_state.pop(_LEFT, None)
        return False
    return given != st.session_state.get(_LEFT)


def _settings_in_url() -> Mapping[str, str]:
    return {
        name: value
        for name, value in st.query_params.items()
        if name == "dataset" or name.partition(".")[0] in DATASETS
    }
