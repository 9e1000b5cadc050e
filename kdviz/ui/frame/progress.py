"""A bar for work that somebody waits for, in the page's own script or in the background."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import streamlit as st

from kdviz.jobs import SurveyJob
from kdviz.language import _, text_of
from kdviz.progress import Message, Report

_EVERY_S = 0.5


@contextmanager
def bar() -> Iterator[Report]:
    """Gives out a report that moves a bar. It appears with the first report, and goes with the block."""
    slot = st.empty()

    def report(message: Message, fraction: float) -> None:
        slot.progress(min(max(fraction, 0.0), 1.0), text=f"{text_of(message)} …")

    yield report
    slot.empty()


def job_bar(jobs: Collection[SurveyJob], text: Callable[[], str], *, stop_key: str) -> None:
    """How far jobs in the background are, and a Stop for all. The page is drawn anew when they have ended.

    text: what the bar says, asked for at each look.
    """

    @st.fragment(run_every=_EVERY_S)
    def look() -> None:
        if all(job.ended for job in jobs):
            st.rerun()  # once: what was found takes the bar's place, and the timer ends with it
        done = sum(1.0 if job.ended else job.progress.fraction for job in jobs) / len(jobs)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(max(done, 0.0), 1.0), text=text())
            st.button(_("Stop"), icon=":material/stop:", key=stop_key, on_click=_stop, args=(jobs,))

    look()


def _stop(jobs: Collection[SurveyJob]) -> None:
    for job in jobs:
        job.stop()
