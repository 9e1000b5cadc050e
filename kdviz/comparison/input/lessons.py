"""What the lessons show of one run: the numbers between an answer or a picture and the figure made of it.

Everything is computed from the run's latest snapshots, for the class that the teacher names, and kept.
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
from kdviz.comparison.input.explained import compared
from kdviz.comparison.input.pairs import MapPair, map_pairs
from kdviz.comparison.models.snapshots import Report, Snapshots, silent, snapshots
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
class Answers:
    """All arms' answers to one test image. image: uint8 (H, W, C). logits: by arm, (classes,), raw."""

    image: NDArray[np.uint8]
    label: int
    classes: tuple[str, ...]
    logits: dict[Arm, FloatArray]

    @property
    def target(self) -> int:
        """The teacher's top-1."""
        return int(self.logits["teacher"].argmax())


@dataclass(frozen=True, eq=False)
class Unrelated:
    """Maps of n test images, each pair of them compared: the teacher's of i (row), an arm's of j (column).

    scores: (n, n), NaN where a map is undefined. Its diagonal is what the models agree in.
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
        """The mean over all pairs of two images: what shuffling again and again comes to."""
        return _mean(self.scores[~np.eye(len(self.scores), dtype=bool)])


_ANSWERS: Cache[Answers] = Cache(512)
_CAMS: Cache[GradCamSteps] = Cache(256)
_PATHS: Cache[IntegrationPath] = Cache(64)
_UNRELATED: Cache[Unrelated] = Cache(16)


# --- soft labels --------------------------------------------------------------------------------


def answers(store: Store, run_id: str, index: int) -> Answers:
    """What all arms say to the test image at `index`. Raises StoreError without snapshots."""
    run = snapshots(store, run_id)
    return _ANSWERS.get((run_id, *run.hashes.values(), index), lambda: _asked(run, index), run.lock)


def _asked(run: Snapshots, index: int) -> Answers:
    image, seen = run.images.test.images[index], _seen(run, index)
    with torch.no_grad():
        logits = {arm: network(seen[None])[0].float().cpu().numpy() for arm, network in run.networks.items()}
    label = int(run.images.test.labels[index])
    return Answers(image.permute(1, 2, 0).numpy(), label, run.images.classes, logits)


def soft_label(logits: FloatArray, temperature: float) -> FloatArray:
    """softmax(logits/T), (classes,)."""
    shares: FloatArray = torch.from_numpy(logits).div(temperature).softmax(0).numpy()
    return shares


def entropy_bits(shares: FloatArray) -> float:
    """How undecided an answer is: 0 for one class, log2(n) for n equal ones. 0·log 0 is 0."""
    known = shares[shares > 0].astype(np.float64)
    return abs(float(-(known * np.log2(known)).sum()))


def soft_label_loss(teacher: FloatArray, student: FloatArray, temperature: float) -> float:
    """T² · KL(softmax(teacher/T) ‖ softmax(student/T)) of one image's logits, as it is trained on."""
    own, wanted = (torch.from_numpy(logits)[None] for logits in (student, teacher))
    _, soft = distillation_loss(own, wanted, torch.zeros(1, dtype=torch.int64), temperature=temperature)
    return max(float(soft), 0.0)


# --- two methods at work ------------------------------------------------------------------------


def cam_lesson(store: Store, run_id: str, index: int, arm: Arm) -> GradCamSteps:
    """Grad-CAM of one test image, from the feature maps to the ReLU; on the CPU."""
    run, target = snapshots(store, run_id), answers(store, run_id, index).target

    def compute() -> GradCamSteps:
        layer = run.config.explained_layer
        steps = grad_cam_steps(run.networks[arm], _seen(run, index), target, layer=layer)
        return GradCamSteps(*(part.cpu() for part in vars(steps).values()))

    return _CAMS.get((run_id, arm, run.hashes[arm], index, target), compute, run.lock)


def strongest_channels(steps: GradCamSteps, count: int) -> list[int]:
    """The channels that add or take most, by the mean of |α_k A_k|, the strongest first."""
    order = steps.weighted.abs().mean((1, 2)).argsort(descending=True, stable=True)
    return [int(channel) for channel in order[:count]]


def path_lesson(store: Store, run_id: str, index: int, arm: Arm, baseline: str) -> IntegrationPath:
    """Integrated gradients of one test image while they grow; on the CPU.

    baseline: a name in `BASELINES`.
    """
    run, target = snapshots(store, run_id), answers(store, run_id, index).target

    def compute() -> IntegrationPath:
        image = _seen(run, index)
        start = absent_pixels(baseline, image[None], black=_black(run))[0]
        path = integration_path(run.networks[arm], image, target, baseline=start, steps=PATH_STEPS)
        return IntegrationPath(*(part.cpu() for part in vars(path).values()))

    return _PATHS.get((run_id, arm, run.hashes[arm], index, target, baseline), compute, run.lock)


def completeness(path: IntegrationPath) -> float:
    """How far the whole sum misses the rise of the logit, as a share of it; NaN where nothing rises."""
    rise, total = float(path.rises[-1]), float(path.sums[-1])
    return abs(total - rise) / abs(rise) if rise else math.nan


def path_pictures(store: Store, run_id: str, path: IntegrationPath) -> NDArray[np.uint8]:
    """The pictures along a path as they look, the baseline first, uint8 (steps + 1, H, W, C)."""
    run, first = snapshots(store, run_id), path.positions[0]
    baseline = (path.images[0] - first * path.images[-1]) / (1 - first)
    seen = torch.cat([baseline[None], path.images])
    pixels = (seen * run.normalizer.std.cpu() + run.normalizer.mean.cpu()).clamp(0, 1)
    pictures: NDArray[np.uint8] = (pixels * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return pictures


# --- chance -------------------------------------------------------------------------------------


def unrelated(store: Store, run_id: str, arm: Arm, *, report: Report = silent) -> Unrelated:
    """Grad-CAM maps of a handful of test images, each of the teacher's compared with each of an arm's."""
    run = snapshots(store, run_id, report=report)
    test = run.images.test
    indices = balanced_indices(test.labels, min(CHANCE_IMAGES, len(test)), seed=0)
    pairs = map_pairs(store, run_id, indices.tolist(), arm, explainer=_EXPLAINER, report=report)
    key = (run_id, arm, run.hashes["teacher"], run.hashes[arm])
    return _UNRELATED.get(key, lambda: Unrelated(pairs, score_table(pairs)), run.lock)


def score_table(pairs: Sequence[MapPair]) -> FloatArray:
    """(n, n) the main measure of every teacher's map (rows) with every map of the arm (columns)."""
    maps = [torch.from_numpy(np.stack([getattr(pair, of) for pair in pairs])) for of in ("teacher", "other")]
    teacher, other = compared(maps[0], maps[1], _EXPLAINER)
    measure = MEASURES[MAIN_MEASURE].measure
    table: FloatArray = torch.stack([measure(each.expand_as(other), other) for each in teacher]).numpy()
    return table


def shuffled(n: int, draws: int, *, seed: int = 0) -> list[tuple[int, int]]:
    """So many pairs (i, j), i ≠ j: one random derangement of n images after another.

    In each, the images stand in a circle in random order, and every one gets the map of the next one.
    Empty for fewer than 2 images.
    """
    rng = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    while n > 1 and len(found) < draws:
        circle = rng.permutation(n)
        found += zip(circle.tolist(), np.roll(circle, -1).tolist(), strict=True)
    return found[:draws]


def corrected(raw: float, chance: float) -> float:
    """(raw − chance)/(1 − chance); NaN where chance leaves no room."""
    return (raw - chance) / (1 - chance) if chance < 1 else math.nan


# --- inside -------------------------------------------------------------------------------------


def _seen(run: Snapshots, index: int) -> Tensor:
    """A test image as the networks see it, (C, H, W)."""
    return run.normalizer.normalize(run.images.test.images[index : index + 1])[0]


def _black(run: Snapshots) -> Tensor:
    """A black pixel as the networks see it, (C, 1, 1)."""
    return run.normalizer.normalize(torch.zeros(1, run.images.test.images.shape[1], 1, 1, dtype=torch.uint8))[
        0
    ]


def _mean(scores: FloatArray) -> float:
    defined = scores[~np.isnan(scores)]
    return float(defined.mean(dtype=np.float64)) if len(defined) else math.nan
