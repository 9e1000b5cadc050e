"""What the components for drawing masks send: a whole mask after each change, and what to draw on next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

MASK_CELLS_JS = Path(__file__).with_name("mask_cells.js").read_text(encoding="utf-8")
"""What their scripts have in common, to be put before them."""


def exchange_masks(
    mount: Callable[..., Any],
    data: Mapping[str, Any],
    *,
    on_drawn: Callable[[str, str], None],
    on_chosen: Callable[[str], None],
    key: str,
) -> None:
    """Draw a component whose JavaScript stands behind mask_cells.js.

    on_drawn: called with the name of what was drawn on and its whole mask, to be read by `mask_from_text`,
    after each change; on_chosen: with another name. Both come from the browser and are not checked.
    """

    def drawn() -> None:
        if isinstance(sent := st.session_state[key]["drawn"], Mapping):
            on_drawn(str(sent.get("name")), str(sent.get("mask")))

    def chosen() -> None:
        if (name := st.session_state[key]["chosen"]) is not None:
            on_chosen(str(name))

    # In a list: in a dictionary Streamlit looks for data frames, and imports pandas for that.
    sent = [{**data, "change": _last_change(key)}]
    mount(key=key, data=sent, on_drawn_change=drawn, on_chosen_change=chosen)


def _last_change(key: str) -> float:
    """The number of the last change that arrived, which is sent back: so the browser knows what is stored."""
    drawn = (st.session_state.get(key) or {}).get("drawn")
    number = drawn.get("change") if isinstance(drawn, Mapping) else None
    return number if isinstance(number, int | float) else 0
