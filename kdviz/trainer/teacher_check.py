"""How well a teacher from a file predicts labelled images, before a run is started."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from scipy.stats import binomtest

from kdviz.checkpoints import NEW_LAYER, PIXEL_SCALES, candidate_for, match, read_checkpoint
from kdviz.config import RunConfig, make_config
from kdviz.datasets import Split
from kdviz.models import Network
from kdviz.networks import load_teacher_file
from kdviz.progress import Message, Report, silent
from kdviz.trainer.inference import accuracy, split_logits
from kdviz.trainer.last_layer import fit_last_layer
from kdviz.trainer.setup import TEACHER_SEED, TrainingSetup, load_setup
from kdviz.types import Event

_IMAGES = 200
_COLOURS = 3


@dataclass(frozen=True)
class TeacherCheck:
    """Accuracy of a teacher on `count` labelled images, with the pixels that it may expect.

    scale: a value of `teacher_input`; None: normalized as the data set. accuracy, low, high: with the 95 %
    interval of Clopper and Pearson. chance: the share of the most frequent class.
    """

    scale: str | None
    accuracy: float
    low: float
    high: float
    chance: float
    count: int

    @property
    def above_chance(self) -> bool:
        """Whether the whole interval is above chance."""
        return self.low > self.chance


def check_teacher(config: RunConfig, report: Report = silent) -> TeacherCheck:
    """The accuracy of the run's teacher, as its settings describe its file, on validation images.

    A new last layer is fitted first, on training images. Raises KdvizError for a file that does not fit.
    """
    setup = load_setup(config, report)
    return _measured(setup, config)


def compare_scales(config: RunConfig, report: Report = silent) -> list[TeacherCheck]:
    """The same for every pixel scale that is known, the most accurate first."""
    setup, found = load_setup(config, report), []
    tensors = read_checkpoint(Path(str(config.teacher_weights))).tensors
    channels = match(tensors, candidate_for(tensors, config.teacher, config.teacher_width)).channels
    scales: list[str | None] = list(PIXEL_SCALES) if channels == _COLOURS else []
    if channels == config.input_shape[0] or not scales:
        scales.insert(0, None)
    for number, scale in enumerate(scales):
        report(Message("Trying pixel scales"), number / len(scales))
        tried = make_config({**config.model_dump(), "teacher_input": scale})
        found.append(_measured(replace(setup, config=tried), tried))
    return sorted(found, key=lambda each: -each.accuracy)


def _measured(setup: TrainingSetup, config: RunConfig) -> TeacherCheck:
    network = setup.network("teacher", TEACHER_SEED)
    load_teacher_file(network, config)
    if config.teacher_classes == NEW_LAYER:
        _exhaust(fit_last_layer(network, _first(setup.data.teacher_train, 5 * _IMAGES), setup.normalizer))
    images = _first(setup.data.validation, _IMAGES)
    right, counts = _right(network, images, setup), images.labels.bincount()
    interval = binomtest(right, len(images)).proportion_ci()
    return TeacherCheck(
        config.teacher_input, right / len(images), float(interval.low), float(interval.high),
        float(counts.max()) / len(images), len(images),
    )  # fmt: skip


def _right(network: Network, images: Split, setup: TrainingSetup) -> int:
    logits = _exhaust(split_logits(network, images, setup.normalizer))
    return round(accuracy(logits, images.labels) * len(images))


def _first(split: Split, most: int) -> Split:
    """Every n-th image, so that all classes are among them."""
    return split if len(split) <= most else split.take(torch.arange(0, len(split), -(-len(split) // most)))


def _exhaust(generator: Iterator[Event]) -> Any:
    """The result of a generator whose progress nobody watches."""
    while True:
        try:
            next(generator)
        except StopIteration as ended:
            return ended.value
