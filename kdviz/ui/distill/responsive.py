"""The Distill page on narrow screens, where form and run cannot be side by side.

On a first visit the form comes first; after a start, or from a link to a run, the run does. A link leads from
one to the other.
"""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.responsive import NARROW, WIDE

FORM, RUN = "new-run", "the-run"
"""Anchors of form and run."""

_KEY = "newcomer"


def is_first_visit() -> bool:
    """Whether the session began without a run, and has not started one."""
    comes_without = "run" not in st.query_params and "run" not in st.session_state
    return bool(st.session_state.setdefault(_KEY, comes_without))


def mark_started() -> None:
    """From now on the run comes first."""
    st.session_state[_KEY] = False


def narrow_order(*, form_first: bool) -> None:
    """Which of the two comes first on a narrow screen, and a link to the other."""
    order = '[data-testid="stColumn"]:has(.st-key-new_run) { order: -1; }' if form_first else ""
    st.html(
        f"<style>@media {NARROW} {{ {order} }}@media {WIDE} {{ .st-key-jump {{ display: none; }} }}</style>"
    )
    with st.container(key="jump"):
        link = f"[{_('See the run')}](#{RUN})" if form_first else f"[{_('New run')}](#{FORM})"
        st.markdown(f":material/arrow_downward: {link}")
