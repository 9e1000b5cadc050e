"""Step-by-step data of methods on one run: soft labels, Grad-CAM, integrated gradients.

Everything is computed from the run's latest snapshots, for the teacher's predicted class, and cached.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.cache import Cache
from kdviz.comparison.input.pairs import framed_words
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.explainers import IntegrationPath, grad_cam_steps, integration_path
from kdviz.losses import distillation_loss
from kdviz.modalities import modality_of
from kdviz.sound import drawn
from kdviz.store import Store
from kdviz.types import Arm, FloatArray

PATH_STEPS = 32
"""Steps from the baseline to the input, as in the explainer."""

_CLEAR = 0.05
"""Share of the largest rise along a path from which on a jump is no error of the integration."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """All arms' predictions for one test image, text or sound. logits: by arm, (classes,).

    image, text, framed, sound: as in `MapPair`.
    """

    image: NDArray[Any]
    label: int
    classes: tuple[str, ...]
    logits: dict[Arm, FloatArray]
    text: str | None = None
    framed: tuple[int, ...] = ()
    sound: NDArray[np.int16] | None = None

    @property
    def target(self) -> int:
        """The teacher's predicted class."""
        return int(self.logits["teacher"].argmax())


@dataclass(frozen=True, eq=False)
class GradCamWalkthrough:
    """Grad-CAM of one input in steps.

    features: (K, *s), A. weights: (K,), α, the mean gradients. weighted: (K, *s), α_k A_k.
    summed: (*s), the sum of `weighted`, before the ReLU. Maps are NaN where a text has no word.
    """

    features: FloatArray
    weights: FloatArray
    weighted: FloatArray
    summed: FloatArray

    def strongest(self, count: int) -> list[int]:
        """The channels with the largest mean |α_k A_k|, descending."""
        strength = np.nanmean(np.abs(self.weighted).reshape(len(self.weighted), -1), axis=1)
        order = np.argsort(-strength, kind="stable")
        return [int(channel) for channel in order[:count]]

    def without(self, channels: Sequence[int]) -> FloatArray:
        """The sum over all other channels, (*s)."""
        rest: FloatArray = self.summed - self.weighted[list(channels)].sum(0)
        return rest

    def partial_sum(self, channels: Sequence[int], included: Collection[int]) -> FloatArray:
        """The sum over some channels, (*s).

        included: positions in `channels`; len(channels) stands for all channels that are not in it.
        """
        chosen = [channel for position, channel in enumerate(channels) if position in included]
        total: FloatArray = self.weighted[chosen].sum(0)
        return total + self.without(channels) if len(channels) in included else total


@dataclass(frozen=True, eq=False)
class IntegrationWalkthrough:
    """Integrated gradients of one input after each step, the baseline first: n = PATH_STEPS + 1.

    positions: (n,), the part of the path that is integrated, from 0 to 1.
    pictures: uint8 (n, H, W, C), the input there; None of a text, whose words are vectors there.
    accumulated: (n, *s), the attribution so far, NaN where a text has no word. sums: (n,), its total.
    rises: (n,), logit(input there) − logit(baseline).
    """

    positions: FloatArray
    pictures: NDArray[np.uint8] | None
    accumulated: FloatArray
    sums: FloatArray
    rises: FloatArray

    @property
    def completeness_gap(self) -> float:
        """|sum − rise| / |rise| at the end of the path; NaN if the logit does not change."""
        rise, total = float(self.rises[-1]), float(self.sums[-1])
        return abs(total - rise) / abs(rise) if rise else math.nan

    @property
    def jump(self) -> float:
        """How far the logit of a text jumps where words appear, which no attribution is part of; 0 if hardly.

        It does in a transformer, which reads that a word is there, however short its vector.
        """
        missed = float(self.rises[1] - self.sums[1])
        clear = self.pictures is None and abs(missed) > _CLEAR * float(np.abs(self.rises).max())
        return missed if clear else 0.0


_PREDICTIONS: Cache[Predictions] = Cache(512)
_GRAD_CAMS: Cache[GradCamWalkthrough] = Cache(256)
_PATHS: Cache[IntegrationWalkthrough] = Cache(64)


# --- soft labels --------------------------------------------------------------------------------


def predictions(store: Store, run_id: str, index: int) -> Predictions:
    """All arms' predictions for the test input at `index`. Raises StoreError without snapshots."""
    run = snapshots(store, run_id)
    return _PREDICTIONS.get((run_id, *run.hashes.values(), index), lambda: _predict(run, index), run.lock)


def _predict(run: Snapshots, index: int) -> Predictions:
    split, inputs = run.images.test.take(torch.tensor([index])), _normalized(run, index)[None]
    with torch.no_grad():
        logits = {arm: network(inputs)[0].float().cpu().numpy() for arm, network in run.networks.items()}
    return Predictions(
        drawn(split.images)[0].movedim(0, -1).numpy(),
        int(split.labels[0]),
        run.images.classes,
        logits,
        None if split.texts is None else split.texts[0],
        () if split.texts is None else framed_words(split)[0],
        None if split.sounds is None else split.sounds[0].numpy(),
    )


def soft_label(logits: FloatArray, temperature: float) -> FloatArray:
    """softmax(logits/T), (classes,)."""
    probabilities: FloatArray = torch.from_numpy(logits).div(temperature).softmax(0).numpy()
    return probabilities


def entropy_bits(probabilities: FloatArray) -> float:
    """Entropy in bits: 0 for one class, log2(n) for n equal ones. 0·log 0 is 0."""
    positive = probabilities[probabilities > 0].astype(np.float64)
    return abs(float(-(positive * np.log2(positive)).sum()))


def soft_label_loss(teacher: FloatArray, student: FloatArray, temperature: float) -> float:
    """T² · KL(softmax(teacher/T) ‖ softmax(student/T)) of one image's logits, as in training."""
    own, targets = (torch.from_numpy(logits)[None] for logits in (student, teacher))
    _, soft = distillation_loss(own, targets, torch.zeros(1, dtype=torch.int64), temperature=temperature)
    return max(float(soft), 0.0)


# --- Grad-CAM and integrated gradients ----------------------------------------------------------


def grad_cam_walkthrough(store: Store, run_id: str, index: int, arm: Arm) -> GradCamWalkthrough:
    """Grad-CAM of one test input, from the feature maps to their weighted sum."""
    run, target = snapshots(store, run_id), predictions(store, run_id, index).target

    def compute() -> GradCamWalkthrough:
        layer = run.config.explained_layer
        steps = grad_cam_steps(run.networks[arm], _normalized(run, index), target, layer=layer)
        parts = (steps.features, steps.weights, steps.weighted, steps.summed)
        return GradCamWalkthrough(*(part.cpu().numpy() for part in parts))

    return _GRAD_CAMS.get((run_id, arm, run.hashes[arm], index, target), compute, run.lock)


def integration_walkthrough(
    store: Store, run_id: str, index: int, arm: Arm, baseline: str
) -> IntegrationWalkthrough:
    """Integrated gradients of one test input in `PATH_STEPS` steps. baseline: a name in `BASELINES`."""
    run, target = snapshots(store, run_id), predictions(store, run_id, index).target

    def compute() -> IntegrationWalkthrough:
        image = _normalized(run, index)
        start = modality_of(run.config.dataset).baseline(baseline, image[None], run.normalizer)[0]
        path = integration_path(run.networks[arm], image, target, baseline=start, steps=PATH_STEPS)
        return _from_baseline(run, path, start)

    return _PATHS.get((run_id, arm, run.hashes[arm], index, target, baseline), compute, run.lock)


def _from_baseline(run: Snapshots, path: IntegrationPath, baseline: Tensor) -> IntegrationWalkthrough:
    """The path as arrays, with the baseline as its first step, where everything else is 0."""
    positions, accumulated, sums, rises = (
        torch.cat([0 * part[:1], part]).cpu().numpy()  # 0 · NaN is NaN: no word is there at the start either
        for part in (path.positions, path.accumulated, path.sums, path.rises)
    )
    pictures = None
    if run.images.test.texts is None:
        pixels = torch.from_numpy(run.normalizer.pixels(torch.cat([baseline[None], path.embedded])))
        pictures = drawn(pixels.movedim(-1, 1)).movedim(1, -1).numpy()
    return IntegrationWalkthrough(positions, pictures, accumulated, sums, rises)


# --- helpers ------------------------------------------------------------------------------------


def _normalized(run: Snapshots, index: int) -> Tensor:
    """A test input as networks take it, (C, *S)."""
    return run.normalizer.normalize(run.images.test.images[index : index + 1])[0]
