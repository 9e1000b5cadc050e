"""Whether a teacher from a file predicts better on images that are resized for it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from kdviz.models import MODELS, card_of
from kdviz.progress import Message
from kdviz.trainer.setup import TrainingSetup
from kdviz.trainer.teacher_ways import MOST_IMAGES, Tried, tried
from kdviz.types import Preparing

_SIZES = (32, 64, 96, 128, 160, 224)
"""Sides in pixels at which networks are usually trained."""

_FARTHEST = 4
"""Sizes more than this many times larger or smaller than the images are not tried."""

_NOTHING_TO_GAIN = 0.95
_FEWEST_IMAGES = 50
_WORK = 4e11
"""Multiply-adds that all sizes may take, some ten seconds of one core: with more, fewer images are taken."""


def tried_sizes(setup: TrainingSetup, usual: Tried) -> Generator[Preparing, None, tuple[Tried, ...]]:
    """The usual way, first, and the same at other sizes, all on the same images.

    A new last layer is fitted at each size. Empty where it is hardly ever wrong.
    """
    sizes = _sizes(setup, usual)
    if not sizes:
        return ()
    cost, side = _multiply_adds(setup, usual)
    while sizes and _FEWEST_IMAGES * _of_all(cost, side, sizes) > _WORK:
        sizes = sizes[:-1]
    if not sizes:
        return ()
    images = min(MOST_IMAGES, int(_WORK / _of_all(cost, side, sizes)))
    # With as many images as before, the usual way has been tried on the same ones, and fitted to the same.
    again = images < (MOST_IMAGES if usual.way.fits_layer else usual.check.count)
    found = [tried(setup, usual.way, images) if again else usual]
    for number, size in enumerate(sizes):
        yield Preparing(Message("Trying image sizes"), 0.7 + 0.3 * number / len(sizes))
        resized = replace(usual.way, settings={**usual.way.settings, "teacher_size": size})
        found.append(tried(setup, resized, images))
    return tuple(found)


def _sizes(setup: TrainingSetup, usual: Tried) -> tuple[int, ...]:
    """Those to try beside the usual one, the smallest first."""
    height, width = setup.config.input_shape[1:]
    settings = usual.way.settings
    if height != width or usual.check.accuracy >= _NOTHING_TO_GAIN:
        return ()
    takes, now = MODELS[settings["teacher"]].takes, settings.get("teacher_size") or height
    near = [size for size in _SIZES if size != now and height / _FARTHEST <= size <= height * _FARTHEST]
    return tuple(size for size in near if takes((size, size)))


def _multiply_adds(setup: TrainingSetup, usual: Tried) -> tuple[int, int]:
    """For each image on which it is judged at its usual size, and that size."""
    taught, network = usual.way.taught(setup)
    side = taught.config.teacher_input_shape(taught.config.input_shape)[-1]
    return usual.way.passes * card_of(network, taught.config.input_shape).multiply_adds, side


def _of_all(cost: float, side: int, sizes: tuple[int, ...]) -> float:
    """Multiply-adds of one image at all sizes and the usual one: they grow with the number of pixels."""
    return cost * sum((size / side) ** 2 for size in (side, *sizes))
