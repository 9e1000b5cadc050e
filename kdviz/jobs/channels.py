"""What channels respond to, found in the background: one network after another on a device, on one core."""

from __future__ import annotations

from kdviz.jobs.surveys import JobBook, Steps, SurveyJob
from kdviz.store import Store

_BOOK = JobBook()


def start_channels(store: Store, run_id: str, index: int) -> SurveyJob:
    """The job for a run and a test image that is under way in this process, or else a new one.

    What it finds is read with `kdviz.comparison.known_channels`. Raises StoreError for an unknown run.
    """
    return _BOOK.start(store, run_id, index, lambda: _made(store, run_id, index))


def channels_job(store: Store, run_id: str, index: int) -> SurveyJob | None:
    """The latest job for a run and a test image that was started in this process, or None."""
    return _BOOK.latest(store, run_id, index)


def _made(store: Store, run_id: str, index: int) -> Steps:
    # Imported when it is needed: a page that only looks on does without torch.
    from kdviz.comparison.test_set.channels import channels

    yield from channels(store, run_id, index)
