"""One image explained by all arms of a run: predictions, attributions and their agreement."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.agreement import corrected_for_chance, measures_for
from kdviz.cache import Cache
from kdviz.comparison.models.offered import baselines_offered, check_made_for
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import class_name
from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.modalities import modality_of
from kdviz.models import TEACHERS
from kdviz.networks import role_of
from kdviz.progress import Report, silent
from kdviz.resolution import at_larger_size
from kdviz.sound import drawn
from kdviz.store import Store
from kdviz.types import MAIN_MEASURE, Arm, FloatArray

Target = Literal["teacher", "label", "own"] | int
"""The explained class: the teacher's prediction, the label, each arm's own prediction, or a class number."""


@dataclass(frozen=True)
class ArmExplanation:
    """One arm's prediction for an image, and its attribution.

    attribution: (*s), raw and signed, at the arm's own resolution; NaN where a text has no word.
    probabilities: (classes,). target: the explained class. scores: raw agreement with the teacher by measure;
    NaN where undefined, as between maps of two classes; empty for the teacher. gap: completeness gap of a
    complete explainer, relative to the score that its values should add up to; NaN for other explainers, and
    if that score is 0. elsewhere: the share of a transformer's attention on tokens that are no cell, such as
    [CLS]; NaN for other explainers and networks.
    """

    attribution: FloatArray
    probabilities: FloatArray
    target: int
    scores: Mapping[str, float]
    gap: float = math.nan
    elsewhere: float = math.nan

    @property
    def predicted(self) -> int:
        """The predicted class."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of the predicted class."""
        return float(self.probabilities.max())

    def top(self, count: int) -> list[tuple[int, float]]:
        """The most probable classes with their probabilities, descending."""
        order = self.probabilities.argsort()[::-1][:count]
        return [(int(each), float(self.probabilities[each])) for each in order]


@dataclass(frozen=True)
class ImageExplanation:
    """One image explained by all arms, the teacher first.

    image: uint8 (H, W, C); of a text, numbers of words, (L, 1). label: its class number, None if unknown.
    target: the class explained for the teacher; each arm's own is in `arms`. index: in the test set, None for
    other images. text: as written, None for other inputs. sound: int16 (samples,), whose spectrogram the
    image is; likewise.
    """

    image: NDArray[Any]
    label: int | None
    target: int
    explainer: str
    classes: tuple[str, ...]
    arms: Mapping[Arm, ArmExplanation]
    index: int | None = None
    text: str | None = None
    sound: NDArray[np.int16] | None = None

    @property
    def label_name(self) -> str:
        """The name of the label as displayed, "" if it is unknown."""
        return "" if self.label is None else class_name(self.classes, self.label)

    def beyond_chance(self, arm: Arm, levels: Mapping[Arm, Mapping[str, float]]) -> float:
        """An arm's agreement with the teacher by the main measure, corrected for chance.

        levels: chance levels by arm and measure. NaN where the agreement is undefined, or chance is unknown.
        """
        raw = self.arms[arm].scores.get(MAIN_MEASURE, math.nan)
        return corrected_for_chance(raw, levels.get(arm, {}).get(MAIN_MEASURE, math.nan))

    @property
    def attributions(self) -> dict[Arm, FloatArray]:
        """Each arm's attribution."""
        return {arm: of.attribution for arm, of in self.arms.items()}


_ATTENTION = ("attention", "attention-rollout")
"""Explainers whose maps of a transformer are shares."""

_ATTRIBUTIONS: Cache[FloatArray] = Cache(4096)
_PROBABILITIES: Cache[FloatArray] = Cache(4096)
_GAPS: Cache[float] = Cache(4096)
_AGREEMENT: Cache[Mapping[str, float]] = Cache(4096)


def explain_test_image(
    store: Store,
    run_id: str,
    index: int,
    *,
    explainer: str = "grad-cam",
    target: Target = "teacher",
    baseline: str = "mean",
    intact: bool = False,
    report: Report = silent,
) -> ImageExplanation:
    """The image at `index` of a run's test set, explained by all arms at their latest snapshots.

    baseline: what an absent pixel looks like, a name in `BASELINES`; for explainers that take one. Of texts,
    "mean" is no word. intact: where the planted cue helps, if there is one. Raises ConfigError for an index,
    a class or a baseline that does not exist, StoreError without snapshots.
    """
    run = snapshots(store, run_id, report=report)
    split = run.images.split(intact=intact)
    _check_range("image", index, len(split))
    label, image = int(split.labels[index]), split.images[index : index + 1]
    chosen = label if target == "label" else target
    text = None if split.texts is None else split.texts[index]
    sound = None if split.sounds is None else split.sounds[index].numpy()
    explained = _Explaining(run, image, explainer, baseline).all_arms(chosen)
    return replace(explained, label=label, index=index, text=text, sound=sound)


def explain_image(
    store: Store,
    run_id: str,
    image: Tensor,
    *,
    explainer: str = "grad-cam",
    target: Target = "teacher",
    baseline: str = "mean",
    text: str | None = None,
    sound: NDArray[np.int16] | None = None,
    report: Report = silent,
) -> ImageExplanation:
    """Any image, text or sound, explained by all arms of a run at their latest snapshots.

    image: raw (1, C, *S), as returned by `prepare_image` and `prepare_text`. baseline: as in
    `explain_test_image`. text, sound: as in `ImageExplanation`. Raises ConfigError for a class or a baseline
    that does not exist, and for the label, which is unknown; StoreError without snapshots.
    """
    if target == "label":
        raise ConfigError("target: this image has no label. Choose the teacher's prediction, or a class.")
    run = snapshots(store, run_id, report=report)
    return replace(_Explaining(run, image, explainer, baseline).all_arms(target), text=text, sound=sound)


def difference_map(first: FloatArray, second: FloatArray) -> FloatArray:
    """The second map minus the first, at the size of the larger one."""
    start, end = at_larger_size(torch.from_numpy(first)[None], torch.from_numpy(second)[None])
    signed: FloatArray = (end - start)[0].numpy()
    return signed


def baseline_image(run: Snapshots, explainer: str, images: Tensor, name: str) -> Tensor | None:
    """The baseline of that name for normalized images; None if the explainer takes none."""
    if not EXPLAINERS[explainer].takes_baseline:
        return None
    baseline: Tensor = modality_of(run.config.dataset).baseline(name, images, run.normalizer)
    return baseline


def compared_part(maps: Tensor, explainer: str) -> Tensor:
    """What of an explainer's maps is compared, and shown: the positive part alone where its paper says so."""
    return maps.relu() if EXPLAINERS[explainer].positive_part else maps


def comparable_maps(
    teacher: Tensor, other: Tensor, explainer: str, *, signs: bool = True
) -> tuple[Tensor, Tensor]:
    """Two batches of maps as measures compare them. signs: False compares absolute values."""
    teacher, other = (compared_part(maps, explainer) for maps in (teacher, other))
    if not signs:
        teacher, other = teacher.abs(), other.abs()
    return at_larger_size(teacher, other)


def compares_signs(explainer: str) -> bool:
    """Whether maps are compared with their signs, so that absolute values may be compared as well."""
    spec = EXPLAINERS[explainer]
    return spec.signed and not spec.positive_part


@dataclass(frozen=True)
class _Explaining:
    """One raw image or text, (1, C, *S), and the settings of its explanation."""

    run: Snapshots
    image: Tensor
    explainer: str
    baseline: str

    def all_arms(self, target: Literal["teacher", "own"] | int) -> ImageExplanation:
        check_made_for(self.run.config, self.explainer)
        known = [spec.name for spec in baselines_offered(self.run.config)]
        if self.baseline not in ("mean", *known):
            raise ConfigError(unknown_name("baseline", self.baseline, known))
        if isinstance(target, int):
            _check_range("target", target, len(self.run.images.classes))
        targets = self._targets(target)
        teacher = self._attribution("teacher", targets["teacher"])
        arms = {arm: self._arm(arm, targets, teacher) for arm in self.run.networks}
        pixels = drawn(self.image)[0].movedim(0, -1).numpy()
        return ImageExplanation(
            pixels, None, targets["teacher"], self.explainer, self.run.images.classes, arms
        )

    def _targets(self, target: Literal["teacher", "own"] | int) -> dict[Arm, int]:
        arms = self.run.networks
        if isinstance(target, int):
            return dict.fromkeys(arms, target)
        if target == "teacher":
            return dict.fromkeys(arms, int(self._probabilities("teacher").argmax()))
        return {arm: int(self._probabilities(arm).argmax()) for arm in arms}

    def _arm(self, arm: Arm, targets: Mapping[Arm, int], teacher: FloatArray) -> ArmExplanation:
        target = targets[arm]
        attribution = self._attribution(arm, target)
        scores: Mapping[str, float] = {}
        if arm != "teacher":
            # Maps for different classes are not comparable.
            undefined = dict.fromkeys(measures_for(attribution.ndim), math.nan)
            same = target == targets["teacher"]
            scores = self._scores(arm, target, teacher, attribution) if same else undefined
        gap = self._gap(arm, target, attribution)
        return ArmExplanation(
            attribution, self._probabilities(arm), target, scores, gap, self._elsewhere(arm, attribution)
        )

    def _scores(
        self, arm: Arm, target: int, teacher: FloatArray, attribution: FloatArray
    ) -> Mapping[str, float]:
        layer = self.run.config.explained_layer
        key = (self.run.hashes["teacher"], *self._key(arm, target), layer)
        return _AGREEMENT.get(key, lambda: _agreement(teacher, attribution, self.explainer))

    def _elsewhere(self, arm: Arm, attribution: FloatArray) -> float:
        network = TEACHERS[getattr(self.run.config, role_of(arm))]
        if self.explainer not in _ATTENTION or "token-attention" not in network.offers:
            return math.nan
        return float(1 - np.nansum(attribution))

    def _probabilities(self, arm: Arm) -> FloatArray:
        """Shape (classes,)."""

        def compute() -> FloatArray:
            with torch.no_grad():
                logits = self.run.networks[arm](self._normalized)
            probabilities: FloatArray = logits.float().softmax(1)[0].cpu().numpy()
            return probabilities

        return _PROBABILITIES.get((self.run.hashes[arm], self._image_key), compute, self.run.lock)

    def _attribution(self, arm: Arm, target: int) -> FloatArray:
        """One raw map (*s)."""
        layer = self.run.config.explained_layer

        def compute() -> FloatArray:
            maps = explain(
                self.explainer,
                self.run.networks[arm],
                self._normalized,
                self._batch(target),
                layer=layer,
                baseline=self._baseline_image,
            )
            attribution: FloatArray = maps[0].cpu().numpy()
            return attribution

        return _ATTRIBUTIONS.get((*self._key(arm, target), layer), compute, self.run.lock)

    def _gap(self, arm: Arm, target: int, attribution: FloatArray) -> float:
        if not EXPLAINERS[self.explainer].complete:
            return math.nan

        def compute() -> float:
            values = torch.from_numpy(attribution)[None].to(self.run.normalizer.device)
            network, image = self.run.networks[arm], self._normalized
            return float(completeness_gap(network, image, self._batch(target), values, self._baseline_image))

        return _GAPS.get(self._key(arm, target), compute, self.run.lock)

    def _key(self, arm: Arm, target: int) -> tuple[object, ...]:
        """The cache key of an attribution. The baseline is part of it only for explainers that take one."""
        baseline = self.baseline if EXPLAINERS[self.explainer].takes_baseline else ""
        return self.run.hashes[arm], self._image_key, target, self.explainer, baseline

    @cached_property
    def _image_key(self) -> str:
        images = self.run.images
        preparation = repr((tuple(self.image.shape), images.mean, images.std)).encode()
        return hashlib.sha256(self.image.numpy().tobytes() + preparation).hexdigest()[:16]

    @cached_property
    def _normalized(self) -> Tensor:
        return self.run.normalizer.normalize(self.image)

    @cached_property
    def _baseline_image(self) -> Tensor | None:
        return baseline_image(self.run, self.explainer, self._normalized, self.baseline)

    def _batch(self, target: int) -> Tensor:
        return torch.tensor([target], device=self.run.normalizer.device)


def _agreement(teacher: FloatArray, other: FloatArray, explainer: str) -> dict[str, float]:
    pair = comparable_maps(torch.from_numpy(teacher)[None], torch.from_numpy(other)[None], explainer)
    return {name: float(spec.measure(*pair)[0]) for name, spec in measures_for(teacher.ndim).items()}


def _check_range(field: str, given: int, count: int) -> None:
    if not 0 <= given < count:
        raise ConfigError(f"{field}: must be from 0 to {count - 1}, got {given}.")
