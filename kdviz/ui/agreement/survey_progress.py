"""The survey of a test set: shown once it is known, computed in the background until then."""

from __future__ import annotations

import streamlit as st

from kdviz.comparison import Survey, known_survey
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import duration
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.language import _, text_of
from kdviz.store import Run, Store
from kdviz.ui.frame.progress import job_bar

_AT_ONCE_S = 0.15
"""A survey that takes less time than this appears without a progress bar."""


def survey_or_progress(store: Store, run: Run, explainer: str, *, skeleton: bool = False) -> Survey | None:
    """The survey by an explainer; None, and its progress on the page, while it is being computed.

    skeleton: draw placeholders for the charts meanwhile. Raises StoreError without snapshots.
    """
    if (known := known_survey(store, run.id, explainer)) is not None:
        return known
    job = survey_job(store, run.id, explainer)
    if job is None or job.progress.state == "done":
        job = start_survey(store, run.id, explainer)
    if job.wait(_AT_ONCE_S).state == "done":
        return known_survey(store, run.id, explainer)
    _progress(store, run, explainer, job)
    if skeleton and not job.ended:
        _skeleton()
    return None


def _skeleton() -> None:
    st.caption(_("All arms run over the test images once. The result is saved and loads at once next time."))
    with st.grid(2, min_column_width=320):
        st.skeleton(height=300)
        st.skeleton(height=300)


def _progress(store: Store, run: Run, explainer: str, job: SurveyJob) -> None:
    """The progress bar of a survey; for one that ended early, the reason and a button to start again."""
    name, state = _(EXPLAINERS[explainer].label), job.progress.state
    if state == "failed":
        why = job.progress.message or _("the survey failed")
        st.error(_("{name}: {value}").format(name=name, value=why), icon=":material/error:")
        _start_button(_("Try again"), "refresh", store, run, explainer)
    elif state == "stopped":
        st.caption(_("The evaluation with {explainer} was stopped.").format(explainer=name))
        _start_button(
            _("Evaluate with {explainer}").format(explainer=name), "play_arrow", store, run, explainer
        )
    else:
        job_bar([job], lambda: _status(name, job), stop_key=f"ag_stop_{explainer}")


def _start_button(label: str, icon: str, store: Store, run: Run, explainer: str) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=f"ag_start_{explainer}",
        on_click=_start,
        args=(store, run.id, explainer),
    )


def _start(store: Store, run_id: str, explainer: str) -> None:
    start_survey(store, run_id, explainer)


def _status(name: str, job: SurveyJob) -> str:
    now = job.progress
    doing, left = text_of(now.doing) or _("Preparing"), duration(now.seconds_left)
    if left:
        doing = _("{doing}, about {left} left").format(doing=doing, left=left)
    return _("{name}: {value}").format(name=name, value=f"{doing} …")
