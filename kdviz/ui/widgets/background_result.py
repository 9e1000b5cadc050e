"""The result of a background job: shown once it is known, its progress until then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from kdviz.figures.style import duration
from kdviz.jobs import SurveyJob
from kdviz.jobs.countdown import SLOWED
from kdviz.language import _, text_of
from kdviz.ui.frame.error_text import on_screen
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.progress import job_bar

_AT_ONCE_S = 0.15
"""A job that takes less time than this appears without a progress bar."""

Result = TypeVar("Result")


def result_or_job(
    known: Callable[[], Result | None],
    latest: Callable[[], SurveyJob | None],
    start: Callable[[], SurveyJob],
) -> Result | SurveyJob:
    """The result if it is known; else the job that computes it, started unless it ended early."""
    if (result := known()) is not None:
        return result
    job = latest()
    if job is None or job.progress.state == "done":
        job = start()
    if job.wait(_AT_ONCE_S).state == "done" and (result := known()) is not None:
        return result
    return job


def job_progress(
    job: SurveyJob, start: Callable[[], Any], *, key: str, stopped: str, title: str = "", again: str = ""
) -> None:
    """The progress bar of a job; for one that ended early, the reason and a button to start again.

    title: what the job is about, in front of what it says. again: the button's label after a stop.
    """
    if job.progress.state == "failed":
        st.error(_titled(title, on_screen(job.progress.message)), icon=":material/error:")
    elif job.progress.state == "stopped":
        st.caption(stopped)
    else:
        job_bar([job], lambda: _titled(title, f"{_status(job)} …"), stop_key=f"{key}_stop")
        return
    label = again if again and job.progress.state == "stopped" else _("Try again")
    st.button(label, icon=":material/refresh:", key=f"{key}_start", on_click=safely(lambda: start()))


def two_skeletons() -> None:
    """Placeholders of two charts side by side."""
    with st.grid(2, min_column_width=320):
        st.skeleton(height=300)
        st.skeleton(height=300)


def _titled(title: str, text: str) -> str:
    return _("{name}: {value}").format(name=title, value=text) if title else text


def _status(job: SurveyJob) -> str:
    now = job.progress
    doing = text_of(now.doing)
    if now.slowed:
        return _("{what}. {why}").format(what=doing, why=text_of(SLOWED))
    if not now.seconds_left >= 1:
        return doing
    return _("{doing}, about {left} left").format(doing=doing, left=duration(now.seconds_left))
