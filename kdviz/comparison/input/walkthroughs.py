"""Methods step by step on one run: soft labels, Grad-CAM, integrated gradients, chance agreement.

Everything is computed from the run's latest snapshots, for the teacher's top-1 class, and cached.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.agreement import MEASURES
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps
from kdviz.comparison.input.pairs import MapPair, map_pairs
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.test_set.grading import MAIN_MEASURE
from kdviz.datasets import balanced_indices
from kdviz.explainers import (
    GradCamSteps,
    IntegrationPath,
    absent_pixels,
    grad_cam_steps,
    integration_path,
)
from kdviz.losses import distillation_loss
from kdviz.progress import Report, silent
from kdviz.store import Store
from kdviz.types import Arm

if TYPE_CHECKING:
    from torch import Tensor

    from kdviz.types import FloatArray

PATH_STEPS = 32
"""Steps from the baseline to the image, as many as the explainer takes."""

CHANCE_IMAGES = 60
"""Test images, class-balanced, whose maps are compared with each other."""

_EXPLAINER = "grad-cam"


@dataclass(frozen=True, eq=False)
class Predictions:
    """All arms' logits for one test image. image: uint8 (H, W, C). logits: by arm, (classes,)."""

    image: NDArray[np.uint8]
    label: int
    classes: tuple[str, ...]
    logits: dict[Arm, FloatArray]

    @property
    def target(self) -> int:
        """The teacher's top-1."""
        return int(self.logits["teacher"].argmax())


@dataclass(frozen=True, eq=False)
class PairedScores:
    """Maps of n test images, each pair of them compared: the teacher's of i (row), an arm's of j (column).

    scores: (n, n), NaN where a map is undefined. The diagonal holds each image with itself.
    """

    pairs: tuple[MapPair, ...]
    scores: FloatArray

    @property
    def matched(self) -> FloatArray:
        """(n,) each image's own score."""
        return self.scores.diagonal()

    @property
    def raw(self) -> float:
        """The mean over images; NaN without a defined one."""
        return _mean(self.matched)

    @property
    def chance(self) -> float:
        """The mean over all pairs of two different images: the expectation over shuffles."""
        return _mean(self.scores[~np.eye(len(self.scores), dtype=bool)])


_PREDICTIONS: Cache[Predictions] = Cache(512)
_GRAD_CAMS: Cache[GradCamSteps] = Cache(256)
_PATHS: Cache[IntegrationPath] = Cache(64)
_PAIRED_SCORES: Cache[PairedScores] = Cache(16)


# --- soft labels --------------------------------------------------------------------------------


def predictions(store: Store, run_id: str, index: int) -> Predictions:
    """All arms' logits for the test image at `index`. Raises StoreError without snapshots."""
    run = snapshots(store, run_id)
    return _PREDICTIONS.get((run_id, *run.hashes.values(), index), lambda: _predicted(run, index), run.lock)


def _predicted(run: Snapshots, index: int) -> Predictions:
    image, network_input = run.images.test.images[index], _network_input(run, index)
    with torch.no_grad():
        logits = {
            arm: network(network_input[None])[0].float().cpu().numpy()
            for arm, network in run.networks.items()
        }
    label = int(run.images.test.labels[index])
    return Predictions(image.permute(1, 2, 0).numpy(), label, run.images.classes, logits)


def soft_label(logits: FloatArray, temperature: float) -> FloatArray:
    """softmax(logits/T), (classes,)."""
    shares: FloatArray = torch.from_numpy(logits).div(temperature).softmax(0).numpy()
    return shares


def entropy_bits(shares: FloatArray) -> float:
    """Entropy of a prediction in bits: 0 for one class, log2(n) for n equal ones. 0·log 0 is 0."""
    known = shares[shares > 0].astype(np.float64)
    return abs(float(-(known * np.log2(known)).sum()))


def soft_label_loss(teacher: FloatArray, student: FloatArray, temperature: float) -> float:
    """T² · KL(softmax(teacher/T) ‖ softmax(student/T)) of one image's logits, as in training."""
    own, wanted = (torch.from_numpy(logits)[None] for logits in (student, teacher))
    _, soft = distillation_loss(own, wanted, torch.zeros(1, dtype=torch.int64), temperature=temperature)
    return max(float(soft), 0.0)


# --- two methods step by step---------------------------------------------------------------------


def grad_cam_walkthrough(store: Store, run_id: str, index: int, arm: Arm) -> GradCamSteps:
    """Grad-CAM of one test image, from the feature maps to the ReLU; on the CPU."""
    run, target = snapshots(store, run_id), predictions(store, run_id, index).target

    def compute() -> GradCamSteps:
        layer = run.config.explained_layer
        steps = grad_cam_steps(run.networks[arm], _network_input(run, index), target, layer=layer)
        return GradCamSteps(*(part.cpu() for part in vars(steps).values()))

    return _GRAD_CAMS.get((run_id, arm, run.hashes[arm], index, target), compute, run.lock)


def strongest_channels(steps: GradCamSteps, count: int) -> list[int]:
    """The channels with the largest mean |α_k A_k|, the largest first."""
    order = steps.weighted.abs().mean((1, 2)).argsort(descending=True, stable=True)
    return [int(channel) for channel in order[:count]]


def integration_walkthrough(
    store: Store, run_id: str, index: int, arm: Arm, baseline: str
) -> IntegrationPath:
    """Integrated gradients of one test image, step by step along the path; on the CPU.

    baseline: a name in `BASELINES`.
    """
    run, target = snapshots(store, run_id), predictions(store, run_id, index).target

    def compute() -> IntegrationPath:
        image = _network_input(run, index)
        start = absent_pixels(baseline, image[None], black=_black(run))[0]
        path = integration_path(run.networks[arm], image, target, baseline=start, steps=PATH_STEPS)
        return IntegrationPath(*(part.cpu() for part in vars(path).values()))

    return _PATHS.get((run_id, arm, run.hashes[arm], index, target, baseline), compute, run.lock)


def completeness(path: IntegrationPath) -> float:
    """Completeness gap: |sum − rise of the logit| / |rise|; NaN where the logit does not rise."""
    rise, total = float(path.rises[-1]), float(path.sums[-1])
    return abs(total - rise) / abs(rise) if rise else math.nan


def path_images(store: Store, run_id: str, path: IntegrationPath) -> NDArray[np.uint8]:
    """The images along a path, the baseline first, uint8 (steps + 1, H, W, C)."""
    run, first = snapshots(store, run_id), path.positions[0]
    baseline = (path.images[0] - first * path.images[-1]) / (1 - first)
    images = torch.cat([baseline[None], path.images])
    pixels = (images * run.normalizer.std.cpu() + run.normalizer.mean.cpu()).clamp(0, 1)
    pictures: NDArray[np.uint8] = (pixels * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return pictures


# --- chance -------------------------------------------------------------------------------------


def paired_scores(store: Store, run_id: str, arm: Arm, *, report: Report = silent) -> PairedScores:
    """Grad-CAM maps of a handful of test images, each of the teacher's compared with each of an arm's."""
    run = snapshots(store, run_id, report=report)
    test = run.images.test
    indices = balanced_indices(test.labels, min(CHANCE_IMAGES, len(test)), seed=0)
    pairs = map_pairs(store, run_id, indices.tolist(), arm, explainer=_EXPLAINER, report=report)
    key = (run_id, arm, run.hashes["teacher"], run.hashes[arm])
    return _PAIRED_SCORES.get(key, lambda: PairedScores(pairs, score_table(pairs)), run.lock)


def score_table(pairs: Sequence[MapPair]) -> FloatArray:
    """(n, n) the main measure of every teacher's map (rows) with every map of the arm (columns)."""
    maps = [torch.from_numpy(np.stack([getattr(pair, of) for pair in pairs])) for of in ("teacher", "other")]
    teacher, other = comparable_maps(maps[0], maps[1], _EXPLAINER)
    measure = MEASURES[MAIN_MEASURE].measure
    table: FloatArray = torch.stack([measure(each.expand_as(other), other) for each in teacher]).numpy()
    return table


def shuffled(n: int, draws: int, *, seed: int = 0) -> list[tuple[int, int]]:
    """`draws` pairs (i, j), i ≠ j: one random derangement of n images after another.

    In each, every image of a random cycle gets the map of the next one.
    Empty for fewer than 2 images.
    """
    rng = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    while n > 1 and len(found) < draws:
        circle = rng.permutation(n)
        found += zip(circle.tolist(), np.roll(circle, -1).tolist(), strict=True)
    return found[:draws]


def corrected_for_chance(raw: float, chance: float) -> float:
    """(raw − chance)/(1 − chance); NaN where chance leaves no room."""
    return (raw - chance) / (1 - chance) if chance < 1 else math.nan


# --- helpers ------------------------------------------------------------------------------------


def _network_input(run: Snapshots, index: int) -> Tensor:
    """A normalized test image, (C, H, W)."""
    return run.normalizer.normalize(run.images.test.images[index : index + 1])[0]


def _black(run: Snapshots) -> Tensor:
    """A normalized black pixel, (C, 1, 1)."""
    channels = run.images.test.images.shape[1]
    return run.normalizer.normalize(torch.zeros(1, channels, 1, 1, dtype=torch.uint8))[0]


def _mean(scores: FloatArray) -> float:
    defined = scores[~np.isnan(scores)]
    return float(defined.mean(dtype=np.float64)) if len(defined) else math.nan
