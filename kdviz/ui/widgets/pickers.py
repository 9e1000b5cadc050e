"""Pickers that pages share: one arm of a run, one test image."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import streamlit as st

from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.types import Arm
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import plain, shortened

_INSTEAD, _PICKER = "image_shown_instead", "test_picker"


def arm_picker(label: str, arms: Sequence[Arm], *, key: str, **options: Any) -> Arm:
    """One of the arms, the first where none of them is chosen.

    options: further ones of `st.segmented_control`, such as `default` and `bind`.
    """
    chosen: Arm = st.segmented_control(
        label,
        arms,
        required=True,
        format_func=lambda arm: ARM_STYLES[arm].label,
        key=key,
        **{"default": arms[0], **options},
    )
    return chosen or arms[0]


def image_picker(count: int, *, width: int | Literal["stretch"] = "stretch") -> int:
    """The index of one of `count` test images; in the URL, and one for all pages."""
    requested = _requested_beyond(count)
    st.session_state["image"] = min(int(st.session_state.get("image", 0)), count - 1)
    with st.container(width=width, gap="xxsmall", key=_PICKER):
        index: int = st.number_input(
            _("Test image"),
            0,
            count - 1,
            key="image",
            bind=url_state.binding("image"),
            help=_("{first} to {last}.").format(first=0, last=count - 1),
        )
        _range_when_rejected(count)
        _show_replacement(requested, index, count)
    return index


def _range_when_rejected(count: int) -> None:
    """What is allowed, below the field while its number is not: the browser does not send that one.

    Nothing moves for it.
    """
    rejected = f':has(.st-key-{_PICKER} input[aria-invalid="true"])'
    place = "position: absolute; top: 100%; left: 0; width: max-content; font-size: .8125rem;"
    text = escape(_("{first} to {last}").format(first=0, last=f"{count - 1:,}"))
    st.html(
        f"<style>.st-key-{_PICKER} {{ position: relative; }} .picker-range {{ display: none; }}"
        f".st-key-{_PICKER} > :has(.picker-range) {{ {place} }}"
        f"body{rejected} .picker-range {{ display: block; }}"
        f'[data-testid="stHorizontalBlock"]{rejected} {{ overflow: visible; }}</style>'
        f'<div class="picker-range" role="status">{text}</div>'
    )


def _requested_beyond(count: int) -> str:
    """What a link asks for where there is no such image; else ""."""
    requested, index = st.query_params.get("image", ""), url_state.number("image")
    return requested if index is None or index >= count else ""


def _show_replacement(requested: str, index: int, count: int) -> None:
    """A line that stays until another image is chosen: the address names the one that is shown by then."""
    if requested:
        st.session_state[_INSTEAD] = (requested, index)
    requested, shown = st.session_state.get(_INSTEAD, ("", None))
    if requested and shown == index:
        text = _(":material/warning: There is no test image {requested} (0 to {last}). Shown: {index}.")
        with url_state.warning_place():
            st.caption(text.format(requested=plain(shortened(requested)), last=count - 1, index=index))
    else:
        st.session_state.pop(_INSTEAD, None)
