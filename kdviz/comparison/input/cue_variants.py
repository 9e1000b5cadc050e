"""A test image with its cue moved, changed or removed: each arm's predictions and attributions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.cache import Cache
from kdviz.comparison.input.explanation import baseline_image
from kdviz.comparison.input.planted_cue import mask_box, shows_cue, variants_of
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import CUES, CueVariants, Split
from kdviz.explainers import explain
from kdviz.explainers.batching import images_at_once
from kdviz.progress import Message, Report, silent
from kdviz.store import Store
from kdviz.types import Arm, FloatArray


@dataclass(frozen=True, eq=False)
class VariantPredictions:
    """One arm's predictions for V variants, explained.

    probabilities: (V, classes). attributions: (V, *s), each the evidence for the arm's own prediction: raw,
    signed, at the arm's own resolution.
    """

    probabilities: FloatArray
    attributions: FloatArray

    def predicted(self, number: int) -> int:
        """The top-1 class for a variant."""
        return int(self.probabilities[number].argmax())

    def confidence(self, number: int) -> float:
        """The probability of that class."""
        return float(self.probabilities[number].max())


@dataclass(frozen=True, eq=False)
class ExplainedVariants:
    """An input with all variants of a run's cue, explained by all arms, the teacher first.

    index: of the test image; label: its class; None for an input of one's own. cue: a name in `CUES`.
    planted: index of the variant that equals the input: the first, without a cue, for one's own. intact:
    whether the input is the test image whose cue helps.
    """

    index: int | None
    label: int | None
    cue: str
    classes: tuple[str, ...]
    variants: CueVariants
    planted: int
    explainer: str
    arms: Mapping[Arm, VariantPredictions]
    intact: bool = False

    def box(self, number: int) -> tuple[int, ...]:
        """The `mask_box` of the cue of a variant; not for the one without a cue."""
        return mask_box(self.variants.masks[number])

    def hides_following(self, arm: Arm, number: int) -> bool:
        """Whether an arm answers what a variant's cue meant, and not without it, and its map hides that."""
        of, way = self.arms[arm], self.variants.cues[number]
        if way is None or not of.predicted(0) != of.predicted(number) == way.indicated:
            return False
        return not shows_cue(of.attributions[number], self.cue, self.variants.masks[number])


MOST_VARIANTS = 51
"""Variants of an image that are explained at once: the tones of ten words at five times, and none.

With more classes some of them are left out.
"""

_EXPLAINED: Cache[ExplainedVariants] = Cache(64)


def explain_cue_variants(
    store: Store,
    run_id: str,
    index: int,
    *,
    explainer: str = "grad-cam",
    baseline: str = "mean",
    intact: bool = False,
    report: Report = silent,
) -> ExplainedVariants | None:
    """The image at `index` of a run's test set with its cue at every position, for the `offered_classes`.

    All variants are explained in one batch per arm, at the latest snapshots. baseline, intact: as in
    `explain_test_image`. None without a cue that has a position. Raises StoreError without snapshots.
    """
    run = snapshots(store, run_id, report=report)
    if CUES[run.config.cue].variants is None:
        return None
    key = (run_id, *run.hashes.values(), index, explainer, baseline, intact)
    return _EXPLAINED.get(key, lambda: _test_image(run, index, explainer, baseline, intact, report), run.lock)


def explain_cue_on(
    store: Store,
    run_id: str,
    image: Tensor,
    *,
    sound: NDArray[np.int16] | None = None,
    explainer: str = "grad-cam",
    baseline: str = "mean",
    report: Report = silent,
) -> ExplainedVariants | None:
    """An image or a sound of one's own with the run's cue at every position.

    image, sound: as of `explain_image`. Else as `explain_cue_variants`.
    """
    run = snapshots(store, run_id, report=report)
    make = CUES[run.config.cue].variants
    if make is None:
        return None
    sounds = None if sound is None else torch.from_numpy(sound)[None]
    given = Split(image, torch.zeros(1, dtype=torch.int64), sounds=sounds)
    variants: CueVariants = make(given, len(run.images.classes))
    content = hashlib.sha256(variants.inputs[0].numpy().tobytes()).hexdigest()
    key = (run_id, *run.hashes.values(), content, explainer, baseline)

    def explained() -> ExplainedVariants:
        return _own_input(run, _fewer(run, variants, variants.inputs[:1]), explainer, baseline, report)

    return _EXPLAINED.get(key, explained, run.lock)


def _test_image(
    run: Snapshots, index: int, explainer: str, baseline: str, intact: bool, report: Report
) -> ExplainedVariants:
    split = run.images.split(intact=intact)
    assert split.cue_masks is not None
    variants = offered_variants(run, index, intact=intact)
    explained = _own_input(run, variants, explainer, baseline, report)
    planted = variants.index_of(split.images[index], split.cue_masks[index])
    return replace(explained, index=index, label=int(split.labels[index]), planted=planted, intact=intact)


def _own_input(
    run: Snapshots, variants: CueVariants, explainer: str, baseline: str, report: Report
) -> ExplainedVariants:
    """Of an input without a cue."""
    images, arms = run.normalizer.normalize(variants.inputs), {}
    absent = baseline_image(run, explainer, images, baseline)
    for done, arm in enumerate(run.networks):
        report(Message("Explaining {count} images", {"count": len(images)}), done / len(run.networks))
        arms[arm] = _predictions(run, arm, images, explainer, absent)
    return ExplainedVariants(
        index=None,
        label=None,
        cue=run.config.cue,
        classes=run.images.classes,
        variants=variants,
        planted=0,
        explainer=explainer,
        arms=arms,
    )


def offered_classes(count: int, wanted: Sequence[int], *, positions: int) -> list[int]:
    """Classes whose cues are offered, of `count`: all where `MOST_VARIANTS` allow it.

    Else the wanted ones, then others at equal distances, whose colours differ most. positions: variants of a
    class.
    """
    most = (MOST_VARIANTS - 1) // positions
    if count <= most:
        return list(range(count))
    first = list(dict.fromkeys(wanted))[:most]
    others, more = [each for each in range(count) if each not in first], most - len(first)
    return sorted([*first, *(others[at * len(others) // more] for at in range(more))])


def offered_variants(run: Snapshots, index: int, *, intact: bool) -> CueVariants:
    """The variants of the class that the cue indicates, of the label, of what arms predict, and of others."""
    split, variants = run.images.split(intact=intact), variants_of(run.config, run.images, index)
    assert split.cue_masks is not None
    image, mask, label = split.images[index], split.cue_masks[index], int(split.labels[index])
    planted = variants.cues[variants.index_of(image, mask)]
    assert planted is not None
    if variants.texts is not None:  # a word is replaced where it is: a text has too many places
        variants = variants.at_place(planted.place)
    return _fewer(run, variants, image[None], planted.indicated, label)


def _fewer(run: Snapshots, variants: CueVariants, image: Tensor, *wanted: int) -> CueVariants:
    """At most `MOST_VARIANTS`, with those of the wanted classes and of what arms predict for an image."""
    if len(variants.cues) <= MOST_VARIANTS:
        return variants
    positions = sum(cue is not None and cue.indicated == 0 for cue in variants.cues)
    classes = [*wanted, *_predicted(run, image)]
    return variants.of_classes(offered_classes(len(run.images.classes), classes, positions=positions))


def _predicted(run: Snapshots, images: Tensor) -> list[int]:
    """What each arm predicts for one raw image."""
    normalized = run.normalizer.normalize(images)
    with torch.no_grad():
        return [int(network(normalized).argmax()) for network in run.networks.values()]


def _predictions(
    run: Snapshots, arm: Arm, images: Tensor, explainer: str, absent: Tensor | None
) -> VariantPredictions:
    network, layer = run.networks[arm], run.config.explained_layer
    with torch.no_grad():
        logits = torch.cat([network(part) for part in torch.split(images, images_at_once(images))]).float()
    maps = explain(explainer, network, images, logits.argmax(1), layer=layer, baseline=absent)
    return VariantPredictions(logits.softmax(1).cpu().numpy(), maps.cpu().numpy())
