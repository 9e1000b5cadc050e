"""Progress bars for work in the page's script, and for background jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st

from kdviz.jobs import SurveyJob
from kdviz.language import _, text_of
from kdviz.progress import Message, Report
from kdviz.ui.frame.errors import fragment, safely

_EVERY_S = 0.5


@contextmanager
def bar() -> Iterator[Report]:
    """A progress bar, from the first report to the end of the block, or its error."""
    slot = st.empty()

    def report(message: Message, fraction: float) -> None:
        slot.progress(min(max(fraction, 0.0), 1.0), text=f"{text_of(message)} …")

    try:
        yield report
    finally:
        slot.empty()


def job_bar(jobs: Collection[SurveyJob], text: Callable[[], str], *, stop_key: str) -> None:
    """The progress of background jobs, with a Stop button for all. The page is rerun when they have ended.

    text: the bar's text, made at each redraw.
    """

    @partial(fragment, run_every=_EVERY_S)
    def progress() -> None:
        if all(job.ended for job in jobs):
            st.rerun()  # once: the result replaces the bar
        done = sum(1.0 if job.ended else job.progress.fraction for job in jobs) / len(jobs)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(max(done, 0.0), 1.0), text=text())
            st.button(_("Stop"), icon=":material/stop:", key=stop_key, on_click=safely(_stop), args=(jobs,))

    progress()


def _stop(jobs: Collection[SurveyJob]) -> None:
    for job in jobs:
        job.stop()
