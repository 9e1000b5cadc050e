"""Background jobs that make the checks of a report: one at a time per device, on one core."""

from __future__ import annotations

from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store

_JOBS = JobRegistry()


def start_report_checks(store: Store, run_id: str) -> SurveyJob:
    """The unfinished job for a run in this process, or else a new one.

    Once it is done, `kdviz.report.report_html` takes a second. Raises StoreError for an unknown run.
    """
    return _JOBS.start(store, run_id, None, lambda: _made(store, run_id))


def report_checks_job(store: Store, run_id: str) -> SurveyJob | None:
    """The latest job for a run in this process, or None."""
    return _JOBS.latest(store, run_id, None)


def _made(store: Store, run_id: str) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.report import report_checks

    yield from report_checks(store, run_id)
