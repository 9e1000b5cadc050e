"""Background jobs that explain the training images of runs: one at a time per device, on one core."""

from __future__ import annotations

from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store

_JOBS = JobRegistry()


def start_training_triage(store: Store, run_id: str) -> SurveyJob:
    """The unfinished job for a run in this process, or else a new one.

    Read its result with `kdviz.comparison.known_training_triage`. Raises StoreError for an unknown run.
    """
    return _JOBS.start(store, run_id, "training set", lambda: _made(store, run_id))


def training_triage_job(store: Store, run_id: str) -> SurveyJob | None:
    """The latest job for a run in this process, or None."""
    return _JOBS.latest(store, run_id, "training set")


def start_marked_evidence(store: Store, run_id: str) -> SurveyJob:
    """The same for the evidence inside the marks of a run: see `kdviz.comparison.known_marked_evidence`."""
    return _JOBS.start(store, run_id, "marked images", lambda: _marked(store, run_id))


def marked_evidence_job(store: Store, run_id: str) -> SurveyJob | None:
    """The latest job for the marks of a run in this process, or None."""
    return _JOBS.latest(store, run_id, "marked images")


def _made(store: Store, run_id: str) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.comparison import training_triage

    yield from training_triage(store, run_id)


def _marked(store: Store, run_id: str) -> Steps:
    from kdviz.comparison import marked_evidence

    yield from marked_evidence(store, run_id)
