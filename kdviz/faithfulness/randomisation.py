"""Randomization test: a map that does not change when weights are randomized cannot show what was learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from math import isnan
from statistics import fmean
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from kdviz.models.network import Network

STAYS = 0.5
"""Mean similarity above which a map counts as unchanged.

On the shipped teachers, means over the cascade by rank correlation and by SSIM, for shapes and Fashion-MNIST:
Grad-CAM .09/.12, .00/.03; integrated gradients .03/.29, .00/.03; saliency .53/.29, .13/.12; Grad-CAM++
.67/.58, .46/.40; guided backpropagation .68/.53, .55/.55; activation energy .85/.72, .70/.61.
"""


@dataclass(frozen=True)
class Cascade:
    """Similarity of a map to the original while the weights are randomized from the head down.

    parts: what was randomized, one more each time: "head", then the stages from the last to the first.
    similarity: by measure, the mean over images after each part, NaN if no map was defined.
    """

    parts: tuple[str, ...]
    similarity: Mapping[str, tuple[float, ...]]

    @property
    def stays(self) -> Mapping[str, float]:
        """The mean similarity over the whole cascade, by each measure that is defined on such maps."""
        defined = {name: [v for v in values if not isnan(v)] for name, values in self.similarity.items()}
        return {name: fmean(values) for name, values in defined.items() if values}

    @property
    def ignores_weights(self) -> bool | None:
        """Whether the map stays similar by every measure; None if none is defined.

        By every one, since all maps of one image have something in common: on the shipped teachers, saliency
        kept a rank correlation of 0.5 on shapes, but an SSIM of 0.3.
        """
        return min(self.stays.values()) > STAYS if self.stays else None


def cascade(
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    explain: Callable[[Network, Tensor, Tensor], Tensor],
    similarity: Mapping[str, Callable[[Tensor, Tensor], Tensor]],
    seed: int = 0,
) -> Cascade:
    """Explain a network repeatedly while its weights are randomized, from the head down.

    explain: network, images and target to maps (N, h, w). similarity: by name, two batches of maps to (N,).
    The network itself is not changed.
    Source: Adebayo et al. 2018, arXiv:1810.03292, sec. 3.1 (cascading randomization).
    """
    original = explain(network, images, target)
    parts: list[str] = []
    found: dict[str, list[float]] = {name: [] for name in similarity}
    for part, randomized in _randomized(network, seed):
        parts.append(part)
        maps = explain(randomized, images, target)
        for name, compare in similarity.items():
            found[name].append(float(compare(original, maps).nanmean()))
    return Cascade(tuple(parts), {name: tuple(values) for name, values in found.items()})


def _randomized(network: Network, seed: int) -> Iterator[tuple[str, Network]]:
    """A copy of the network, after each part of it has been randomized, and that part's name."""
    copy = deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    named: list[tuple[str, nn.Module]] = [*copy.stages.named_children(), ("head", copy.head)]
    for name, part in reversed(named):
        for module in part.modules():
            copy.draw(module, generator)
        yield name, copy
