"""The training pictures that can be marked: the first ones as soon as they are explained, then all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from kdviz.comparison import TrainingTriage, first_training_triage, known_training_triage
from kdviz.jobs import SurveyJob, start_training_triage, training_triage_job
from kdviz.language import _
from kdviz.store import Run, Store
from kdviz.ui.frame.errors import fragment, safely
from kdviz.ui.widgets.background_result import job_progress, result_or_job

_BEGUN, _EVERY_S = "marking_begun", 0.5


def pictures_to_mark(store: Store, run: Run, *, on_all: Callable[[], None]) -> TrainingTriage | None:
    """What there is to mark: all pictures once they are explained, until then the first ones, else None.

    Who has begun on the first ones keeps them until they ask for all: no picture changes under the hand.
    on_all: called then.
    """
    found = _triage_or_progress(store, run)
    first = first_training_triage(store, run.id)
    if found is None:
        if first is not None:
            st.session_state[_BEGUN] = run.id
        return first
    if first is None or st.session_state.get(_BEGUN) != run.id:
        return found
    st.button(
        _("Show the worst of all {count} pictures, which are explained by now").format(
            count=f"{found.explained:,}"
        ),
        icon=":material/sort:",
        key="marking_all",
        on_click=safely(_show_all),
        args=(on_all,),
    )
    return first


def _show_all(on_all: Callable[[], None]) -> None:
    st.session_state.pop(_BEGUN)
    on_all()


def _triage_or_progress(store: Store, run: Run) -> TrainingTriage | None:
    """The triage of all; None, and its progress on the page, while it is being computed."""

    def start() -> SurveyJob:
        return start_training_triage(store, run.id)

    found = result_or_job(
        lambda: known_training_triage(store, run.id), lambda: training_triage_job(store, run.id), start
    )
    if not isinstance(found, SurveyJob):
        return found
    stopped = _("The training pictures were not explained: stopped.")
    _first_of(store, run, found)
    job_progress(found, start, key="marking", title=_("Training pictures"), stopped=stopped)
    return None


def _first_of(store: Store, run: Run, job: SurveyJob) -> None:
    """Waits for the first pictures while the job explains them, and draws the page again with them."""
    if first_training_triage(store, run.id) is not None:
        return

    @partial(fragment, run_every=_EVERY_S)
    def waiting() -> None:
        if job.ended or first_training_triage(store, run.id) is not None:
            st.rerun()

    waiting()
