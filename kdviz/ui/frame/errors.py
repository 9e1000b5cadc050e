"""Errors of a page, its callbacks and its fragments: a line each, and the rest goes on.

A callback runs before its page is drawn: a stale tab may ask to stop a run that has ended, or to delete one
that is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from kdviz.errors import KdvizError
from kdviz.ui.frame.error_text import on_screen
from kdviz.ui.frame.pacing import paced

_FAILED = "failed_callback"


def errors(error: KdvizError) -> None:
    """One box for each line of an error."""
    for line in str(error).splitlines():
        st.error(on_screen(line), icon=":material/error:")


def safely(callback: Callable[..., object]) -> Callable[..., None]:
    """The callback, whose error is kept until the page, or the fragment, is drawn."""

    @wraps(callback)
    def called(*given: Any, **named: Any) -> None:
        try:
            callback(*given, **named)
        except KdvizError as error:
            st.session_state[_FAILED] = error

    return called


def show_failed_callback() -> None:
    """The error of the callback that this rerun began with, if it had one."""
    if (error := st.session_state.pop(_FAILED, None)) is not None:
        errors(error)


def fragment(body: Callable[..., None], *, run_every: float | None = None) -> Callable[..., None]:
    """A part of a page that reruns by itself, and whose errors end that part alone.

    run_every: seconds between its reruns on a server with few visitors, see `paced`; None for none.
    """

    @wraps(body)
    def drawn(*given: Any, **named: Any) -> None:
        show_failed_callback()
        try:
            body(*given, **named)
        except KdvizError as error:
            errors(error)

    @wraps(body)
    def begun(*given: Any, **named: Any) -> None:
        # Here, not when the module is imported: the number of visitors changes.
        st.fragment(drawn, run_every=run_every and paced(run_every))(*given, **named)

    return begun
