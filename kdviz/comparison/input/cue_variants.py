"""A test image with its cue moved, changed or removed: each arm's predictions and attributions."""

from __future__ import annotations

from collections.abc import Mapping
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
    """The image at `index` of a run's test set with its cue at every position, for every class.

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
    variants, split = variants_of(run.config, run.images, index), run.images.split(intact=intact)
    assert split.cue_masks is not None
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
        planted=variants.index_of(split.images[index], split.cue_masks[index]),
        explainer=explainer,
        arms=arms,
    )


def _predictions(
    run: Snapshots, arm: Arm, images: Tensor, explainer: str, absent: Tensor | None
) -> VariantPredictions:
    network, layer = run.networks[arm], run.config.explained_layer
    with torch.no_grad():
        logits = torch.cat([network(part) for part in torch.split(images, images_at_once(images))]).float()
    maps = explain(explainer, network, images, logits.argmax(1), layer=layer, baseline=absent)
    return VariantPredictions(logits.softmax(1).cpu().numpy(), maps.cpu().numpy())
