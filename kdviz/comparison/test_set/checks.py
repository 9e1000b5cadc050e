"""Sanity checks of one arm's explanations on a few test images."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from kdviz.agreement import measures_for, paired_difference
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps
from kdviz.comparison.models.offered import explainers_offered
from kdviz.comparison.models.slices import Work
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import balanced_subset
from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.faithfulness import area_under, cascade, infidelity, removal, sensitivity, spread
from kdviz.models import Network, multiply_adds
from kdviz.progress import Message, Report, run_to_end, silent
from kdviz.store import Store
from kdviz.types import Arm, ExplainerSpec, Interval, Preparing

TRUST_IMAGES, FEWEST_TRUST_IMAGES = 16, 6
"""Number of test images that are checked, class-balanced: most, and least for networks that are slow."""

TRUST_MULTIPLY_ADDS = 2e12
"""What the checks of an explainer may take, about two minutes of one core."""

_PASSES, _MAPS = 250, 20
"""Forward passes of all checks for an image, and maps, each of the explainer's own number of passes."""

STABLE = 0.5
"""Largest change of a map under an invisible change of the image that passes, relative to its norm."""

COMPLETE = 0.05
"""Largest completeness gap that passes, relative to the score."""

_COMPARED_BY = ("spearman", "ssim")

CheckName = Literal["deletion", "insertion", "infidelity", "randomisation", "stability", "completeness"]

Trust = Literal["location", "limited", "none", "unknown"]

Undefined = Literal["blank maps", "not complete", "no rise", "whole words"]
"""Why a check has no value.

Too many maps are blank, the explainer is not complete, the class score does not exceed the baseline's, or
inputs are words, which cannot be changed a little.
"""


@dataclass(frozen=True)
class Check:
    """The result of a check.

    passed: None if the check does not apply, or its value is undefined. value: higher is better for
    `deletion` and `insertion`, lower for the others; NaN where undefined. interval: of `value`, for
    `deletion` and `insertion`. reference: the value for the next image's map, for `infidelity`. similarity:
    by measure, to the map of the randomized network, for `randomisation`.
    """

    name: CheckName
    passed: bool | None
    value: float = math.nan
    undefined: Undefined | None = None
    interval: Interval | None = None
    reference: float = math.nan
    similarity: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TrustCard:
    """The checks of one explainer of one arm, on n images."""

    explainer: str
    arm: Arm
    n: int
    checks: tuple[Check, ...]

    @property
    def counts(self) -> tuple[int, int]:
        """Number of passed checks, and of those that apply."""
        made = [check.passed for check in self.checks if check.passed is not None]
        return sum(made), len(made)

    @property
    def trust(self) -> Trust:
        """What the map may be used for.

        "none": it ignores the weights, or neither removing nor inserting what it marks tells the network's
        evidence from random pixels. "limited": another check failed. "location": all that apply are passed.
        """
        passed = {check.name: check.passed for check in self.checks}
        if self.counts[1] == 0:
            return "unknown"
        removal = {passed.get("deletion"), passed.get("insertion")} - {None}
        if passed.get("randomisation") is False or removal == {False}:
            return "none"
        return "limited" if False in passed.values() else "location"


@dataclass(frozen=True, eq=False)
class _Subject:
    """What is checked: an explainer's maps of a network's predictions for some normalized images.

    model: images to logits. make: network, images and target to maps. Both hold the device for one batch.
    """

    spec: ExplainerSpec
    network: Network
    images: Tensor
    target: Tensor
    model: Callable[[Tensor], Tensor]
    make: Callable[[Network, Tensor, Tensor], Tensor]
    maps: Tensor


_CARDS: Cache[TrustCard] = Cache(64)


def trust_card(
    store: Store,
    run_id: str,
    explainer: str = "grad-cam",
    *,
    arm: Arm = "student",
    images: int = TRUST_IMAGES,
    report: Report = silent,
) -> TrustCard:
    """Check an explainer on an arm's latest weights, for the classes that the arm itself predicts.

    Raises ConfigError for an unknown arm or explainer, StoreError without snapshots.
    """
    work = trust_checks(store, run_id, explainer, arm=arm, images=images)
    return run_to_end(work, lambda step: report(step.message, step.fraction))


def trust_checks(
    store: Store,
    run_id: str,
    explainer: str = "grad-cam",
    *,
    arm: Arm = "student",
    images: int = TRUST_IMAGES,
) -> Work[TrustCard]:
    """The same, a check at a step.

    Holds the device for one batch at a time, so that pages can compute in between.
    """
    run = snapshots(store, run_id)
    offered = [spec.name for spec in explainers_offered(run.config)]
    for name, given, known in (("arm", arm, list(run.networks)), ("explainer", explainer, offered)):
        if given not in known:
            raise ConfigError(unknown_name(name, given, known))
    key = _key(store, run_id, run, explainer, arm, images)
    if (known_card := _CARDS.find(key)) is not None:
        return known_card
    subject = _subject(run, arm, explainer, images)
    checks = []
    for done, (message, check) in enumerate(_CHECKS):
        yield Preparing(message, done / len(_CHECKS))
        checks += check(subject)
    card = TrustCard(explainer, arm, len(subject.images), tuple(checks))
    _CARDS.keep(key, card)
    return card


def known_trust_card(
    store: Store, run_id: str, explainer: str = "grad-cam", *, arm: Arm = "student"
) -> TrustCard | None:
    """The same if it is already known; never computes it."""
    return _CARDS.find(_key(store, run_id, snapshots(store, run_id), explainer, arm, TRUST_IMAGES))


def _key(
    store: Store, run_id: str, run: Snapshots, explainer: str, arm: Arm, images: int
) -> tuple[object, ...]:
    return str(store.directory), run_id, run.hashes.get(arm), explainer, images


def affordable_images(network: Network, input_shape: tuple[int, ...], explainer: str) -> int:
    """Number of images that all checks of an explainer are made on: fewer the more a forward pass costs."""
    passes = _PASSES + _MAPS * EXPLAINERS[explainer].passes
    affordable = int(TRUST_MULTIPLY_ADDS / (passes * multiply_adds(network, input_shape)))
    return min(TRUST_IMAGES, max(FEWEST_TRUST_IMAGES, affordable))


def _subject(run: Snapshots, arm: Arm, explainer: str, count: int) -> _Subject:
    test, network = run.images.test, run.networks[arm]
    count = min(affordable_images(network, tuple(test.images.shape[1:]), explainer), count, len(test))
    images = run.normalizer.normalize(balanced_subset(test, count, seed=0).images)

    def model(images: Tensor) -> Tensor:
        with run.lock, torch.no_grad():
            logits: Tensor = network(images)
        return logits

    def make(network: Network, images: Tensor, target: Tensor) -> Tensor:
        with run.lock:
            return explain(explainer, network, images, target, layer=run.config.explained_layer)

    target = model(images).argmax(1)
    maps = make(network, images, target)
    return _Subject(EXPLAINERS[explainer], network, images, target, model, make, maps)


# --- the checks ---------------------------------------------------------------------------------


def _removal(of: _Subject) -> list[Check]:
    found = removal(of.model, of.images, of.target, of.maps)
    deletion = _gain(area_under(found.random_deletion), area_under(found.deletion))
    insertion = _gain(area_under(found.insertion), area_under(found.random_insertion))
    return [_better("deletion", deletion), _better("insertion", insertion)]


def _infidelity(of: _Subject) -> list[Check]:
    batches = (of.maps, of.maps.roll(1, 0))
    own, other = (infidelity(of.model, of.images, of.target, maps) for maps in batches)
    check = _better("infidelity", _gain(other, own))
    if check.undefined:
        return [check]
    return [replace(check, value=spread(own).median, interval=None, reference=spread(other).median)]


def _randomisation(of: _Subject) -> list[Check]:
    measures = measures_for(of.maps.ndim - 1)
    similarity = {
        name: partial(_likeness, measures[name].measure, of.spec.name)
        for name in _COMPARED_BY
        if name in measures
    }
    found = cascade(of.network, of.images, of.target, explain=of.make, similarity=similarity)
    if found.ignores_weights is None:
        return [_undefined("randomisation", "blank maps")]
    value = found.stays.get("spearman", math.nan)
    return [Check("randomisation", not found.ignores_weights, value, similarity=found.stays)]


def _likeness(
    measure: Callable[[Tensor, Tensor], Tensor], explainer: str, original: Tensor, maps: Tensor
) -> Tensor:
    return measure(*comparable_maps(original, maps, explainer))


def _stability(of: _Subject) -> list[Check]:
    if not of.images.is_floating_point():
        return [_undefined("stability", "whole words")]
    moves = spread(sensitivity(partial(of.make, of.network), of.images, of.target)).median
    if math.isnan(moves):
        return [_undefined("stability", "blank maps")]
    return [Check("stability", moves <= STABLE, moves)]


def _completeness(of: _Subject) -> list[Check]:
    if not of.spec.complete:
        return [_undefined("completeness", "not complete")]
    gap = spread(completeness_gap(of.model, of.images, of.target, of.maps)).median
    if math.isnan(gap):
        return [_undefined("completeness", "no rise")]
    return [Check("completeness", gap <= COMPLETE, gap)]


# What is being done, to be translated where it is shown, and the check that does it.
_CHECKS: tuple[tuple[Message, Callable[[_Subject], list[Check]]], ...] = (
    (Message("Deleting and inserting pixels"), _removal),
    (Message("Masking patches"), _infidelity),
    (Message("Randomizing the weights"), _randomisation),
    (Message("Adding a little noise"), _stability),
    (Message("Summing the values"), _completeness),
)


# --- verdicts -----------------------------------------------------------------------------------


def _gain(better: Tensor, worse: Tensor) -> Interval:
    return paired_difference(better.cpu(), worse.cpu())


def _better(name: CheckName, gain: Interval) -> Check:
    """Passed if the whole interval is above 0."""
    if math.isnan(gain.low):
        return _undefined(name, "blank maps")
    return Check(name, gain.low > 0, gain.value, interval=gain)


def _undefined(name: CheckName, why: Undefined) -> Check:
    return Check(name, None, undefined=why)
