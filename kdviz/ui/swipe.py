"""The swipe comparer: two heatmaps over one image with a divider between them, drawn by the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import streamlit as st


def _part(ending: str) -> str:
    return Path(__file__).with_suffix(ending).read_text(encoding="utf-8")


_MOUNT = st.components.v2.component(
    "kdviz_swipe", html=_part(".html"), css=_part(".css"), js=_part(".js")
)


def swipe(
    data: dict[str, Any],
    *,
    mode: Literal["swipe", "difference"],
    opacity: int,
    on_opacity: Callable[[int], None],
    key: str = "swipe",
) -> None:
    """Draw the comparer. Divider, opacity and read-out work without a rerun.

    data: see swipe.js. opacity: in percent, where it begins. on_opacity: told when it is let go.
    """
    _MOUNT(
        key=key,
        data={**data, "mode": mode, "opacity": opacity},
        default={"opacity": opacity},
        on_opacity_change=lambda: on_opacity(int(st.session_state[key]["opacity"])),
    )
