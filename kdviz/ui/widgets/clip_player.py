"""A button that plays a clip: a page of many clips sends none of them before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kdviz.figures.maps import wav_file
from kdviz.language import _
from kdviz.ui.frame.errors import fragment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@fragment
def clip_player(samples: NDArray[np.int16], alt: str, key: str) -> None:
    """The button, and in its place, once it is pressed, the player. alt: which clip it is."""
    place = st.empty()
    if place.button(_("Listen"), icon=":material/play_arrow:", type="tertiary", key=key):
        place.audio(wav_file(samples), format="audio/wav", alt=alt, autoplay=True)
