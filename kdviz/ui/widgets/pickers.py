"""Pickers that pages share: one arm of a run, one test image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.types import Arm


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
    return chosen


def image_picker(count: int, *, width: int | Literal["stretch"] = "stretch") -> int:
    """The index of one of `count` test images; in the URL, and one for all pages."""
    st.session_state["image"] = min(int(st.session_state.get("image", 0)), count - 1)
    index: int = st.number_input(
        _("Test image"),
        0,
        count - 1,
        key="image",
        bind="query-params",
        help=_("{first} to {last}.").format(first=0, last=count - 1),
        width=width,
    )
    return index
