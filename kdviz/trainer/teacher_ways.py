"""The ways in which a teacher from a file may be used, tried on labelled images: its pixels and outputs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import binomtest
from torch import Tensor

from kdviz.agreement import paired_difference
from kdviz.checkpoints import NEW_LAYER
from kdviz.config import RunConfig, make_config
from kdviz.datasets import Split
from kdviz.models import Network
from kdviz.progress import Message, run_to_end
from kdviz.trainer.inference import accuracy, split_logits
from kdviz.trainer.last_layer import fit_last_layer
from kdviz.trainer.layer_maps import LayerMaps, layer_maps
from kdviz.trainer.setup import TEACHER_SEED, TrainingSetup
from kdviz.types import Preparing

MOST_IMAGES = 200
_MOSTLY_RIGHT = 0.5
"""Below this accuracy other orders of the outputs are tried."""

_FEWEST_AHEAD = 2
"""Images by which a way must be ahead of the usual one."""

_FITTED = 5
"""Training images to which a new last layer is fitted, for each image on which it is judged."""


@dataclass(frozen=True)
class TeacherCheck:
    """Accuracy of a teacher on `count` labelled images, with the pixels that it may expect.

    scale: a value of `teacher_input`; None: normalized as the data set. size: a value of `teacher_size`;
    None: as the images. accuracy, low, high: with the 95 % interval of Clopper and Pearson. chance: the share
    of the most frequent class.
    """

    scale: str | None
    accuracy: float
    low: float
    high: float
    chance: float
    count: int
    size: int | None = None

    @property
    def right(self) -> int:
        """How many of the images it is right on."""
        return round(self.accuracy * self.count)

    @property
    def above_chance(self) -> bool:
        """Whether the whole interval is above chance."""
        return self.low > self.chance


Loading = Callable[[Network, RunConfig], None]


@dataclass(frozen=True)
class Way:
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

    @property
    def fits_layer(self) -> bool:
        """Whether a new last layer is fitted to the data."""
        return bool(self.settings.get("teacher_classes") == NEW_LAYER)

    @property
    def passes(self) -> int:
        """Images that pass through the network for each one on which it is judged."""
        return 1 + _FITTED if self.fits_layer else 1


@dataclass(frozen=True)
class Tried:
    """What a teacher reaches in one way, and where it looks. right: by image, bool (N,)."""

    way: Way
    check: TeacherCheck
    right: NDArray[np.bool_]
    layers: LayerMaps

    def of_network(self, other: Tried) -> bool:
        """Whether it is the same network with the same outputs as another."""
        names, settings = ("teacher", "teacher_classes"), other.way.settings
        return all(self.way.settings.get(name) == settings.get(name) for name in names)


@dataclass(frozen=True)
class BestWay:
    """The most accurate way. checks: of the same network, for each pixel scale, this one's first.

    reordered: whether the outputs are taken in another order than the file's.
    """

    tried: Tried
    checks: tuple[TeacherCheck, ...]
    reordered: bool


def best_way(setup: TrainingSetup, ways: Sequence[Way]) -> Generator[Preparing, None, BestWay]:
    """Try all ways, and other orders of the outputs if none is mostly right."""
    all_tried = []
    for number, way in enumerate(ways):
        yield Preparing(Message("Trying pixel scales"), 0.1 + 0.5 * number / len(ways))
        all_tried.append(tried(setup, way))
    if max(each.check.accuracy for each in all_tried) < _MOSTLY_RIGHT:
        for number, way in enumerate(ways):
            yield Preparing(Message("Trying orders of the classes"), 0.6 + 0.1 * number / len(ways))
            if way.in_any_order and (order := _order_of_outputs(*way.taught(setup))):
                turned = replace(way, settings={**way.settings, "teacher_classes": ",".join(map(str, order))})
                all_tried.append(tried(setup, turned))
    own = [each for each in all_tried if each.check.scale is None]
    chosen = clearly_best(all_tried, most_accurate(own) if own else most_accurate(all_tried))
    others = sorted(all_tried, key=lambda each: (each is not chosen, -each.check.accuracy))
    given = {way.settings.get("teacher_classes") for way in ways}
    return BestWay(
        chosen,
        tuple(each.check for each in others if each.of_network(chosen)),
        reordered=chosen.way.settings.get("teacher_classes") not in given,
    )


def most_accurate(ways: Sequence[Tried]) -> Tried:
    """The first of those that are right on most images."""
    return max(ways, key=lambda each: each.check.accuracy)


def clearly_best(ways: Sequence[Tried], usual: Tried) -> Tried:
    """The most accurate way if it is clearly ahead of the usual one on the same images, else that."""
    best = most_accurate(ways)
    ahead = int(best.right.sum()) - int(usual.right.sum())
    clearly = ahead >= _FEWEST_AHEAD and paired_difference(best.right, usual.right).low > 0
    return best if clearly else usual


def tried(setup: TrainingSetup, way: Way, most: int = MOST_IMAGES) -> Tried:
    """Try a way on validation images, of which `most` are taken at most."""
    taught, network = way.taught(setup)
    check, images, predicted = measured(taught, network, most)
    right = (predicted.cpu() == images.labels).numpy()
    return Tried(way, check, right, layer_maps(taught, network, images, predicted))


def _without_teacher(config: RunConfig) -> dict[str, Any]:
    """The settings of a run, with what depends on its networks left to their defaults."""
    left_out = ("explanation_loss", "explanation_weight", "arms")
    return {
        name: value
        for name, value in config.model_dump().items()
        if not name.startswith("teacher") and name not in left_out
    }


def measured(
    setup: TrainingSetup, network: Network, most: int = MOST_IMAGES
) -> tuple[TeacherCheck, Split, Tensor]:
    """What a teacher reaches, on which images, and its predictions for them."""
    config = setup.config
    if config.teacher_classes == NEW_LAYER:
        run_to_end(
            fit_last_layer(network, _first(setup.data.teacher_train, _FITTED * most), setup.normalizer)
        )
    images = _first(setup.data.validation, most)
    logits = run_to_end(split_logits(network, images, setup.normalizer))
    right, counts = round(accuracy(logits, images.labels) * len(images)), images.labels.bincount()
    interval = binomtest(right, len(images)).proportion_ci()
    check = TeacherCheck(
        config.teacher_input, right / len(images), float(interval.low), float(interval.high),
        float(counts.max()) / len(images), len(images), config.teacher_size,
    )  # fmt: skip
    return check, images, logits.argmax(1)


def _order_of_outputs(setup: TrainingSetup, network: Network) -> tuple[int, ...] | None:
    """For each class the output that predicts it, as well as an output can be given to each.

    Found on training images. None if that is the order in which they are, or if they were chosen by name.
    """
    if setup.config.teacher_classes is not None:
        return None
    images = _first(setup.data.teacher_train, MOST_IMAGES)
    predicted = run_to_end(split_logits(network, images, setup.normalizer)).argmax(1)
    classes = len(setup.data.dataset.classes)
    pairs = (images.labels * classes + predicted.cpu()).bincount(minlength=classes**2)
    order = tuple(linear_sum_assignment(pairs.view(classes, classes), maximize=True)[1].tolist())
    return None if order == tuple(range(classes)) else order


def _first(split: Split, most: int) -> Split:
    """Every n-th image, so that all classes are among them."""
    return split if len(split) <= most else split.take(torch.arange(0, len(split), -(-len(split) // most)))
