"""The server's store, and its workers, which start while the first page is read."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from threading import Event

import streamlit as st

from kdviz import __version__
from kdviz.errors import KdvizError
from kdviz.jobs import ensure_workers, prepare_process
from kdviz.journal import log_to_stderr, note
from kdviz.language import _
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from kdviz.ui.frame.protection import host_name, is_loopback
from kdviz.ui.frame.sign_in import is_signed_in
from kdviz.ui.frame.visitor import visitor_key

_PAINTED_WITHIN_S = 4.0
"""How long the first page has the processor for itself: imports would delay its resources."""

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
"""Headers of a proxy, through which everybody seems to be local."""

_NEEDED = Event()
_LOG = logging.getLogger(__name__)


def open_store() -> Store:
    """The runs directory named by KDVIZ_RUNS_DIR, else ./runs, as the visitor sees it.

    A new one gets the prepared run.
    """
    store = server_store()
    return store if is_instructor() else store.as_seen_by(visitor_key())


def server_store() -> Store:
    """The same as the server itself sees it, without a visitor."""
    return _open(_directory())


@asynccontextmanager
async def queue_goes_on(_app: object) -> AsyncIterator[None]:
    """From the start of the server on: runs that wait, or were in training, need no visitor to go on."""
    log_to_stderr()
    note("server started", version=__version__, runs=_directory())
    asyncio.get_running_loop().run_in_executor(None, _go_on)
    yield
    note("server stopped")


def _go_on() -> None:
    try:
        store = server_store()
        if store.queued() or any(run.live for run in store.runs()):
            start_workers()
    except KdvizError as error:
        _LOG.warning("%s", error)  # every page says so too


def start_workers() -> Future[None]:
    """Load PyTorch and start a worker for each device, in the background, from the first call on.

    This takes seconds, for which a page that computes nothing need not wait.
    """
    return _start(_directory())


def visitor_is_local() -> bool:
    """Whether the visitor's browser runs on this machine; only then may they name files of it."""
    headers = st.context.headers
    named = [name for header in ("Host", "Origin") if (name := headers.get(header))]
    here = all(is_loopback(host_name(name)) for name in named)
    return st.context.ip_address is None and here and not any(name in headers for name in _FORWARDED)


def is_open() -> bool:
    """Whether others than the people at this computer can reach the server."""
    listens = str(st.get_option("server.address") or "")
    return not is_loopback(listens) or any(map(_is_elsewhere, st.get_option("server.allowedHosts") or ()))


def _is_elsewhere(name: str) -> bool:
    return not is_loopback(host_name(name))


def may_name(store: Store, path: str) -> bool:
    """Whether the visitor may name a file: any at this computer, else an upload or one of the data root."""
    return visitor_is_local() or store.as_seen_by("").may_read(path)


def is_instructor() -> bool:
    """Whether the visitor sees and changes everything: at this computer, or signed in with the passphrase."""
    return visitor_is_local() or is_signed_in()


def is_ready() -> bool:
    """Whether PyTorch is loaded and the workers run."""
    return start_workers().done()


def start_workers_now() -> Future[None]:
    """The same at once, though the first page may still be being painted: the visitor waits for a result."""
    _NEEDED.set()
    return start_workers()


def wait_until_ready() -> None:
    """Wait, with a spinner, until PyTorch is loaded and the workers run."""
    ready = start_workers_now()
    if not ready.done():
        with st.spinner(_("Starting: loading PyTorch, once for all visitors …")):
            ready.result()
    ready.result()


@st.cache_resource(show_spinner=False, max_entries=4)
def _open(directory: str) -> Store:
    store = Store(directory)
    store.sweep()
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
    ensure_workers(store)
    prepare_process()


def _directory() -> str:
    return os.environ.get("KDVIZ_RUNS_DIR", "runs")
