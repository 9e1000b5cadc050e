"""What is made only once it comes into the browser's window: most visitors never scroll far down."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.frame.component import component

_MOUNT = component("kdviz_in_sight", __file__, html="<div></div>", css="div { min-height: 1px; }")


def in_sight(key: str, shown: str, *, height: int) -> bool:
    """Whether this place is in the window, or has been since it shows the same. Call it in a fragment.

    The fragment is rerun when the place comes into the window.

    Args:
        key: unique on the page.
        shown: identifies what is drawn here.
        height: pixels that are kept free for it until then.

    """
    visible, seen = st.session_state.get(_visible(key), False), f"{key}_seen"
    if visible:
        st.session_state[seen] = shown
    known: bool = st.session_state.get(seen) == shown
    data = {"visible": visible, "height": 0 if known else height}
    _MOUNT(key=key, data=data, on_visible_change=lambda: _keep(key))
    return known


def expect_in_sight(key: str) -> None:
    """What is here will be scrolled to: it need not wait for that. Call it from a callback."""
    st.session_state[_visible(key)] = True


def _keep(key: str) -> None:
    st.session_state[_visible(key)] = bool((st.session_state.get(key) or {}).get("visible"))


def _visible(key: str) -> str:
    return f"{key}_visible"
