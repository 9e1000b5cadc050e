"""How long a visitor's sounds are heard: a field that is filled in, and what it makes of the sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kdviz.clip_seconds import USUAL
from kdviz.errors import KdvizError
from kdviz.narrative.clip_length import clip_length_sentence
from kdviz.ui.frame.progress import bar
from kdviz.ui.frame.server import wait_until_ready
from kdviz.ui.widgets.fields import Fields

if TYPE_CHECKING:
    from kdviz.datasets import SoundLengths


def clip_length(fields: Fields, data: str, key: str) -> float:
    """The field for the length, and below what it makes of the sounds. key: of the field."""
    lengths = _measured(data)
    if lengths:
        _fill_in(lengths.fitting, data, key)
    seconds = float(fields.number("clip_seconds", step=0.5, format="%g"))
    if lengths:
        st.caption(clip_length_sentence(lengths, seconds))
    return seconds


def fitting_clip(data: str) -> float:
    """The length that suits the sounds, with a line that says what it makes of them."""
    lengths = _measured(data)
    if lengths is None:
        return USUAL
    st.caption(clip_length_sentence(lengths, lengths.fitting))
    return lengths.fitting


def _fill_in(fitting: float, data: str, key: str) -> None:
    """Fill in the length once for each upload, unless a link, a run or the visitor has set it."""
    filled = f"{key}_filled_in"
    before, value = st.session_state.get(filled, ("", None))
    if before == data:
        return
    st.session_state[filled] = (data, fitting)
    if key not in st.query_params and st.session_state.get(key) in (None, value):
        st.session_state[key] = fitting


def _measured(data: str) -> SoundLengths | None:
    """None if they cannot be read, which is said where a run or the page reads them."""
    wait_until_ready()
    from kdviz.datasets import sound_lengths  # imports PyTorch

    try:
        with bar() as report:
            return sound_lengths(data, report)
    except KdvizError:
        return None
