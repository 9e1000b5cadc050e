"""The arrow keys of the Explain page: each press moves one image, also while the page is being redrawn."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kdviz.ui.frame.component import component

_KEY = "image_keys"

_MOUNT = component(
    "kdviz_image_keys",
    __file__,
    html="<span></span>",
    css=f".st-key-{_KEY} {{ position: absolute; }}",  # takes no place among the widgets
    isolate_styles=False,
)


def image_keys(index: int, count: int) -> None:
    """Let ← and → move the test image. index: the one that is shown, of `count`.

    The browser adds up presses and sends where they lead to. A press of a button's shortcut would be lost
    while another one is being answered, and a step from the image that the server knows would be too short.
    """
    data = {"index": index, "count": count, "press": _wanted().get("press", 0)}
    _MOUNT(key=_KEY, data=data, on_wanted_change=lambda: _open_wanted(count))


def _open_wanted(count: int) -> None:
    index = _wanted().get("index")
    if isinstance(index, int | float):
        st.session_state["image"] = int(index) % count


def _wanted() -> dict[str, Any]:
    """What the browser sent last: the index of an image, and the number of the press."""
    wanted = (st.session_state.get(_KEY) or {}).get("wanted")
    return wanted if isinstance(wanted, dict) else {}
