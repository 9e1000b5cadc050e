"""What to know about a visitor's files before a run uses them, as a warning beside them."""

from __future__ import annotations

import streamlit as st

from kdviz.cache import Cache
from kdviz.datasets import fingerprint, warnings_of
from kdviz.errors import KdvizError
from kdviz.notes import shown_note
from kdviz.types import DatasetSpec, TextColumns
from kdviz.ui.frame.error_text import on_screen

_FOUND: Cache[tuple[str, ...]] = Cache(8)


def file_warnings(spec: DatasetSpec, data: str, columns: TextColumns) -> tuple[str, ...]:
    """A sentence each; none for files that cannot be read, which is said where they are counted.

    columns: of a table of texts.
    """
    try:
        key = (spec.name, data, columns, fingerprint(spec.name, data))
        return _FOUND.get(key, lambda: warnings_of(spec.name, data, columns))
    except KdvizError:
        return ()


def draw_file_warnings(spec: DatasetSpec, data: str, columns: TextColumns) -> None:
    """A line for each."""
    for text in file_warnings(spec, data, columns):
        st.markdown(f":orange[:material/warning:] {on_screen(shown_note(text))}")
