"""Text fields that are read while a person types, not only when they leave the field."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.frame.component import component

_MOUNT = component("kdviz_live_typing", __file__, html="<span></span>", isolate_styles=False)


def live_typing(prefix: str) -> None:
    """Send what is typed into text areas whose key begins so, after a short pause.

    Streamlit sends a text at Ctrl+Enter, which the browser is told to have been pressed.
    """
    key = f"live_typing_{prefix}"
    st.html(f"<style>.st-key-{key} {{ position: absolute; }}</style>")  # takes no place among the widgets
    _MOUNT(key=key, data=prefix)
