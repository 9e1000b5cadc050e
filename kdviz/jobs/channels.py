"""What channels respond to, found in the background: one network after another on a device, on one core."""

from __future__ import annotations

import threading
from pathlib import Path

from kdviz.jobs.process import Device, resolved
from kdviz.jobs.surveys import Steps, SurveyDesk, SurveyJob
from kdviz.store import Store

_desks: dict[Device, SurveyDesk] = {}
_jobs: dict[tuple[Path, str, int], SurveyJob] = {}
_guard = threading.Lock()


def start_channels(store: Store, run_id: str, index: int) -> SurveyJob:
    """The job for a run and a test image that is under way in this process, or else a new one.

    What it finds is read with `kdviz.comparison.known_channels`. Raises StoreError for an unknown run.
    """
    device, key = resolved(store.run(run_id).config["device"]), (store.directory, run_id, index)
    with _guard:
        job = _jobs.get(key)
        if job is None or job.ended:
            job = _jobs[key] = SurveyJob(lambda: _made(store, run_id, index))
            _desks.setdefault(device, SurveyDesk()).add(job)
        return job


def channels_job(store: Store, run_id: str, index: int) -> SurveyJob | None:
    """The latest job for a run and a test image that was started in this process, or None."""
    with _guard:
        return _jobs.get((store.directory, run_id, index))


def _made(store: Store, run_id: str, index: int) -> Steps:
    # Imported when it is needed: a page that only looks on does without torch.
    from kdviz.comparison.channels import channels

    yield from channels(store, run_id, index)
