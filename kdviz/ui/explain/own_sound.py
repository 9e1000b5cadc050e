"""A visitor's own sound: recorded in the browser, or a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from kdviz.comparison import MAX_SOUND_MB, SOUND_TYPES
from kdviz.language import _
from kdviz.sound import SAMPLE_RATE
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.protection import is_loopback

_LATEST = "own_sound_latest"


def own_sound() -> Any:
    """The recorder and the field for a file, one above the other. Returns what was given last, or None."""
    given: dict[str, Any] = {}
    if _can_record():
        given["recording"] = st.audio_input(
            _("Say it here"),
            sample_rate=SAMPLE_RATE,
            key="recording",
            on_change=safely(_note),
            args=("recording",),
        )
    else:
        st.caption(_("Browsers record only on pages that come over https. Choose a file instead."))
    label = _("Your sound: choose or drop one")
    given["sound"] = st.file_uploader(
        label,
        SOUND_TYPES,
        key="sound",
        on_change=safely(_note),
        args=("sound",),
        max_upload_size=MAX_SOUND_MB,
    )
    return given.get(st.session_state.get(_LATEST, "")) or next(filter(None, given.values()), None)


def _note(kind: str) -> None:
    st.session_state[_LATEST] = kind


def _can_record() -> bool:
    """Whether browsers give the microphone to this page: it is encrypted, or of the same computer."""
    address = urlsplit(st.context.url or "")
    return address.scheme != "http" or is_loopback(address.hostname or "")
