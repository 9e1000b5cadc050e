"""All variants of the cue of one image: positions and colours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from kdviz.datasets.cue import hues, painted, rim_places
from kdviz.datasets.split import Split


@dataclass(frozen=True)
class CueVariant:
    """One way to plant a cue. place: its number among the places. named: the class that it stands for."""

    place: int
    named: int


@dataclass(frozen=True, eq=False)
class CueVariants:
    """An input without its cue, followed by the same input with the cue in every way.

    inputs: (V, C, *S), raw. masks: bool (V, *S), where the cue lies. ways: V, the first one None.
    """

    inputs: Tensor
    masks: Tensor
    ways: tuple[CueVariant | None, ...]

    def number_of(self, given: Tensor, mask: Tensor) -> int:
        """Which variant an input (C, *S) with its cue at `mask` (*S) is."""
        same = (self.inputs == given).flatten(1).all(1) & (self.masks == mask).flatten(1).all(1)
        return int(same.nonzero()[0])


def hue_patch_variants(plain: Tensor, classes: int) -> CueVariants:
    """A patch in each corner, in the hue of each class. plain: uint8 (1, C, H, W)."""
    ways = [CueVariant(*way) for way in product(range(4), range(classes))]
    colours = hues(classes)[[way.named for way in ways]]
    return _patched(plain, rim_places(4, *plain.shape[-2:]), colours, ways)


def place_patch_variants(plain: Tensor, classes: int) -> CueVariants:
    """A white patch at the place of each class. plain: uint8 (1, C, H, W)."""
    ways = [CueVariant(number, number) for number in range(classes)]
    white = torch.full((1, 1), 255, dtype=torch.uint8)
    return _patched(plain, rim_places(classes, *plain.shape[-2:]), white, ways)


def _patched(plain: Tensor, places: Tensor, colours: Tensor, ways: list[CueVariant]) -> CueVariants:
    """places: (places, 2). colours: (ways or 1, C)."""
    copies = Split(plain.expand(len(ways), -1, -1, -1), torch.zeros(len(ways), dtype=torch.int64))
    planted = painted(copies, places[[way.place for way in ways]], colours)
    assert planted.cue_masks is not None
    without = plain.expand(1, planted.images.shape[1], -1, -1)
    return CueVariants(
        torch.cat([without, planted.images]),
        torch.cat([torch.zeros_like(planted.cue_masks[:1]), planted.cue_masks]),
        (None, *ways),
    )
