"""Showing another page, so that nothing of the old one can clear it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def open_page(page: str, query_params: Mapping[str, str] | None = None) -> NoReturn:
    """Like `st.switch_page`, which does not return either."""
    drop_fragments()
    st.switch_page(page, query_params=query_params)


def drop_fragments() -> None:
    """Forget the fragments of the page that is left: their reruns are ignored from now on.

    Until the browser knows of the new page, a second click or a timer reruns a fragment of the old one.
    Streamlit 1.67 keeps that for the end of the new page's script, and then announces the old page. The
    browser clears the screen for it; but its fragment is gone by then, and the screen stays white. After a
    link this is known by the router alone: for some milliseconds before it, a click can still do so.
    """
    if context := get_script_run_ctx(suppress_warning=True):
        context.fragment_storage.clear()
