"""What channels respond to: test images, clips or texts, and what gradient ascent makes of noise."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.cache import Cache
from kdviz.comparison.input.walkthroughs import predictions
from kdviz.comparison.models.slices import Work
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import Split
from kdviz.explainers import Ascent, TopPatches, activations, climb, grad_cam_steps, search
from kdviz.models import TEACHERS
from kdviz.networks import role_of
from kdviz.progress import Message
from kdviz.sound import drawn
from kdviz.store import Store
from kdviz.types import Arm, FloatArray, Preparing

CHANNELS, PATCHES = 6, 6
"""Number of channels per network, and of test images per channel."""

SHOWN: tuple[Arm, ...] = ("teacher", "student")

_BATCH = 100
_SEARCH_SHARE = 0.2
"""Approximate share of the work that the search through the test images takes."""

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Patch:
    """A test image that activates a channel, or a test clip by its spectrogram.

    image: uint8 (H, W, C). label: its class. box: top, left, bottom, right of the cell's receptive field.
    activation: of the cell, raw. sound: int16 (samples,), of a clip.
    """

    index: int
    label: int
    image: NDArray[np.uint8]
    box: tuple[int, int, int, int]
    activation: float
    sound: NDArray[np.int16] | None = None


@dataclass(frozen=True, eq=False)
class ActiveText:
    """A test text that activates a channel.

    label: its class. words: the channel's activation at each word, float32 (L,), NaN behind the last one.
    place: the number of the word with the highest. activation: there, raw. The features of the last map are
    scaled so that their mean over all L places is that over the words: in a short text a word counts for
    more.
    """

    index: int
    label: int
    text: str
    words: FloatArray
    place: int
    activation: float


@dataclass(frozen=True, eq=False)
class Channel:
    """weight: Grad-CAM's α for the explained class. patches, texts: strongest first; one of them is empty.

    made: uint8 (H, W, C), the image from gradient ascent; None for a network that reads samples or words,
    which are no picture. activation: its mean over the map, NaN likewise.
    """

    number: int
    weight: float
    patches: tuple[Patch, ...]
    made: NDArray[np.uint8] | None = None
    activation: float = math.nan
    texts: tuple[ActiveText, ...] = ()

    @property
    def highest(self) -> float:
        """The highest activation of a cell in the test set."""
        return (self.patches or self.texts)[0].activation


Visualised = Mapping[Arm, tuple[Channel, ...]]
"""By arm, the channels with the largest weights for the class, descending."""

_KNOWN: Cache[Visualised] = Cache(64)


def known_channels(store: Store, run_id: str, index: int) -> Visualised | None:
    """What the main channels for the teacher's prediction respond to, if known; never computes it."""
    return _KNOWN.find(_key(store, run_id, snapshots(store, run_id), index))


def channels(store: Store, run_id: str, index: int) -> Work[Visualised]:
    """Compute and cache it. Holds the device for one step at a time, so that pages can compute in between."""
    run = snapshots(store, run_id)
    if (known := known_channels(store, run_id, index)) is not None:
        return known
    target = predictions(store, run_id, index).target
    found: dict[Arm, tuple[Channel, ...]] = {}
    for done, arm in enumerate(SHOWN):
        searching = _ChannelSearch(run, arm, index, target)
        found[arm] = yield from searching.work(done / len(SHOWN), 1 / len(SHOWN))
    _KNOWN.keep(_key(store, run_id, run, index), found)
    return found


def _key(store: Store, run_id: str, run: Snapshots, index: int) -> tuple[Any, ...]:
    target = predictions(store, run_id, index).target
    hashes = tuple(run.hashes[arm] for arm in SHOWN)
    return (run_id, *hashes, target if _pooled(run) else (target, index))


def _pooled(run: Snapshots) -> bool:
    """Whether the weights depend only on the class, and not on the image."""
    layer = run.config.explained_layer
    return all(run.networks[arm].pooled_classifier(layer) is not None for arm in SHOWN)


class _ChannelSearch:
    """The channels of one network."""

    def __init__(self, run: Snapshots, arm: Arm, index: int, target: int) -> None:
        self._run, self._arm = run, arm
        self._network, self._layer = run.networks[arm], run.config.explained_layer
        image = run.normalizer.normalize(run.images.test.images[index : index + 1])[0]
        with run.lock:
            self._weights = grad_cam_steps(self._network, image, target, layer=self._layer).weights.cpu()
        order = self._weights.argsort(descending=True, stable=True)
        self._numbers = [int(number) for number in order[:CHANNELS]]

    def work(self, start: float, share: float) -> Work[tuple[Channel, ...]]:
        """Yields the progress of this part of the work, in [start, start + share]."""
        test = self._run.images.test
        searching_share = share * (_SEARCH_SHARE if test.texts is None else 1)
        batches = (self._run.normalizer.normalize(part) for part in torch.split(test.images, _BATCH))
        searching = search(self._network, batches, self._numbers, layer=self._layer, count=PATCHES)
        found = yield from self._locked(
            searching, Message("Searching the test images"), start, searching_share / len(test)
        )
        weights = self._weights[self._numbers].tolist()
        if found.boxes is None:
            of_texts = zip(self._numbers, weights, self._texts(found), strict=True)
            return tuple(Channel(number, weight, (), texts=texts) for number, weight, texts in of_texts)
        made = yield from self._made(start + searching_share, share - searching_share)
        rows = zip(found.indices.tolist(), found.boxes.tolist(), found.activations.tolist(), strict=True)
        patches = [tuple(_patch(test, *each) for each in zip(*row, strict=True)) for row in rows]
        return tuple(
            Channel(number, weight, of_channel, picture, activation)
            for number, weight, of_channel, (picture, activation) in zip(
                self._numbers, weights, patches, made, strict=True
            )
        )

    def _texts(self, found: TopPatches) -> list[tuple[ActiveText, ...]]:
        """The texts of each channel."""
        test = self._run.images.test
        assert test.texts is not None
        texts = []
        for at, number in enumerate(self._numbers):
            chosen = found.indices[at]
            with self._run.lock:
                inputs = self._run.normalizer.normalize(test.images[chosen])
                words = activations(self._network, inputs, [number], layer=self._layer)[:, 0].cpu().numpy()
            rows = zip(chosen.tolist(), words, found.cells[at, :, 0].tolist(), strict=True)
            texts.append(
                tuple(
                    ActiveText(index, int(test.labels[index]), test.texts[index], of, place, float(of[place]))
                    for index, of, place in rows
                )
            )
        return texts

    def _made(self, start: float, share: float) -> Work[list[tuple[NDArray[np.uint8] | None, float]]]:
        """The optimized image of each channel, and its activation."""
        if TEACHERS[getattr(self._run.config, role_of(self._arm))].reads_samples:
            return [(None, math.nan)] * len(self._numbers)
        ascent = yield from self._locked(self._ascent(), Message("Optimizing images"), start, share)
        pixels = torch.from_numpy(self._run.normalizer.pixels(ascent.images)).movedim(-1, 1)
        pictures = drawn(pixels).movedim(1, -1).numpy()
        return list(zip(pictures, ascent.activations.tolist(), strict=True))

    def _locked(
        self, steps: Generator[float, None, Result], what: Message, start: float, share: float
    ) -> Work[Result]:
        """Runs a generator to its end, holding the device for one step at a time."""
        while True:
            with self._run.lock:
                try:
                    done = next(steps)
                except StopIteration as end:
                    result: Result = end.value
                    return result
            yield Preparing(what, start + share * done)

    def _ascent(self) -> Generator[float, None, Ascent]:
        images = self._run.images.test.images
        ends = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, images.shape[1], 1, 1)
        black, white = self._run.normalizer.normalize(ends)
        height, width = images.shape[2:]
        black, white = (pixel.expand(-1, height, width) for pixel in (black, white))
        return climb(self._network, self._numbers, black=black, white=white, layer=self._layer)


def _patch(test: Split, index: int, box: list[int], activation: float) -> Patch:
    top, left, bottom, right = box
    image = drawn(test.images[index : index + 1])[0].permute(1, 2, 0).numpy()
    sound = None if test.sounds is None else test.sounds[index].numpy()
    return Patch(index, int(test.labels[index]), image, (top, left, bottom, right), activation, sound)
