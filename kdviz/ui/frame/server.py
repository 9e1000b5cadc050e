"""The one store of this server, and its workers, which are got ready while the first page is read."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import streamlit as st

from kdviz.jobs import ensure_workers, prepare_process
from kdviz.language import _
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run

_PAINTED_WITHIN_S = 2.0
"""How long a first page is left alone: an import would hold up what its browser still has to fetch."""

_NEEDED = Event()


def open_store() -> Store:
    """The runs directory named by KDVIZ_RUNS_DIR, else ./runs; a new one is given the prepared run."""
    return _opened(_directory())


def getting_ready() -> Future[None]:
    """PyTorch being loaded and a worker started for each device, in the background, from the first call on.

    That takes seconds, which a page that computes nothing can do without.
    """
    return _begun(_directory())


def wait_until_ready() -> None:
    """For what computes: the first visitor waits, and is told so."""
    _NEEDED.set()
    ready = getting_ready()
    if not ready.done():
        with st.spinner(_("Starting: PyTorch is loaded once, for everybody …")):
            ready.result()
    ready.result()


@st.cache_resource(show_spinner=False, max_entries=4)
def _opened(directory: str) -> Store:
    store = Store(directory)
    offer_prepared_run(store)
    return store


@st.cache_resource(show_spinner=False, max_entries=4)
def _begun(directory: str) -> Future[None]:
    store, background = _opened(directory), ThreadPoolExecutor(1, thread_name_prefix="kdviz-start")
    started = background.submit(_get_ready, store)
    background.shutdown(wait=False)
    return started


def _get_ready(store: Store) -> None:
    _NEEDED.wait(_PAINTED_WITHIN_S)
    prepare_process()
    ensure_workers(store)


def _directory() -> str:
    return os.environ.get("KDVIZ_RUNS_DIR", "runs")
