"""The surveys of compared runs, with a progress bar while they are computed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.comparison import Survey, known_survey
from kdviz.errors import KdvizError
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.progress import job_bar

_AT_ONCE_S = 0.15
"""What is computed within this time appears without a progress bar."""


def known_surveys(store: Store, runs: Sequence[Run]) -> dict[str, Survey]:
    """The surveys with Grad-CAM by run, where they are known; starts the others.

    runs: finished ones.
    """
    jobs = {run.id: job for run in runs if (job := _job(store, run)) is not None}
    for job in jobs.values():
        job.wait(_AT_ONCE_S)
    if any(not job.ended for job in jobs.values()):
        _progress(jobs)
    for run in runs:
        if run.id in jobs:
            _explain_missing(store, run, jobs[run.id])
    return {run.id: survey for run in runs if (survey := _known(store, run)) is not None}


def _known(store: Store, run: Run) -> Survey | None:
    """None also where the run's networks have no Grad-CAM, or its weights are gone."""
    try:
        return known_survey(store, run.id)
    except KdvizError:
        return None


def _job(store: Store, run: Run) -> SurveyJob | None:
    """The evaluation that a run still needs; None where it is done or impossible."""
    try:
        if known_survey(store, run.id) is not None:
            return None
    except KdvizError as error:
        st.caption(f":material/info: {plain(str(error))}")
        return None
    job = survey_job(store, run.id)
    return start_survey(store, run.id) if job is None or job.progress.state == "done" else job


def _progress(jobs: dict[str, SurveyJob]) -> None:
    def words() -> str:
        return _("Comparing the answers image by image: evaluating run {number} of {count} …").format(
            number=min(sum(job.ended for job in jobs.values()) + 1, len(jobs)), count=len(jobs)
        )

    job_bar(jobs.values(), words, stop_key="stop_pairing")


def _explain_missing(store: Store, run: Run, job: SurveyJob) -> None:
    """Why a run is left out, and a button that evaluates it."""
    state = job.progress.state
    if state not in ("failed", "stopped"):
        return
    why = job.progress.message if state == "failed" else _("Stopped before it was evaluated.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/info: {plain(run.title)}: {plain(why)}", width="content")
        st.button(
            _("Evaluate"),
            type="tertiary",
            icon=":material/play_arrow:",
            key=f"pair_{run.id}",
            on_click=safely(_start),
            args=(store, run.id),
        )


def _start(store: Store, run_id: str) -> None:
    start_survey(store, run_id)
