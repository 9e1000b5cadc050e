"""The server's store, and its workers, which start while the first page is read."""

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
"""How long the first page has the processor for itself: imports would delay its resources."""

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
"""Headers of a proxy, through which everybody seems to be local."""

_NEEDED = Event()


def open_store() -> Store:
    """The runs directory named by KDVIZ_RUNS_DIR, else ./runs; a new one gets the prepared run."""
    return _open(_directory())


def start_workers() -> Future[None]:
    """Load PyTorch and start a worker for each device, in the background, from the first call on.

    This takes seconds, for which a page that computes nothing need not wait.
    """
    return _start(_directory())


def visitor_is_local() -> bool:
    """Whether the visitor's browser runs on this machine; only then may they name files of it."""
    forwarded = any(name in st.context.headers for name in _FORWARDED)
    return st.context.ip_address is None and not forwarded


def is_ready() -> bool:
    """Whether PyTorch is loaded and the workers run."""
    return start_workers().done()


def wait_until_ready() -> None:
    """Wait, with a spinner, until PyTorch is loaded and the workers run."""
    _NEEDED.set()
    ready = start_workers()
    if not ready.done():
        with st.spinner(_("Starting: loading PyTorch, once for all visitors …")):
            ready.result()
    ready.result()


@st.cache_resource(show_spinner=False, max_entries=4)
def _open(directory: str) -> Store:
    store = Store(directory)
    store.uploads.sweep()
    offer_prepared_run(store)
    return store


@st.cache_resource(show_spinner=False, max_entries=4)
def _start(directory: str) -> Future[None]:
    store, background = _open(directory), ThreadPoolExecutor(1, thread_name_prefix="kdviz-start")
    started = background.submit(_prepare, store)
    background.shutdown(wait=False)
    return started


def _prepare(store: Store) -> None:
    _NEEDED.wait(_PAINTED_WITHIN_S)
    prepare_process()
    ensure_workers(store)


def _directory() -> str:
    return os.environ.get("KDVIZ_RUNS_DIR", "runs")
