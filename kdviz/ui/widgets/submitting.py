"""Starting a run from a button."""

from __future__ import annotations

import math
import time

import streamlit as st

from kdviz.config import RunConfig
from kdviz.jobs import submit
from kdviz.store import Run, Store
from kdviz.ui.frame.server import start_workers_now

_DOUBLE_CLICK_S = 2.0


def submitted(store: Store, config: RunConfig) -> str:
    """Create a run and return its id; a double click creates one, not two."""
    # The second click ends the first one's script at its next touch of the session: so not after `submit`.
    before = _submitted()
    now, key = time.monotonic(), config.key
    when, run_id = before.get(key, (-math.inf, ""))
    if now - when > _DOUBLE_CLICK_S:
        run_id = submit(store, config)
        before[key] = (now, run_id)
        start_workers_now()
    return run_id


def is_own(store: Store, run: Run) -> bool:
    """Whether a run is the visitor's: where whoever opens the pages sees all runs, one of this session."""
    if store.viewer is not None:
        return run.record.owner == store.viewer
    return any(run.id == run_id for _when, run_id in _submitted().values())


def _submitted() -> dict[str, tuple[float, str]]:
    """When each config was last submitted in this session, and the run's id, by the config's key."""
    submitted: dict[str, tuple[float, str]] = st.session_state.setdefault("submitted", {})
    return submitted
