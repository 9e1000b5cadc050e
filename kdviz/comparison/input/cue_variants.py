"""A test image with its cue moved, changed or removed: each arm's predictions and attributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.cache import Cache
from kdviz.comparison.input.explanation import baseline_image
from kdviz.comparison.input.planted_cue import mask_box, variants_of
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import CUES, CueVariants
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
    """A test image with all variants of its cue, explained by all arms, the teacher first.

    index: of the test image. label: its class. cue: a name in `CUES`. planted: index of the variant that
    equals the test image.
    """

    index: int
    label: int
    cue: str
    classes: tuple[str, ...]
    variants: CueVariants
    planted: int
    explainer: str
    arms: Mapping[Arm, VariantPredictions]

    def box(self, number: int) -> tuple[int, ...]:
        """The `mask_box` of the cue of a variant; not for the one without a cue."""
        return mask_box(self.variants.masks[number])


MOST_VARIANTS = 40
"""Variants of an image that are explained at once; with more classes some of them are left out."""

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
    return _EXPLAINED.get(key, lambda: _explained(run, index, explainer, baseline, intact, report), run.lock)


def _explained(
    run: Snapshots, index: int, explainer: str, baseline: str, intact: bool, report: Report
) -> ExplainedVariants:
    split = run.images.split(intact=intact)
    assert split.cue_masks is not None
    image, mask = split.images[index], split.cue_masks[index]
    variants = _offered(
        run, variants_of(run.config, run.images, index), image, mask, int(split.labels[index])
    )
    images, arms = run.normalizer.normalize(variants.inputs), {}
    absent = baseline_image(run, explainer, images, baseline)
    for done, arm in enumerate(run.networks):
        report(Message("Explaining {count} images", {"count": len(images)}), done / len(run.networks))
        arms[arm] = _predictions(run, arm, images, explainer, absent)
    return ExplainedVariants(
        index=index,
        label=int(split.labels[index]),
        cue=run.config.cue,
        classes=run.images.classes,
        variants=variants,
        planted=variants.index_of(image, mask),
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


def _offered(run: Snapshots, variants: CueVariants, image: Tensor, mask: Tensor, label: int) -> CueVariants:
    """The variants of the class that the cue indicates, of the label, of what arms predict, and of others."""
    planted = variants.cues[variants.index_of(image, mask)]
    assert planted is not None
    if variants.texts is not None:  # a word is replaced where it is: a text has too many places
        variants = variants.at_place(planted.place)
    normalized = run.normalizer.normalize(image[None])
    with torch.no_grad():
        predicted = [int(network(normalized).argmax()) for network in run.networks.values()]
    positions = sum(cue is not None and cue.indicated == planted.indicated for cue in variants.cues)
    wanted = [planted.indicated, label, *predicted]
    return variants.of_classes(offered_classes(len(run.images.classes), wanted, positions=positions))


def _predictions(
    run: Snapshots, arm: Arm, images: Tensor, explainer: str, absent: Tensor | None
) -> VariantPredictions:
    network, layer = run.networks[arm], run.config.explained_layer
    with torch.no_grad():
        logits = torch.cat([network(part) for part in torch.split(images, images_at_once(images))]).float()
    maps = explain(explainer, network, images, logits.argmax(1), layer=layer, baseline=absent)
    return VariantPredictions(logits.softmax(1).cpu().numpy(), maps.cpu().numpy())
