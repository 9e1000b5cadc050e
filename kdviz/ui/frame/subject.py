"""The kind of input that a page is about, which decides whether it speaks of images or of texts."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kdviz.datasets import DATASETS
from kdviz.language import set_subject_source, speak_of
from kdviz.types import ModalityName

_KEY = "subject"


def begin_subject() -> None:
    """Speak of images, until the page knows what it shows."""
    set_subject_source(_shown)
    _speak("image")


def speak_of_data(*datasets: str) -> None:
    """Speak of the inputs of these data sets, on the rest of the page and in its fragments.

    Of images, if they differ or are of another version of kdviz.
    """
    kinds = {DATASETS[name].modality if name in DATASETS else "image" for name in datasets}
    _speak(kinds.pop() if len(kinds) == 1 else "image")


def shown_modality() -> ModalityName:
    """The modality of what the page shows."""
    modality: ModalityName = st.session_state.get(_KEY, "image")
    return modality


def _speak(modality: ModalityName) -> None:
    """In this run of the page's script, and in later ones of its fragments."""
    st.session_state[_KEY] = modality
    speak_of(modality)


def _shown() -> str:
    """On a thread that draws no page: images."""
    return "image" if get_script_run_ctx(suppress_warning=True) is None else shown_modality()
