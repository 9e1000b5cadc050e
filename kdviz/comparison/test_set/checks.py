"""Sanity checks of one arm's explanations on a few test images."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor

from kdviz.agreement import measures_for, paired_difference
from kdviz.agreement.intervals import Floats, bootstrap
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps
from kdviz.comparison.models.offered import explainers_offered
from kdviz.comparison.models.slices import Work
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.test_set.plausibility import Plausibility, plausibility
from kdviz.comparison.test_set.trust_card import Check, CheckName, TrustCard, Undefined
from kdviz.datasets import balanced_subset
from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers import EXPLAINERS, completeness_gap, explain
from kdviz.faithfulness import (
    area_under,
    cascade,
    erasure,
    infidelity,
    median_interval,
    removal,
    sensitivity,
)
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
    masks: Tensor | None


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
    key = _key(store, run_id, run.hashes, explainer, arm, images)
    if (known_card := _CARDS.find(key)) is not None:
        return known_card
    subject = _subject(run, arm, explainer, images)
    checks, steps = [], _steps(subject)
    for done, (message, check) in enumerate(steps):
        yield Preparing(message, done / len(steps))
        checks += check(subject)
    card = TrustCard(explainer, arm, len(subject.images), tuple(checks), _plausibility(subject))
    _CARDS.keep(key, card)
    return card


def known_trust_card(
    store: Store, run_id: str, explainer: str = "grad-cam", *, arm: Arm = "student"
) -> TrustCard | None:
    """The same if it is already known; never computes it."""
    hashes = store.weights_hashes(run_id, (arm,))
    return _CARDS.find(_key(store, run_id, hashes, explainer, arm, TRUST_IMAGES))


def _key(
    store: Store, run_id: str, hashes: Mapping[Arm, str], explainer: str, arm: Arm, images: int
) -> tuple[object, ...]:
    return str(store.directory), run_id, hashes[arm], explainer, images


def affordable_images(network: Network, input_shape: tuple[int, ...], explainer: str) -> int:
    """Number of images that all checks of an explainer are made on: fewer the more a forward pass costs."""
    passes = _PASSES + _MAPS * EXPLAINERS[explainer].passes
    affordable = int(TRUST_MULTIPLY_ADDS / (passes * multiply_adds(network, input_shape)))
    return min(TRUST_IMAGES, max(FEWEST_TRUST_IMAGES, affordable))


def _subject(run: Snapshots, arm: Arm, explainer: str, count: int) -> _Subject:
    test, network = run.images.test, run.networks[arm]
    count = min(affordable_images(network, tuple(test.images.shape[1:]), explainer), count, len(test))
    chosen = balanced_subset(test, count, seed=0)
    images = run.normalizer.normalize(chosen.images)

    def model(images: Tensor) -> Tensor:
        with run.lock, torch.no_grad():
            logits: Tensor = network(images)
        return logits

    def make(network: Network, images: Tensor, target: Tensor) -> Tensor:
        with run.lock:
            return explain(explainer, network, images, target, layer=run.config.explained_layer)

    target = model(images).argmax(1)
    maps = make(network, images, target)
    masks = None if chosen.texts is None else chosen.object_masks
    return _Subject(EXPLAINERS[explainer], network, images, target, model, make, maps, masks)


# --- the checks ---------------------------------------------------------------------------------


def _removal(of: _Subject) -> list[Check]:
    found = removal(of.model, of.images, of.target, of.maps)
    deletion = _gain(area_under(found.random_deletion), area_under(found.deletion))
    insertion = _gain(area_under(found.insertion), area_under(found.random_insertion))
    return [_better("deletion", deletion), _better("insertion", insertion)]


def _erasure(of: _Subject) -> list[Check]:
    found = erasure(of.model, of.images, of.target, of.maps)
    without = (found.comprehensiveness, found.random_comprehensiveness)
    alone = (found.sufficiency, found.random_sufficiency)
    return [
        _against_random("comprehensiveness", _gain(*without), *without),
        _against_random("sufficiency", _gain(*reversed(alone)), *alone),
    ]


def _against_random(name: CheckName, gain: Interval, own: Tensor, by_chance: Tensor) -> Check:
    check = _better(name, gain)
    if check.undefined:
        return check
    return replace(check, value=float(own.nanmean()), reference=float(by_chance.nanmean()))


def _plausibility(of: _Subject) -> Plausibility | None:
    return None if of.masks is None or not of.masks.any() else plausibility(of.maps, of.masks)


def _infidelity(of: _Subject) -> list[Check]:
    batches = (of.maps, of.maps.roll(1, 0))
    own, other = (infidelity(of.model, of.images, of.target, maps) for maps in batches)
    check = _better("infidelity", _gain(other, own))
    if check.undefined:
        return [check]
    both = ~(own.isnan() | other.isnan())  # means, so that the two differ by the gain
    return [replace(check, value=float(own[both].mean()), reference=float(other[both].mean()))]


def _randomisation(of: _Subject) -> list[Check]:
    measures = measures_for(of.maps.ndim - 1)
    by_image: dict[str, list[Tensor]] = {name: [] for name in _COMPARED_BY if name in measures}
    similarity = {
        name: partial(_likeness, measures[name].measure, of.spec.name, kept)
        for name, kept in by_image.items()
    }
    found = cascade(of.network, of.images, of.target, explain=of.make, similarity=similarity)
    if found.ignores_weights is None:
        return [_undefined("randomisation", "blank maps")]
    value = found.stays.get("spearman", math.nan)
    interval = stay_interval(torch.stack(by_image[min(found.stays, key=lambda name: found.stays[name])]))
    return [
        Check("randomisation", not found.ignores_weights, value, interval=interval, similarity=found.stays)
    ]


def stay_interval(similarity: Tensor) -> Interval:
    """The mean over the cascade as of `Cascade.stays`, with its 95 % bootstrap interval over images.

    similarity: (P, N) after each part, by one measure; NaN where a map is blank. An image has no mean of its
    own: one that is blank after some parts counts for the others.
    """
    by_image = similarity.T.cpu().double().numpy()
    known = ~np.isnan(by_image)

    def stays(means: Floats) -> Floats:
        sums, shares = np.split(means, 2, axis=-1)
        with np.errstate(invalid="ignore"):  # a part after which every map is blank has no mean
            of_parts = sums / shares
            found: Floats = np.nansum(of_parts, axis=-1) / np.isfinite(of_parts).sum(axis=-1)
        return found

    columns = np.concatenate([np.where(known, by_image, 0.0), known], axis=1)
    return bootstrap(columns, stays, np.random.default_rng(0))


def _likeness(
    measure: Callable[[Tensor, Tensor], Tensor],
    explainer: str,
    kept: list[Tensor],
    original: Tensor,
    maps: Tensor,
) -> Tensor:
    """(N,) the similarity, which is kept as well."""
    kept.append(measure(*comparable_maps(original, maps, explainer)))
    return kept[-1]


def _stability(of: _Subject) -> list[Check]:
    if not of.images.is_floating_point():
        return [_undefined("stability", "whole words")]
    moves = median_interval(sensitivity(partial(of.make, of.network), of.images, of.target))
    if math.isnan(moves.value):
        return [_undefined("stability", "blank maps")]
    return [Check("stability", moves.value <= STABLE, moves.value, interval=moves)]


def _completeness(of: _Subject) -> list[Check]:
    if not of.spec.complete:
        return [_undefined("completeness", "not complete")]
    gap = median_interval(completeness_gap(of.model, of.images, of.target, of.maps))
    if math.isnan(gap.value):
        return [_undefined("completeness", "no rise")]
    return [Check("completeness", gap.value <= COMPLETE, gap.value, interval=gap)]


# What is being done, to be translated where it is shown, and the check that does it.
_CHECKS: tuple[tuple[Message, Callable[[_Subject], list[Check]]], ...] = (
    (Message("Deleting and inserting pixels"), _removal),
    (Message("Leaving out words"), _erasure),
    (Message("Masking patches"), _infidelity),
    (Message("Randomizing the weights"), _randomisation),
    (Message("Adding a little noise"), _stability),
    (Message("Summing the values"), _completeness),
)


def _steps(of: _Subject) -> list[tuple[Message, Callable[[_Subject], list[Check]]]]:
    """Those that apply. Only words are left out: a pixel is no part of an image that a person reads."""
    return [step for step in _CHECKS if step[1] is not _erasure or of.maps.ndim == 2]


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
