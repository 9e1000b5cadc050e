"""Background jobs that find what channels respond to: one at a time per device, on one core."""

from __future__ import annotations

from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store

_JOBS = JobRegistry()


def start_channels(store: Store, run_id: str, index: int) -> SurveyJob:
    """The unfinished job for a run and a test image in this process, or else a new one.

    Read its result with `kdviz.comparison.known_channels`. Raises StoreError for an unknown run.
    """
    return _JOBS.start(store, run_id, index, lambda: _made(store, run_id, index))


def channels_job(store: Store, run_id: str, index: int) -> SurveyJob | None:
    """The latest job for a run and a test image in this process, or None."""
    return _JOBS.latest(store, run_id, index)


def _made(store: Store, run_id: str, index: int) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.comparison.test_set.channels import channels

    yield from channels(store, run_id, index)
