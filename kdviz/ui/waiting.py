"""A bar for work that somebody waits for: images that are read, explanations that are computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from kdviz.comparison import Report
from kdviz.language import said


@contextmanager
def bar() -> Iterator[Report]:
    """Gives out a report that moves a bar. It appears with the first report, and goes with the block."""
    slot = st.empty()

    def report(what: str, fraction: float) -> None:
        slot.progress(min(max(fraction, 0.0), 1.0), text=f"{said(what)} …")

    yield report
    slot.empty()
