"""Background jobs that remove the planted cue from test images: one at a time per device, on one core."""

from __future__ import annotations

from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store

_JOBS = JobRegistry()


def start_cue_removals(store: Store, run_id: str) -> SurveyJob:
    """The unfinished job for a run in this process, or else a new one.

    Read its result with `kdviz.comparison.known_cue_removals`. Raises StoreError for an unknown run.
    """
    return _JOBS.start(store, run_id, None, lambda: _made(store, run_id))


def cue_removals_job(store: Store, run_id: str) -> SurveyJob | None:
    """The latest job for a run in this process, or None."""
    return _JOBS.latest(store, run_id, None)


def _made(store: Store, run_id: str) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.comparison import cue_removals

    yield from cue_removals(store, run_id)
