"""How well a teacher from a file predicts labelled images, before a run is started."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import binomtest
from torch import Tensor

from kdviz.agreement import paired_difference
from kdviz.checkpoints import (
    NEW_LAYER,
    PIXEL_SCALES,
    CheckpointSummary,
    Match,
    best_match,
    inspect_file,
    is_program,
    teacher_settings,
)
from kdviz.config import RunConfig, make_config
from kdviz.datasets import Split
from kdviz.models import Network
from kdviz.networks import (
    ProgramSummary,
    load_teacher,
    load_teacher_file,
    program_settings,
    program_summary,
)
from kdviz.progress import Message, Report, run_to_end, silent
from kdviz.trainer.inference import accuracy, split_logits
from kdviz.trainer.last_layer import fit_last_layer
from kdviz.trainer.layer_maps import LayerMaps, layer_maps
from kdviz.trainer.setup import TEACHER_SEED, TrainingSetup, load_setup
from kdviz.types import Preparing

_IMAGES = 200
_COLOURS = 3
_MOSTLY_RIGHT = 0.5
"""Below this accuracy other orders of the outputs are tried."""

_FEWEST_AHEAD = 2
"""Images by which other pixels must be ahead of the data set's own."""


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
    def right(self) -> int:
        """How many of the images it is right on."""
        return round(self.accuracy * self.count)

    @property
    def above_chance(self) -> bool:
        """Whether the whole interval is above chance."""
        return self.low > self.chance


@dataclass(frozen=True)
class TeacherExamination:
    """A file of weights, how it fits the networks that it may be for, and how well the best of them predicts.

    summary: number of tensors, and where in the file they were. matches: the best first; none for a program.
    settings: of a run with this teacher, its pixels the data set's own unless others are clearly more
    accurate. checks: a line for each pixel scale, that of the settings first, then the best. Both are empty
    for weights that leave a part of the network empty. reordered: whether the outputs are taken in another
    order than the file's: that which fits training images best. layers: one image's map at each layer that
    can be explained, None for such weights.
    """

    summary: CheckpointSummary
    matches: tuple[Match, ...]
    settings: Mapping[str, Any]
    checks: tuple[TeacherCheck, ...]
    program: ProgramSummary | None = None
    reordered: bool = False
    layers: LayerMaps | None = None

    @property
    def best(self) -> Match:
        """The match that is proposed, for a file of weights."""
        return best_match(self.matches)


def examine_teacher(file: Path, config: RunConfig) -> Generator[Preparing, None, TeacherExamination]:
    """Recognize a file of weights and measure its accuracy on validation images of `config`, for each scale.

    If most predictions are wrong, its outputs may be in another order than the classes: that which fits
    training images best is measured as well.
    Raises KdvizError, with one line, for a file that cannot be read or does not fit.
    """
    yield Preparing(Message("Reading the file"), 0.05)
    if is_program(file):
        return (yield from _examine_program(file, config))
    found = inspect_file(file)
    if not best_match(found.matches).complete:
        return TeacherExamination(CheckpointSummary.of(found.checkpoint), found.matches, {}, ())
    setup = load_setup(config, silent)
    classes, sides = setup.data.dataset.classes, config.input_shape[1:]

    def loading(found_match: Match) -> Loading:
        return lambda network, given: load_teacher(network, given, found.checkpoint.tensors, found_match)

    ways = [
        _Way(
            {**teacher_settings(file, each, classes=classes, sides=sides), "teacher_input": scale},
            loading(each),
        )
        for each in found.equally_alike
        for scale in _scales(each.channels, config.input_shape[0])
    ]
    best, checks, reordered = yield from _best_way(setup, ways)
    settings = best.settings
    matches = sorted(found.matches, key=lambda each: each.candidate.architecture != settings["teacher"])
    summary = CheckpointSummary.of(found.checkpoint)
    return TeacherExamination(
        summary, tuple(matches), settings, checks, reordered=reordered, layers=best.layers
    )


def _examine_program(file: Path, config: RunConfig) -> Generator[Preparing, None, TeacherExamination]:
    sides = config.input_shape[1:]
    found, setup = program_summary(file, sides), load_setup(config, silent)
    usual = program_settings(file, found, classes=setup.data.dataset.classes, sides=sides)
    ways = [
        _Way({**usual, "teacher_input": scale}, load_teacher_file, in_any_order=found.own_classes)
        for scale in _scales(found.input_shape[0], config.input_shape[0])
    ]
    best, checks, reordered = yield from _best_way(setup, ways)
    summary = CheckpointSummary(found.tensors, "torch.export")
    return TeacherExamination(summary, (), best.settings, checks, found, reordered, best.layers)


Loading = Callable[[Network, RunConfig], None]


@dataclass(frozen=True)
class _Way:
    """A way to use a file. load: puts its tensors into a network. in_any_order: outputs can be chosen."""

    settings: Mapping[str, Any]
    load: Loading
    in_any_order: bool = True

    def taught(self, setup: TrainingSetup) -> tuple[TrainingSetup, Network]:
        """The run with this teacher, and the teacher."""
        config = make_config({**_without_teacher(setup.config), **self.settings})
        with_teacher = replace(setup, config=config)
        network = with_teacher.network("teacher", TEACHER_SEED)
        self.load(network, config)
        return with_teacher, network


@dataclass(frozen=True)
class _Tried:
    """What a teacher with these settings reaches, and where it looks. right: by image, bool (N,)."""

    settings: Mapping[str, Any]
    check: TeacherCheck
    right: NDArray[np.bool_]
    layers: LayerMaps


def _best_way(
    setup: TrainingSetup, ways: Sequence[_Way]
) -> Generator[Preparing, None, tuple[_Tried, tuple[TeacherCheck, ...], bool]]:
    """The most accurate way, what it and its likes reach, and whether outputs are reordered."""
    tried = []
    for number, way in enumerate(ways):
        yield Preparing(Message("Trying pixel scales"), 0.1 + 0.8 * number / len(ways))
        tried.append(_tried(setup, way))
    if max(each.check.accuracy for each in tried) < _MOSTLY_RIGHT:
        for number, way in enumerate(ways):
            yield Preparing(Message("Trying orders of the classes"), 0.9 + 0.1 * number / len(ways))
            if way.in_any_order and (order := _order_of_outputs(*way.taught(setup))):
                turned = replace(way, settings={**way.settings, "teacher_classes": ",".join(map(str, order))})
                tried.append(_tried(setup, turned))
    tried.sort(key=lambda each: -each.check.accuracy)
    chosen = _preferred(tried)
    tried.sort(key=lambda each: each is not chosen)
    settings = chosen.settings
    like = [
        each.check
        for each in tried
        if all(each.settings.get(name) == settings.get(name) for name in ("teacher", "teacher_classes"))
    ]
    given = {way.settings.get("teacher_classes") for way in ways}
    return chosen, tuple(like), settings.get("teacher_classes") not in given


def _preferred(tried: Sequence[_Tried]) -> _Tried:
    """The most accurate way; the best one with the data set's own pixels, unless that is clearly worse.

    tried: the most accurate first.
    """
    best = tried[0]
    own = next((each for each in tried if each.check.scale is None), best)
    ahead = int(best.right.sum()) - int(own.right.sum())
    clearly = ahead >= _FEWEST_AHEAD and paired_difference(best.right, own.right).low > 0
    return best if clearly else own


def _tried(setup: TrainingSetup, way: _Way) -> _Tried:
    taught, network = way.taught(setup)
    check, images, predicted = _measured(taught, network)
    right = (predicted.cpu() == images.labels).numpy()
    return _Tried(way.settings, check, right, layer_maps(taught, network, images, predicted))


def check_teacher(config: RunConfig, report: Report = silent) -> TeacherCheck:
    """The accuracy of the run's teacher, as its settings describe its file, on validation images.

    A new last layer is fitted first, on training images. Raises KdvizError for a file that does not fit.
    """
    return _checked(load_setup(config, report))


def _checked(setup: TrainingSetup) -> TeacherCheck:
    network = setup.network("teacher", TEACHER_SEED)
    load_teacher_file(network, setup.config)
    return _measured(setup, network)[0]


def _scales(expected: int, given: int) -> list[str | None]:
    """The pixel scales to try, for channels that the network expects and those of the images."""
    scales: list[str | None] = list(PIXEL_SCALES) if expected == _COLOURS else []
    return [None, *scales] if expected == given or not scales else scales


def _without_teacher(config: RunConfig) -> dict[str, Any]:
    """The settings of a run, with what depends on its networks left to their defaults."""
    left_out = ("explanation_loss", "explanation_weight", "arms")
    return {
        name: value
        for name, value in config.model_dump().items()
        if not name.startswith("teacher") and name not in left_out
    }


def _measured(setup: TrainingSetup, network: Network) -> tuple[TeacherCheck, Split, Tensor]:
    """What a teacher reaches, on which images, and its predictions for them."""
    config = setup.config
    if config.teacher_classes == NEW_LAYER:
        run_to_end(fit_last_layer(network, _first(setup.data.teacher_train, 5 * _IMAGES), setup.normalizer))
    images = _first(setup.data.validation, _IMAGES)
    logits = run_to_end(split_logits(network, images, setup.normalizer))
    right, counts = round(accuracy(logits, images.labels) * len(images)), images.labels.bincount()
    interval = binomtest(right, len(images)).proportion_ci()
    check = TeacherCheck(
        config.teacher_input, right / len(images), float(interval.low), float(interval.high),
        float(counts.max()) / len(images), len(images),
    )  # fmt: skip
    return check, images, logits.argmax(1)


def _order_of_outputs(setup: TrainingSetup, network: Network) -> tuple[int, ...] | None:
    """For each class the output that predicts it, as well as an output can be given to each.

    Found on training images. None if that is the order in which they are, or if they were chosen by name.
    """
    if setup.config.teacher_classes is not None:
        return None
    images = _first(setup.data.teacher_train, _IMAGES)
    predicted = run_to_end(split_logits(network, images, setup.normalizer)).argmax(1)
    classes = len(setup.data.dataset.classes)
    pairs = (images.labels * classes + predicted.cpu()).bincount(minlength=classes**2)
    order = tuple(linear_sum_assignment(pairs.view(classes, classes), maximize=True)[1].tolist())
    return None if order == tuple(range(classes)) else order


def _first(split: Split, most: int) -> Split:
    """Every n-th image, so that all classes are among them."""
    return split if len(split) <= most else split.take(torch.arange(0, len(split), -(-len(split) // most)))
