"""Step-by-step data of methods on one run: soft labels, Grad-CAM, integrated gradients, chance levels.

Everything is computed from the run's latest snapshots, for the teacher's predicted class, and cached.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.agreement import MEASURES
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps
from kdviz.comparison.input.pairs import MapPair, map_pairs
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import balanced_indices
from kdviz.explainers import IntegrationPath, grad_cam_steps, integration_path
from kdviz.losses import distillation_loss
from kdviz.modalities import modality_of
from kdviz.progress import Report, silent
from kdviz.store import Store
from kdviz.types import MAIN_MEASURE, Arm, FloatArray

PATH_STEPS = 32
"""Steps from the baseline to the image, as in the explainer."""

CHANCE_IMAGES = 60
"""Test images, class-balanced, whose maps are compared with each other."""

_EXPLAINER = "grad-cam"


@dataclass(frozen=True, eq=False)
class Predictions:
    """All arms' predictions for one test image. image: uint8 (H, W, C). logits: by arm, (classes,)."""

    image: NDArray[np.uint8]
    label: int
    classes: tuple[str, ...]
    logits: dict[Arm, FloatArray]

    @property
    def target(self) -> int:
        """The teacher's predicted class."""
        return int(self.logits["teacher"].argmax())


@dataclass(frozen=True, eq=False)
class GradCamWalkthrough:
    """Grad-CAM of one image in steps.

    features: (K, h, w), A. weights: (K,), α, the mean gradients. weighted: (K, h, w), α_k A_k.
    summed: (h, w), the sum of `weighted`, before the ReLU.
    """

    features: FloatArray
    weights: FloatArray
    weighted: FloatArray
    summed: FloatArray

    def strongest(self, count: int) -> list[int]:
        """The channels with the largest mean |α_k A_k|, descending."""
        order = np.argsort(-np.abs(self.weighted).mean((1, 2)), kind="stable")
        return [int(channel) for channel in order[:count]]

    def without(self, channels: Sequence[int]) -> FloatArray:
        """The sum over all other channels, (h, w)."""
        rest: FloatArray = self.summed - self.weighted[list(channels)].sum(0)
        return rest

    def partial_sum(self, channels: Sequence[int], included: Collection[int]) -> FloatArray:
        """The sum over some channels, (h, w).

        included: positions in `channels`; len(channels) stands for all channels that are not in it.
        """
        chosen = [channel for position, channel in enumerate(channels) if position in included]
        total: FloatArray = self.weighted[chosen].sum(0)
        return total + self.without(channels) if len(channels) in included else total


@dataclass(frozen=True, eq=False)
class IntegrationWalkthrough:
    """Integrated gradients of one image after each step, the baseline first: n = PATH_STEPS + 1.

    positions: (n,), the part of the path that is integrated, from 0 to 1.
    pictures: uint8 (n, H, W, C), the input there. accumulated: (n, H, W), the attribution so far.
    sums: (n,), its total. rises: (n,), logit(input there) − logit(baseline).
    """

    positions: FloatArray
    pictures: NDArray[np.uint8]
    accumulated: FloatArray
    sums: FloatArray
    rises: FloatArray

    @property
    def completeness_gap(self) -> float:
        """|sum − rise| / |rise| at the end of the path; NaN if the logit does not change."""
        rise, total = float(self.rises[-1]), float(self.sums[-1])
        return abs(total - rise) / abs(rise) if rise else math.nan


@dataclass(frozen=True, eq=False)
class PairedScores:
    """Agreement of the teacher's map of image i (row) with an arm's map of image j (column), n images.

    scores: (n, n), NaN if a map is undefined. The diagonal compares maps of the same image.
    """

    pairs: tuple[MapPair, ...]
    scores: FloatArray

    @property
    def matched(self) -> FloatArray:
        """(n,) the agreement of both maps of the same image."""
        return self.scores.diagonal()

    @property
    def raw(self) -> float:
        """The mean over images; NaN if none is defined."""
        return _mean(self.matched)

    @property
    def chance(self) -> float:
        """The mean over all pairs of different images: the limit of many random pairs."""
        return _mean(self.scores[~np.eye(len(self.scores), dtype=bool)])


_PREDICTIONS: Cache[Predictions] = Cache(512)
_GRAD_CAMS: Cache[GradCamWalkthrough] = Cache(256)
_PATHS: Cache[IntegrationWalkthrough] = Cache(64)
_PAIRED_SCORES: Cache[PairedScores] = Cache(16)


# --- soft labels --------------------------------------------------------------------------------


def predictions(store: Store, run_id: str, index: int) -> Predictions:
    """All arms' predictions for the test image at `index`. Raises StoreError without snapshots."""
    run = snapshots(store, run_id)
    return _PREDICTIONS.get((run_id, *run.hashes.values(), index), lambda: _predict(run, index), run.lock)


def _predict(run: Snapshots, index: int) -> Predictions:
    image, inputs = run.images.test.images[index], _normalized(run, index)[None]
    with torch.no_grad():
        logits = {arm: network(inputs)[0].float().cpu().numpy() for arm, network in run.networks.items()}
    label = int(run.images.test.labels[index])
    return Predictions(image.permute(1, 2, 0).numpy(), label, run.images.classes, logits)


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
    """Grad-CAM of one test image, from the feature maps to their weighted sum."""
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
    """Integrated gradients of one test image in `PATH_STEPS` steps. baseline: a name in `BASELINES`."""
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
        torch.cat([torch.zeros_like(part[:1]), part]).cpu().numpy()
        for part in (path.positions, path.accumulated, path.sums, path.rises)
    )
    inputs = torch.cat([baseline[None], path.images])
    return IntegrationWalkthrough(positions, run.normalizer.pixels(inputs), accumulated, sums, rises)


# --- chance -------------------------------------------------------------------------------------


def paired_scores(store: Store, run_id: str, arm: Arm, *, report: Report = silent) -> PairedScores:
    """Grad-CAM maps of up to `CHANCE_IMAGES` test images: each of the teacher's with each of an arm's."""
    run = snapshots(store, run_id, report=report)
    test = run.images.test
    indices = balanced_indices(test.labels, min(CHANCE_IMAGES, len(test)), seed=0)
    pairs = map_pairs(store, run_id, indices.tolist(), arm, explainer=_EXPLAINER, report=report)
    key = (run_id, arm, run.hashes["teacher"], run.hashes[arm])
    return _PAIRED_SCORES.get(key, lambda: PairedScores(pairs, score_table(pairs)), run.lock)


def score_table(pairs: Sequence[MapPair]) -> FloatArray:
    """(n, n), the main measure for every teacher's map (rows) and every map of the arm (columns)."""
    maps = [torch.from_numpy(np.stack([getattr(pair, of) for pair in pairs])) for of in ("teacher", "other")]
    teacher, other = comparable_maps(maps[0], maps[1], _EXPLAINER)
    measure = MEASURES[MAIN_MEASURE].measure
    table: FloatArray = torch.stack([measure(each.expand_as(other), other) for each in teacher]).numpy()
    return table


def shuffled(n: int, count: int, *, seed: int = 0) -> list[tuple[int, int]]:
    """`count` pairs (i, j), i ≠ j, from random derangements of n images.

    A derangement is a random circular order in which each image is paired with the next one. Empty for fewer
    than 2 images.
    """
    rng = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    while n > 1 and len(found) < count:
        circle = rng.permutation(n)
        found += zip(circle.tolist(), np.roll(circle, -1).tolist(), strict=True)
    return found[:count]


# --- helpers ------------------------------------------------------------------------------------


def _normalized(run: Snapshots, index: int) -> Tensor:
    """A test image as network input, (C, H, W)."""
    return run.normalizer.normalize(run.images.test.images[index : index + 1])[0]


def _mean(scores: FloatArray) -> float:
    defined = scores[~np.isnan(scores)]
    return float(defined.mean(dtype=np.float64)) if len(defined) else math.nan
