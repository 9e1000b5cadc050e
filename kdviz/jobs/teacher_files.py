"""Background jobs that examine files of weights: which network each is for, and how well it predicts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.config import RunConfig
from kdviz.content import file_hash
from kdviz.device import resolve_device
from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store

if TYPE_CHECKING:
    from kdviz.trainer.teacher_check import TeacherExamination

_JOBS = JobRegistry()
_MOST = 16
_KNOWN: OrderedDict[tuple[str, str], TeacherExamination] = OrderedDict()
_GUARD = threading.Lock()


def start_examination(store: Store, file: Path, config: RunConfig) -> SurveyJob:
    """The unfinished job for a file and the images of `config`, or else a new one.

    Read its result with `known_examination`.
    """
    name, images = _key(file, config)
    device = resolve_device(config.device)
    return _JOBS.start_on(device, store, name, images, lambda: _made(file, config))


def examination_job(store: Store, file: Path, config: RunConfig) -> SurveyJob | None:
    """The latest job for a file and the images of `config` in this process, or None."""
    return _JOBS.latest(store, *_key(file, config))


def known_examination(file: Path, config: RunConfig) -> TeacherExamination | None:
    """The result for a file and the images of `config`, or None if it is not computed yet."""
    with _GUARD:
        return _KNOWN.get(_key(file, config))


def _made(file: Path, config: RunConfig) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.trainer.teacher_check import examine_teacher

    found = yield from examine_teacher(file, config)
    with _GUARD:
        _KNOWN[_key(file, config)] = found
        while len(_KNOWN) > _MOST:
            _KNOWN.popitem(last=False)


def _key(file: Path, config: RunConfig) -> tuple[str, str]:
    images = (config.dataset, config.image_size, config.cue, config.content["data"])
    return file_hash(file), repr(images)
