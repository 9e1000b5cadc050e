"""Background jobs that examine files of weights: which network each is for, and how well it predicts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.checkpoints import is_onnx, program_of_onnx
from kdviz.config import RunConfig
from kdviz.content import file_hash
from kdviz.device import resolve_device
from kdviz.jobs.surveys import JobRegistry, Steps, SurveyJob
from kdviz.store import Store
from kdviz.store.uploads import UploadedFile
from kdviz.types import Preparing

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
    return _JOBS.start_on(device, store, name, images, lambda: _made(store, file, config))


def examination_job(store: Store, file: Path, config: RunConfig) -> SurveyJob | None:
    """The latest job for a file and the images of `config` in this process, or None."""
    return _JOBS.latest(store, *_key(file, config))


def known_examination(file: Path, config: RunConfig) -> TeacherExamination | None:
    """The result for a file and the images of `config`, or None if it is not computed yet.

    That of an ONNX file is of its program, as its settings say; None too if that program is gone.
    """
    with _GUARD:
        found = _KNOWN.get(_key(file, config))
    if found and is_onnx(file) and not Path(found.settings["teacher_weights"]).is_file():
        return None
    return found


def _made(store: Store, file: Path, config: RunConfig) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.trainer.teacher_check import examine_teacher

    program = (yield from _kept_program(store, file, config)) if is_onnx(file) else file
    found = yield from examine_teacher(program, config)
    with _GUARD:
        _KNOWN[_key(file, config)] = _KNOWN[_key(program, config)] = found
        while len(_KNOWN) > _MOST:
            _KNOWN.popitem(last=False)


def _kept_program(store: Store, file: Path, config: RunConfig) -> Generator[Preparing, None, Path]:
    """The program of an ONNX file, kept as an upload of its visitor."""
    content = yield from program_of_onnx(file, config.input_shape)
    return store.uploads.keep_weights(UploadedFile(f"{file.stem}.pt2", content))


def _key(file: Path, config: RunConfig) -> tuple[str, str]:
    images = (config.dataset, config.image_size, config.clip_seconds, config.cue, config.content["data"])
    return file_hash(file), repr(images)
