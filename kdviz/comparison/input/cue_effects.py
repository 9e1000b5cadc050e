"""Whether a planted cue decides what the arms predict for an image: without it, and with that of others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from torch import Tensor

from kdviz.cache import Cache
from kdviz.comparison.input.cue_variants import offered_variants
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.datasets import CUES
from kdviz.store import Store
from kdviz.types import Arm


@dataclass(frozen=True)
class CueEffect:
    """What one arm predicts for variants of an image.

    predicted, without: its classes as the image is, and without the cue. followed: of `others`, the variants
    in which the cue indicates another class, those with another prediction, which is that class. share,
    share_without: the probability of the predicted class as the image is, and without the cue.
    """

    predicted: int
    without: int
    followed: int
    others: int
    share: float
    share_without: float

    @property
    def decides(self) -> bool:
        """Whether the prediction is another one without the cue, or follows it in most other variants."""
        return self.without != self.predicted or 2 * self.followed > self.others


_EFFECTS: Cache[dict[Arm, CueEffect]] = Cache(1024)


def cue_effects(
    store: Store, run_id: str, index: int, *, arms: Collection[Arm], intact: bool = False
) -> Mapping[Arm, CueEffect] | None:
    """The effect of the cue on these arms' predictions for the image at `index` of a run's test set.

    One pass for each variant, without explanations. The cue stays where it is, unless its place indicates the
    class. intact: as in `explain_test_image`. None without a cue that has a place. Raises StoreError without
    snapshots.
    """
    run = snapshots(store, run_id)
    if CUES[run.config.cue].variants is None:
        return None
    key = (run_id, *run.hashes.values(), index, intact, *arms)
    return _EFFECTS.get(key, lambda: _effects(run, index, intact, arms), run.lock)


def _effects(run: Snapshots, index: int, intact: bool, arms: Collection[Arm]) -> dict[Arm, CueEffect]:
    split = run.images.split(intact=intact)
    assert split.cue_masks is not None
    image, mask = split.images[index], split.cue_masks[index]
    variants = offered_variants(run, index, intact=intact)
    planted = variants.cues[variants.index_of(image, mask)]
    assert planted is not None
    if CUES[run.config.cue].indicated_by != "place":
        variants = variants.at_place(planted.place)
    at = variants.index_of(image, mask)
    others = {
        number: cue.indicated
        for number, cue in enumerate(variants.cues)
        if cue is not None and cue.indicated != planted.indicated
    }
    probabilities = run.probabilities(variants.inputs, arms)
    return {arm: _effect(of, at, others) for arm, of in probabilities.items()}


def _effect(probabilities: Tensor, at: int, others: Mapping[int, int]) -> CueEffect:
    """probabilities: by variant, the first one without the cue. others: the class indicated, by variant."""
    predicted: list[int] = probabilities.argmax(1).tolist()
    followed = sum(predicted[number] == named != predicted[at] for number, named in others.items())
    shares = (float(probabilities[number, predicted[at]]) for number in (at, 0))
    return CueEffect(predicted[at], predicted[0], followed, len(others), *shares)
