"""One image through all arms of a run: what each predicts, where each looks, how that matches the teacher."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from kdviz.agreement import MEASURES
from kdviz.cache import Cache
from kdviz.comparison.models.snapshots import Report, Snapshots, silent, snapshots
from kdviz.config import RunConfig
from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers import BASELINES, EXPLAINERS, absent_pixels, completeness_gap, explain
from kdviz.models import MODELS
from kdviz.resolution import at_larger_size
from kdviz.store import Store
from kdviz.types import Arm, ExplainerSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kdviz.types import FloatArray

Target = Literal["teacher", "label", "own"] | int
"""The class that is explained: the teacher's top-1, the image's label, each arm's own top-1, or a number."""


@dataclass(frozen=True)
class ArmView:
    """One arm's view of the image.

    attribution: (h, w), raw and signed, at the arm's own resolution. probabilities: (classes,).
    target: the class that is explained.
    scores: raw agreement with the teacher by measure, NaN where undefined, as for another class than the
        teacher's; empty for the teacher.
    gap: how far the values of a complete explainer miss the score that they share out, as a share of it;
        NaN for other explainers, and where there is no score to share out.
    """

    attribution: FloatArray
    probabilities: FloatArray
    target: int
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
    """One image through all arms, the teacher first. image: uint8 (H, W, C).

    label: a class number, None where nobody knows it. target: the class explained of the teacher; the
    others' is theirs to say.
    """

    image: NDArray[np.uint8]
    label: int | None
    target: int
    explainer: str
    classes: tuple[str, ...]
    arms: Mapping[Arm, ArmView]


@dataclass(frozen=True)
class LensRow(Look):
    """A test image through all arms. index: its place. count: test images there are."""

    label: int
    index: int
    count: int


_ATTRIBUTIONS: Cache[FloatArray] = Cache(4096)
_PROBABILITIES: Cache[FloatArray] = Cache(4096)
_GAPS: Cache[float] = Cache(4096)


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
    baseline: str = "mean",
    intact: bool = False,
    report: Report = silent,
) -> LensRow:
    """The image at `index` of a run's test set through all its arms, at their latest snapshots.

    baseline: what an absent pixel looks like, a name in `BASELINES`; for the explainers that take one.
    intact: with the planted cue telling the truth, where there is one.
    Raises ConfigError for an index, a class or a baseline that does not exist, StoreError without snapshots.
    """
    run = snapshots(store, run_id, report=report)
    split = run.images.split(intact=intact)
    _check("image", index, len(split))
    label = int(split.labels[index])
    asked = label if target == "label" else target
    seen = _look(run, split.images[index : index + 1], explainer, asked, baseline)
    return LensRow(**{**vars(seen), "label": label}, index=index, count=len(split))


def look(
    store: Store,
    run_id: str,
    image: Tensor,
    *,
    explainer: str = "grad-cam",
    target: Target = "teacher",
    baseline: str = "mean",
    report: Report = silent,
) -> Look:
    """Any image through all arms of a run, at their latest snapshots.

    image: uint8 (1, C, S, S), as `fitted` makes it. baseline: as in `lens`.
    Raises ConfigError for a class or a baseline that does not exist, or for a label that nobody knows,
    StoreError without snapshots.
    """
    if target == "label":
        raise ConfigError("target: this image has no label. Choose the teacher's answer, or a class.")
    return _look(snapshots(store, run_id, report=report), image, explainer, target, baseline)


def contrast(first: FloatArray, second: FloatArray) -> FloatArray:
    """The second heatmap less the first, at the larger one's size."""
    larger, other = at_larger_size(torch.from_numpy(first)[None], torch.from_numpy(second)[None])
    signed: FloatArray = (other - larger)[0].numpy()
    return signed


def baseline_of(run: Snapshots, explainer: str, images: Tensor, name: str) -> Tensor | None:
    """The baseline of that name for normalised images; None where the explainer takes none."""
    if not EXPLAINERS[explainer].takes_baseline:
        return None
    channels = images.shape[1]
    black = run.normalizer.normalize(torch.zeros(1, channels, 1, 1, dtype=torch.uint8))[0]
    return absent_pixels(name, images, black=black)


def compared(teacher: Tensor, other: Tensor, explainer: str, *, signs: bool = True) -> tuple[Tensor, Tensor]:
    """Two batches of maps as measures take them. signs: False compares their absolute values."""
    if EXPLAINERS[explainer].positive_part:
        teacher, other = teacher.relu(), other.relu()
    if not signs:
        teacher, other = teacher.abs(), other.abs()
    return at_larger_size(teacher, other)


def compared_with_signs(explainer: str) -> bool:
    """Whether its maps are compared with their signs, and so may be compared without them as well."""
    spec = EXPLAINERS[explainer]
    return spec.signed and not spec.positive_part


def _look(
    run: Snapshots,
    image: Tensor,
    explainer: str,
    target: Literal["teacher", "own"] | int,
    baseline: str,
) -> Look:
    if baseline not in BASELINES:
        raise ConfigError(unknown_name("baseline", baseline, BASELINES))
    probabilities = {arm: _answer(run, arm, image) for arm in run.networks}
    if isinstance(target, int):
        _check("target", target, len(run.images.classes))
    targets = {
        arm: target if isinstance(target, int) else int(of.argmax()) for arm, of in probabilities.items()
    }
    if target == "teacher":
        targets = dict.fromkeys(targets, targets["teacher"])
    maps = {arm: _attribution(run, arm, image, targets[arm], explainer, baseline) for arm in run.networks}
    views = {
        arm: ArmView(
            maps[arm],
            probabilities[arm],
            targets[arm],
            {} if arm == "teacher" else _scores(maps["teacher"], maps[arm], explainer, targets, arm),
            _gap(run, arm, image, targets[arm], explainer, baseline, maps[arm]),
        )
        for arm in run.networks
    }
    pixels = image[0].permute(1, 2, 0).numpy()
    return Look(pixels, None, targets["teacher"], explainer, run.images.classes, views)


def _answer(run: Snapshots, arm: Arm, image: Tensor) -> FloatArray:
    """Probabilities (classes,)."""

    def compute() -> FloatArray:
        with torch.no_grad():
            logits = run.networks[arm](run.normalizer.normalize(image))
        probabilities: FloatArray = logits.float().softmax(1)[0].cpu().numpy()
        return probabilities

    return _PROBABILITIES.get((run.hashes[arm], _image_key(run, image)), compute, run.lock)


def _attribution(
    run: Snapshots, arm: Arm, image: Tensor, target: int, explainer: str, baseline: str
) -> FloatArray:
    """One raw map (h, w)."""
    layer = run.config.explained_layer

    def compute() -> FloatArray:
        wanted, seen = torch.tensor([target], device=run.normalizer.device), run.normalizer.normalize(image)
        absent = baseline_of(run, explainer, seen, baseline)
        maps = explain(explainer, run.networks[arm], seen, wanted, layer=layer, baseline=absent)
        attribution: FloatArray = maps[0].cpu().numpy()
        return attribution

    absent = baseline if EXPLAINERS[explainer].takes_baseline else ""
    key = (run.hashes[arm], _image_key(run, image), target, explainer, layer, absent)
    return _ATTRIBUTIONS.get(key, compute, run.lock)


def _gap(
    run: Snapshots,
    arm: Arm,
    image: Tensor,
    target: int,
    explainer: str,
    baseline: str,
    attribution: FloatArray,
) -> float:
    if not EXPLAINERS[explainer].complete:
        return math.nan

    def compute() -> float:
        wanted, seen = torch.tensor([target], device=run.normalizer.device), run.normalizer.normalize(image)
        values = torch.from_numpy(attribution)[None].to(run.normalizer.device)
        absent = baseline_of(run, explainer, seen, baseline)
        return float(completeness_gap(run.networks[arm], seen, wanted, values, absent))

    key = (run.hashes[arm], _image_key(run, image), target, explainer, baseline)
    return _GAPS.get(key, compute, run.lock)


def _image_key(run: Snapshots, image: Tensor) -> str:
    seen = repr((tuple(image.shape), run.images.mean, run.images.std)).encode()
    return hashlib.sha256(image.numpy().tobytes() + seen).hexdigest()[:16]


def _scores(
    teacher: FloatArray, other: FloatArray, explainer: str, targets: Mapping[Arm, int], arm: Arm
) -> dict[str, float]:
    """By measure. Maps of two classes answer two questions, so that they neither match nor mismatch."""
    if targets[arm] != targets["teacher"]:
        return dict.fromkeys(MEASURES, math.nan)
    pair = compared(torch.from_numpy(teacher)[None], torch.from_numpy(other)[None], explainer)
    return {name: float(spec.measure(*pair)[0]) for name, spec in MEASURES.items()}


def _check(field: str, given: int, count: int) -> None:
    if not 0 <= given < count:
        raise ConfigError(f"{field}: must be from 0 to {count - 1}, got {given}.")
