"""The switch between languages, in the sidebar. The choice is in the URL, and one for all pages."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kdviz.language import LANGUAGES, follow

_KEY = "lang"


def language_switch() -> None:
    """Draw the switch, and speak the language that it says from here on."""
    follow(_asked)
    _as_browser()
    with st.sidebar:
        st.segmented_control(
            "Language · 语言",
            list(LANGUAGES),
            default="en",
            required=True,
            format_func=LANGUAGES.__getitem__,
            key=_KEY,
            bind="query-params",
        )


def _asked() -> str:
    """The language of the person whose page is being drawn; English on a thread that draws none."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    return str(st.session_state.get(_KEY, "en"))


def _as_browser() -> None:
    """Begin a visit in the browser's language, unless it comes by a link: that was made in a language."""
    if _KEY not in st.session_state and not st.query_params:
        spoken = str(st.context.locale or "").split("-")[0]
        if spoken in LANGUAGES:
            st.session_state[_KEY] = spoken
