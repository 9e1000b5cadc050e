"""One image through all arms of a run: what each predicts, where each looks, how that matches the teacher."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from kdviz.agreement import MEASURES, scores_against_chance
from kdviz.comparison.cache import Cache
from kdviz.comparison.snapshots import Report, Snapshots, settings, silent, snapshots
from kdviz.config import RunConfig
from kdviz.datasets import balanced_subset
from kdviz.errors import ConfigError
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.models import MODELS
from kdviz.resolution import at_larger_size
from kdviz.store import Store
from kdviz.types import Arm, ExplainerSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kdviz.types import FloatArray

Target = Literal["teacher", "label"] | int
"""The class that is explained: the teacher's top-1, the image's label, or a class by number."""

REFERENCE_IMAGES = 32
"""Test images from which the chance level of an explainer is found where a run's results do not hold it."""

_COMPLETE = "integrated-gradients"
"""The explainer whose values share out the target's score, so that it can be told how nearly they do."""


@dataclass(frozen=True)
class ArmView:
    """One arm's view of the image.

    attribution: (h, w), raw and signed, at the arm's own resolution. probabilities: (classes,).
    scores: raw agreement with the teacher by measure, NaN where undefined; empty for the teacher.
    gap: how far integrated gradients miss the score that they share out, as a share of it; NaN for other
        explainers, and where there is no score to share out.
    """

    attribution: FloatArray
    probabilities: FloatArray
    scores: Mapping[str, float]
    gap: float = math.nan

    @property
    def predicted(self) -> int:
        """The arm's top-1 class."""
        return int(self.probabilities.argmax())

    def top(self, count: int) -> list[tuple[int, float]]:
        """The likeliest classes with their probabilities, likeliest first."""
        order = self.probabilities.argsort()[::-1][:count]
        return [(int(each), float(self.probabilities[each])) for each in order]


@dataclass(frozen=True)
class Look:
    """One image through all arms. image: uint8 (H, W, C). target: a class number."""

    image: NDArray[np.uint8]
    target: int
    explainer: str
    classes: tuple[str, ...]
    arms: Mapping[Arm, ArmView]


@dataclass(frozen=True)
class LensRow(Look):
    """A test image through all arms. label: a class number. count: test images there are."""

    index: int
    count: int
    label: int


_ATTRIBUTIONS: Cache[FloatArray] = Cache(4096)
_PROBABILITIES: Cache[FloatArray] = Cache(4096)
_GAPS: Cache[float] = Cache(4096)
_CHANCE: Cache[Mapping[Arm, Mapping[str, float]]] = Cache(256)


def explainers_offered(config: RunConfig) -> list[ExplainerSpec]:
    """The explainers that both networks of a run can do."""
    offers = MODELS[config.teacher].offers & MODELS[config.student].offers
    return [spec for spec in EXPLAINERS.values() if spec.requires <= offers]


def lens(
    store: Store,
    run_id: str,
    index: int,
    *,
    explainer: str = "grad-cam",
    target: Target = "teacher",
    intact: bool = False,
    report: Report = silent,
) -> LensRow:
    """The image at `index` of a run's test set through all its arms, at their latest snapshots.

    intact: with the planted cue telling the truth, where there is one.
    Raises ConfigError for an index or a class that does not exist, StoreError without snapshots.
    """
    run = snapshots(store, run_id, report=report)
    split = run.images.split(intact=intact)
    _check("image", index, len(split))
    image, label = split.images[index : index + 1], int(split.labels[index])
    seen = _look(run, image, explainer, label if target == "label" else target)
    return LensRow(**vars(seen), index=index, count=len(split), label=label)


def _look(run: Snapshots, image: Tensor, explainer: str, target: Literal["teacher"] | int) -> Look:
    probabilities = {arm: _answer(run, arm, image) for arm in run.networks}
    wanted = int(probabilities["teacher"].argmax()) if target == "teacher" else target
    _check("target", wanted, len(run.images.classes))
    maps = {arm: _attribution(run, arm, image, wanted, explainer) for arm in run.networks}
    views = {
        arm: ArmView(
            maps[arm],
            probabilities[arm],
            _scores(maps["teacher"], maps[arm], explainer, arm),
            _gap(run, arm, image, wanted, maps[arm]) if explainer == _COMPLETE else math.nan,
        )
        for arm in run.networks
    }
    pixels = image[0].permute(1, 2, 0).numpy()
    return Look(pixels, wanted, explainer, run.images.classes, views)


def chance_levels(
    store: Store, run_id: str, explainer: str = "grad-cam", *, report: Report = silent
) -> Mapping[Arm, Mapping[str, float]]:
    """By arm and measure, what unrelated images score with this explainer in this run.

    From the run's results where they hold it, else from `REFERENCE_IMAGES` test images.
    """
    record = store.run(run_id)
    arms = settings(record.config).arms
    if explainer == "grad-cam" and record.results is not None:
        graded = {arm: record.results[arm]["agreement"] for arm in arms}
        return {arm: {name: each["chance"] for name, each in of.items()} for arm, of in graded.items()}
    run = snapshots(store, run_id, report=report)
    key = (*run.hashes.values(), explainer)
    return _CHANCE.get(key, lambda: _measured_chance(run, explainer, report), run.lock)


def _measured_chance(run: Snapshots, explainer: str, report: Report) -> Mapping[Arm, Mapping[str, float]]:
    split = run.images.test
    reference = balanced_subset(split, min(REFERENCE_IMAGES, len(split)), seed=0)
    images = run.eyes.see(reference.images)
    with torch.no_grad():
        target = run.networks["teacher"](images).argmax(1)
    maps: dict[Arm, Tensor] = {}
    for done, (arm, network) in enumerate(run.networks.items()):
        report(f"Explaining {len(reference)} images for the chance level", done / len(run.networks))
        maps[arm] = explain(explainer, network, images, target, layer=run.config.explained_layer).cpu()
    return {
        arm: {name: _chance(maps["teacher"], maps[arm], explainer, name) for name in MEASURES}
        for arm in maps
        if arm != "teacher"
    }


def _chance(teacher: Tensor, other: Tensor, explainer: str, measure: str) -> float:
    _, chance = scores_against_chance(*compared(teacher, other, explainer), measure=measure)
    defined = chance[~(chance != chance)]
    return float(defined.mean()) if len(defined) else math.nan


def _answer(run: Snapshots, arm: Arm, image: Tensor) -> FloatArray:
    """Probabilities (classes,)."""

    def compute() -> FloatArray:
        with torch.no_grad():
            logits = run.networks[arm](run.eyes.see(image))
        probabilities: FloatArray = logits.float().softmax(1)[0].cpu().numpy()
        return probabilities

    return _PROBABILITIES.get((run.hashes[arm], _image_key(run, image)), compute, run.lock)


def _attribution(run: Snapshots, arm: Arm, image: Tensor, target: int, explainer: str) -> FloatArray:
    """One raw map (h, w)."""
    layer = run.config.explained_layer

    def compute() -> FloatArray:
        wanted = torch.tensor([target], device=run.eyes.device)
        maps = explain(explainer, run.networks[arm], run.eyes.see(image), wanted, layer=layer)
        attribution: FloatArray = maps[0].cpu().numpy()
        return attribution

    key = (run.hashes[arm], _image_key(run, image), target, explainer, layer)
    return _ATTRIBUTIONS.get(key, compute, run.lock)


def _gap(run: Snapshots, arm: Arm, image: Tensor, target: int, attribution: FloatArray) -> float:
    def compute() -> float:
        device = run.eyes.device
        wanted, values = torch.tensor([target], device=device), torch.from_numpy(attribution)[None]
        return float(completeness_gap(run.networks[arm], run.eyes.see(image), wanted, values.to(device)))

    return _GAPS.get((run.hashes[arm], _image_key(run, image), target), compute, run.lock)


def _image_key(run: Snapshots, image: Tensor) -> str:
    seen = repr((tuple(image.shape), run.images.mean, run.images.std)).encode()
    return hashlib.sha256(image.numpy().tobytes() + seen).hexdigest()[:16]


def _scores(teacher: FloatArray, other: FloatArray, explainer: str, arm: Arm) -> dict[str, float]:
    if arm == "teacher":
        return {}
    pair = compared(torch.from_numpy(teacher)[None], torch.from_numpy(other)[None], explainer)
    return {name: float(spec.measure(*pair)[0]) for name, spec in MEASURES.items()}


def compared(teacher: Tensor, other: Tensor, explainer: str) -> tuple[Tensor, Tensor]:
    """Two batches of maps as measures take them."""
    if EXPLAINERS[explainer].positive_part:
        teacher, other = teacher.relu(), other.relu()
    return at_larger_size(teacher, other)


def _check(field: str, given: int, count: int) -> None:
    if not 0 <= given < count:
        raise ConfigError(f"{field}: must be from 0 to {count - 1}, got {given}.")
