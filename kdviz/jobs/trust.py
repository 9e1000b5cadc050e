"""Background jobs that check explainers: one at a time per device, on one core."""

from __future__ import annotations

from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store
from kdviz.types import Arm

_JOBS = JobRegistry()


def start_trust_checks(store: Store, run_id: str, explainer: str, arm: Arm) -> SurveyJob:
    """The unfinished job for a run's explainer and arm in this process, or else a new one.

    Read its result with `kdviz.comparison.known_trust_card`. Raises StoreError for an unknown run.
    """
    return _JOBS.start(store, run_id, (explainer, arm), lambda: _made(store, run_id, explainer, arm))


def trust_job(store: Store, run_id: str, explainer: str, arm: Arm) -> SurveyJob | None:
    """The latest job for a run's explainer and arm in this process, or None."""
    return _JOBS.latest(store, run_id, (explainer, arm))


def _made(store: Store, run_id: str, explainer: str, arm: Arm) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.comparison import trust_checks

    yield from trust_checks(store, run_id, explainer, arm=arm)
