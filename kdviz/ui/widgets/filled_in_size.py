"""For which of a visitor's pictures the form has filled in an image size, and which."""

from __future__ import annotations

import streamlit as st

from kdviz.config import RunConfig
from kdviz.store.uploads import path_or_token


def replaceable_size(key: str, data: str) -> str | None:
    """The size that gives way to that of these files; None if that has been filled in.

    key: of the text field of the size.
    """
    usual = str(RunConfig.model_fields["image_size"].default)
    files, size = st.session_state.get(_of(key), ("", usual))
    return None if files == path_or_token(data) else str(size)


def keep_size(key: str, data: str | None, size: int | str) -> None:
    """Note that the field has a size that goes with these files, and gives way to that of others."""
    st.session_state[_of(key)] = (path_or_token(data), str(size))


def _of(key: str) -> str:
    return f"{key}_filled_in"
