"""Test images with the maps of the teacher and another arm, for the gallery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.cache import Cache
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import Split
from kdviz.explainers import explain
from kdviz.progress import Message, Report, silent
from kdviz.sound import drawn
from kdviz.store import Store
from kdviz.types import Arm, FloatArray


@dataclass(frozen=True, eq=False)
class MapPair:
    """One image or text. image: uint8 (H, W, C); of a text, numbers of words, (L, 1). text: as written.

    teacher, other: the two maps for the teacher's predicted class, raw and signed, each (*s) at its own size.
    framed: numbers of the words that are a planted cue, else of those that a person marked; none of an image.
    sound: int16 (samples,), whose spectrogram the image is; None of other inputs.
    """

    index: int
    image: NDArray[Any]
    teacher: FloatArray
    other: FloatArray
    text: str | None = None
    framed: tuple[int, ...] = ()
    sound: NDArray[np.int16] | None = None


_PAIRS: Cache[tuple[MapPair, ...]] = Cache(64)


def map_pairs(
    store: Store,
    run_id: str,
    indices: Sequence[int],
    arm: Arm = "student",
    *,
    explainer: str = "grad-cam",
    report: Report = silent,
) -> tuple[MapPair, ...]:
    """The images at `indices` of a run's test set, in that order, explained in one batch per arm.

    Raises StoreError without snapshots.
    """
    run = snapshots(store, run_id, report=report)
    hashes = (run.hashes["teacher"], run.hashes[arm])
    key = (run_id, *hashes, arm, explainer, tuple(indices))
    return _PAIRS.get(key, lambda: _explained(run, indices, arm, explainer, report), run.lock)


def _explained(
    run: Snapshots, indices: Sequence[int], arm: Arm, explainer: str, report: Report
) -> tuple[MapPair, ...]:
    split = run.images.test.take(torch.tensor(list(indices), dtype=torch.int64))
    images = run.normalizer.normalize(split.images)
    with torch.no_grad():
        target = run.networks["teacher"](images).argmax(1)
    maps = []
    for done, each in enumerate(("teacher", arm)):
        report(Message("Explaining {count} images", {"count": len(indices)}), done / 2)
        layer = run.config.explained_layer
        maps.append(explain(explainer, run.networks[each], images, target, layer=layer).cpu().numpy())
    pixels = drawn(split.images).movedim(1, -1).numpy()
    pairs = [MapPair(*each) for each in zip(indices, pixels, *maps, strict=True)]
    if split.sounds is not None:
        sounds = split.sounds.numpy()
        return tuple(replace(pair, sound=sound) for pair, sound in zip(pairs, sounds, strict=True))
    if split.texts is None:
        return tuple(pairs)
    return tuple(
        replace(pair, text=text, framed=framed)
        for pair, text, framed in zip(pairs, split.texts, framed_words(split), strict=True)
    )


def framed_words(split: Split) -> list[tuple[int, ...]]:
    """Numbers of the words of each text that are a planted cue, else of those that a person marked."""
    masks = split.object_masks if split.cue_masks is None else split.cue_masks
    if masks is None:
        return [()] * len(split)
    return [tuple(mask.nonzero().flatten().tolist()) for mask in masks]
