"""The one store and the workers of this server."""

from __future__ import annotations

import os

import streamlit as st

from kdviz.jobs import ensure_workers, prepare_process
from kdviz.store import Store


def open_store() -> Store:
    """The runs directory named by KDVIZ_RUNS_DIR, else ./runs, with a worker for each device."""
    return _opened(os.environ.get("KDVIZ_RUNS_DIR", "runs"))


@st.cache_resource(show_spinner=False, max_entries=4)
def _opened(directory: str) -> Store:
    prepare_process()
    store = Store(directory)
    ensure_workers(store)
    return store
