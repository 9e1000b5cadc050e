"""A visitor's own texts: a file on this machine, named by its path."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.server import visitor_is_local


def own_texts(path_field: Callable[[], str | None]) -> str | None:
    """The path that the field holds; None, with a line that says why, for visitors on another machine."""
    if visitor_is_local():
        return path_field() or None
    st.caption(_("Your own texts can be named only on the computer on which kdviz runs."))
    return None
