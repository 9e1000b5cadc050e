"""What each arm heard of a sound: the part under the highest cells of its map, and what it predicts then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.comparison.input.explanation import ImageExplanation, compared_part
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.resolution import resized_to
from kdviz.sound import masked, spectrograms
from kdviz.store import Store
from kdviz.types import Arm, FloatArray

HEARD_SHARE = 0.2
"""Share of a sound's cells that is played as what an arm heard."""


@dataclass(frozen=True, eq=False)
class HeardPart:
    """A part of a sound.

    arm: whose map it is from; None for the whole sound. but_not: what is under this arm's map as well is left
    out. mask: bool (F, T), the cells that are left. samples: float32 (samples,) in [-1, 1]. predicted,
    confidences: each arm's class and its probability, for this part alone.
    """

    arm: Arm | None
    but_not: Arm | None
    mask: NDArray[np.bool_]
    samples: FloatArray
    predicted: Mapping[Arm, int]
    confidences: Mapping[Arm, float]


def heard_parts(store: Store, run_id: str, explanation: ImageExplanation) -> tuple[HeardPart, ...]:
    """The whole sound; then of each arm the part under its map; then what only the student heard.

    A part is 20 % of the cells, those with the highest evidence. Arms without positive evidence are left out.
    What only the student heard is left out where the two are explained for different classes. explanation: of
    a sound. Raises StoreError without snapshots.
    """
    assert explanation.sound is not None
    run, wave = snapshots(store, run_id), torch.from_numpy(explanation.sound)
    found = list(_masks(explanation))
    sounds = torch.stack([masked(wave, mask) for _arm, _other, mask in found])
    answers = _answers(run, sounds)
    return tuple(
        HeardPart(
            arm,
            other,
            mask.numpy(),
            sounds[place].numpy(),
            {each: int(shares[place].argmax()) for each, shares in answers.items()},
            {each: float(shares[place].max()) for each, shares in answers.items()},
        )
        for place, (arm, other, mask) in enumerate(found)
    )


def _masks(explanation: ImageExplanation) -> Iterator[tuple[Arm | None, Arm | None, Tensor]]:
    size = explanation.image.shape[:2]
    yield None, None, torch.ones(size, dtype=torch.bool)
    masks = {
        arm: _highest(compared_part(torch.from_numpy(values), explanation.explainer), size)
        for arm, values in explanation.attributions.items()
    }
    for arm, mask in masks.items():
        if mask.any():
            yield arm, None, mask
    ours, theirs = masks["student"], masks["teacher"]
    same = explanation.arms["student"].target == explanation.target
    if same and ours.any() and theirs.any():
        yield "student", "teacher", ours & ~theirs


def _highest(values: Tensor, size: tuple[int, ...]) -> Tensor:
    """The cells (F, T) with the highest values of a map (*s), of those above 0; none if it is undefined."""
    if not bool(values.isfinite().all()):
        return torch.zeros(size, dtype=torch.bool)
    fine = resized_to(values[None], tuple(size))[0].relu()
    return (fine >= fine.quantile(1 - HEARD_SHARE)) & (fine > 0)


def _answers(run: Snapshots, sounds: Tensor) -> dict[Arm, Tensor]:
    """Probabilities (parts, classes) by arm."""
    waves = (sounds * 32_768).round().clamp(-32_768, 32_767).short()
    heard = run.normalizer.normalize(spectrograms(waves, len(run.images.mean)))
    with run.lock, torch.no_grad():
        return {arm: network(heard).float().softmax(1).cpu() for arm, network in run.networks.items()}
