"""A link to Explain that leads to one of its panels."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.explain.checks import open_checks
from kdviz.ui.explain.cue import open_what_if
from kdviz.ui.frame.url_state import CHANGE_CUE, CHECK_MAPS


def open_linked_panel() -> None:
    """Open it; the address forgets that. Call it before the controls, which know no such setting."""
    for link, open_panel in ((CHANGE_CUE, open_what_if), (CHECK_MAPS, open_checks)):
        if st.query_params.get("to") == link["to"]:
            del st.query_params["to"]
            open_panel()
