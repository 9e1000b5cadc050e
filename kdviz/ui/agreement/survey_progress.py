"""The survey of a test set: shown once it is known, computed in the background until then."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kdviz.comparison import Survey, known_survey
from kdviz.explainers import EXPLAINERS
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.widgets.background_result import job_progress, result_or_job, two_skeletons


def survey_or_progress(store: Store, run: Run, explainer: str, *, skeleton: bool = False) -> Survey | None:
    """The survey by an explainer; None, and its progress on the page, while it is being computed.

    skeleton: draw placeholders for the charts meanwhile. Raises StoreError without snapshots.
    """

    def start() -> SurveyJob:
        return start_survey(store, run.id, explainer)

    # What is below keeps its place, and so the state of its components, when the progress goes.
    with st.container():
        found = result_or_job(
            lambda: known_survey(store, run.id, explainer),
            lambda: survey_job(store, run.id, explainer),
            start,
        )
        if not isinstance(found, SurveyJob):
            return found
        _progress(found, start, explainer)
        if skeleton and not found.ended:
            st.caption(
                _("All arms run over the test images once. The result is saved and loads at once next time.")
            )
            two_skeletons()
    return None


def _progress(job: SurveyJob, start: Callable[[], SurveyJob], explainer: str) -> None:
    name = _(EXPLAINERS[explainer].label)
    job_progress(
        job,
        start,
        key=f"ag_{explainer}",
        title=name,
        stopped=_("The evaluation with {explainer} was stopped.").format(explainer=name),
        again=_("Evaluate with {explainer}").format(explainer=name),
    )
