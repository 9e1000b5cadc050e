"""Stopping a study: the button, what is said until its runs have stopped, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.language import _, plural, sentences
from kdviz.store import Store
from kdviz.study import Point, StudyStatus, stop_study
from kdviz.ui.frame.errors import safely

_STOPPED = "stopped_study"
"""In the session: keys of the settings of the study that was stopped last."""


def stop_button(
    store: Store, points: Sequence[Point], now: StudyStatus, *, key: str, about: str | None
) -> None:
    """A button that stops a study, until it has been pressed. about: its help."""
    st.button(
        _("Stop"),
        icon=":material/stop:",
        key=key,
        disabled=now.stopping,
        on_click=safely(_stop),
        args=(store, points),
        help=about,
    )


def stopping_text(now: StudyStatus) -> str:
    """That the study is being stopped; "" if it is not."""
    return _("Stopping after the current batch …") if now.stopping else ""


def stopped_note(points: Sequence[Point], now: StudyStatus) -> None:
    """That a study was stopped in this session, and what is kept, until runs are queued again."""
    if st.session_state.get(_STOPPED) != _keys(points) or now.running or now.waiting:
        return
    st.info(
        sentences(
            _("Stopped."),
            plural("{count} finished run is kept.", "{count} finished runs are kept.", len(now.own))
            if now.own
            else _("No run had finished."),
            plural(
                "{count} run that had begun is kept, too, and goes on from its last full epoch when it is "
                "queued again.",
                "{count} runs that had begun are kept, too, and go on from their last full epoch when they "
                "are queued again.",
                len(now.stopped),
            )
            if now.stopped
            else "",
        ),
        icon=":material/stop_circle:",
    )


def forget_stop() -> None:
    """Called when runs are queued."""
    st.session_state.pop(_STOPPED, None)


def _stop(store: Store, points: Sequence[Point]) -> None:
    st.session_state[_STOPPED] = _keys(points)
    stop_study(store, points)


def _keys(points: Sequence[Point]) -> frozenset[str]:
    return frozenset(point.config.key for point in points)
