"""The planted cue of a test image: its meaning, and each arm's share of evidence on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from kdviz.cache import Cache
from kdviz.comparison.input.explanation import ImageExplanation
from kdviz.comparison.models.snapshots import RunImages, run_images
from kdviz.config import RunConfig
from kdviz.datasets import CUES, CueVariant, CueVariants, Split
from kdviz.faithfulness import mask_share, touched_cells
from kdviz.sound import loud_cells
from kdviz.types import Arm, FloatArray, Peak, Region


@dataclass(frozen=True, eq=False)
class PlantedCue:
    """The cue of a test image.

    cue: its name in `CUES`. variant: its position, and the class that it indicated in training. mask: bool
    (*S).
    object_mask: bool (*S), the visible object, of a sound its loud part; None if unknown.
    """

    cue: str
    variant: CueVariant
    mask: Tensor
    object_mask: Tensor | None

    @property
    def box(self) -> tuple[int, ...]:
        """The `mask_box` of its mask."""
        return mask_box(self.mask)


@dataclass(frozen=True)
class CueEvidence:
    """Evidence of an arm's map on the cue and the object.

    shares: of the positive evidence, in each region, in [0, 1]; NaN if the map or the region is undefined.
    areas: of the input, or of a text's words that the map covers, likewise: the share of an even spread.
    A tone, which is smaller than a map's cell, stands for the cells in which it lies; cue_area is that of the
    cue alone.
    peak: region of the map's maximum. beside: of a sound, whether a maximum outside both regions is at the
    time of the cue, or a cell before or after it. against: whether the map's strongest value is on the cue,
    and negative: the cue counts against the class.
    """

    shares: Mapping[Region, float]
    areas: Mapping[Region, float]
    cue_area: float
    peak: Peak
    beside: bool = False
    against: bool = False

    @property
    def filled(self) -> bool:
        """Whether the object fills the input, so that every map is on it."""
        return self.areas.get("object", 0.0) > _FILLS

    @property
    def large_object(self) -> bool:
        """Whether the object is large, and neither it nor the cue has clearly more evidence than its area."""
        large = _LARGE < self.areas.get("object", 0.0) <= _FILLS
        return large and not any(map(self._stands_out, self.shares))

    @property
    def looks_at(self) -> Peak:
        """The region that the network looks at: clearly more evidence than its area accounts for.

        Of such regions the one with the map's maximum, or else with most of the evidence; "elsewhere" without
        either. An object that fills the input is none, whatever its share.
        """
        if self.peak == "undefined":
            return "undefined"
        clear: list[Region] = [region for region in self.shares if self._stands_out(region)]
        for region in clear:
            if region == self.peak or self.shares[region] > 0.5:
                return region
        return "elsewhere"

    def _stands_out(self, region: Region) -> bool:
        """Half as much evidence again as if it were spread evenly, or a quarter less outside of it.

        Outside, since a region that covers more than two thirds of the input could never have half as much
        again. The two meet at a third of the input.
        """
        if region == "object" and self.filled:
            return False
        area = self.areas[region]
        return self.shares[region] >= min(1.5 * area, 1 - 0.75 * (1 - area))


_FILLS = 0.8
"""Share of the input above which an object fills it."""

_LARGE = 0.25
"""Share of the input above which an object holds much of any map."""

_MOSTLY = 0.5
"""Share of a cell above which it is the cue's."""

_CUES: Cache[PlantedCue] = Cache(1024)
_EVIDENCE: Cache[CueEvidence] = Cache(4096)


def mask_box(mask: Tensor) -> tuple[int, ...]:
    """Start and end, exclusive, of a mask (*S) along each dimension; all starts first."""
    places = mask.nonzero()
    return (*places.amin(0).tolist(), *(places.amax(0) + 1).tolist())


def planted_cue(config: RunConfig, index: int, *, intact: bool = False) -> PlantedCue | None:
    """The cue of the image at `index` of a run's test set; None without a cue, or for one without a position.

    intact: of the image whose cue helps, as in training.
    """
    images = run_images(config)
    split = images.split(intact=intact)
    if CUES[config.cue].variants is None or split.cue_masks is None:
        return None
    key = (config.key, index, intact)
    # Cached, since every variant of the image is painted to find its own.
    return _CUES.get(key, lambda: _found(config, images, split, index))


def evidence_on(cue: PlantedCue, explanation: ImageExplanation) -> dict[Arm, CueEvidence]:
    """Evidence of each arm's map of an image on its cue and its object."""
    regions: dict[Region, Tensor] = {"cue": cue.mask}
    if cue.object_mask is not None:
        regions["object"] = cue.object_mask
    fine = CUES[cue.cue].indicated_by == "pitch"
    return {
        arm: _EVIDENCE.get(
            (cue, values.shape, values.tobytes()), partial(_evidence, values, regions, fine=fine)
        )
        for arm, values in explanation.attributions.items()
    }


def shows_cue(attribution: FloatArray, cue: str, mask: Tensor) -> bool:
    """Whether a map is highest at a cue with this mask, or clearly more on it than its size explains.

    Of a tone, also whether the map is highest beside it in time.
    """
    found = _evidence(attribution, {"cue": mask}, fine=CUES[cue].indicated_by == "pitch")
    return found.peak == "cue" or found.beside or found.looks_at == "cue"


def evidence_share(heat: FloatArray, region: NDArray[np.bool_]) -> float:
    """The share of a heatmap (h, w) in a region (H, W), in [0, 1]; NaN if either is empty."""
    return float(mask_share(torch.from_numpy(heat)[None], torch.from_numpy(region)[None])[0])


def variants_of(config: RunConfig, images: RunImages, index: int) -> CueVariants:
    """The test image at `index` with all variants of its cue. Requires a cue with a position."""
    make = CUES[config.cue].variants
    assert make is not None
    variants: CueVariants = make(images.plain.take(torch.tensor([index])), len(images.classes))
    return variants


def _found(config: RunConfig, images: RunImages, split: Split, index: int) -> PlantedCue:
    assert split.cue_masks is not None
    mask = split.cue_masks[index]
    variants = variants_of(config, images, index)
    variant = variants.cues[variants.index_of(split.images[index], mask)]
    assert variant is not None
    return PlantedCue(config.cue, variant, mask, _object_mask(images, split, index))


def _object_mask(images: RunImages, split: Split, index: int) -> Tensor | None:
    """The visible object; of a sound of which it is unknown, its loud part without the cue. None for none."""
    if split.object_masks is not None:
        return split.object_masks[index]
    loud = None if split.sounds is None else loud_cells(images.plain.images[index : index + 1])[0]
    return loud if loud is not None and loud.any() else None


def _evidence(attribution: FloatArray, regions: Mapping[Region, Tensor], *, fine: bool) -> CueEvidence:
    """fine: the cue is smaller than a map's cell, and stands for the cells in which it lies."""
    maps = torch.from_numpy(attribution)[None]
    cue_area = _area(regions["cue"], maps[0])
    if fine:
        regions = {**regions, "cue": _cells_of(regions["cue"], maps)}
    shares = {region: float(mask_share(maps, mask[None])[0]) for region, mask in regions.items()}
    areas = {region: _area(mask, maps[0]) for region, mask in regions.items()}
    peak = _peak(maps, {"cue": regions["cue"]} if fine else regions)
    if not fine or peak != "elsewhere":
        return CueEvidence(shares, areas, cue_area, peak, against=_against(maps, regions["cue"]))
    peak = _peak(maps, {region: mask for region, mask in regions.items() if region != "cue"})
    beside = peak == "elsewhere" and _near_in_time(maps, regions["cue"])
    return CueEvidence(shares, areas, cue_area, peak, beside)


def _area(mask: Tensor, values: Tensor) -> float:
    """The share of an input that a mask (*S) covers; of a text, of the words that have a value."""
    read = values.isfinite()
    counted = mask[read] if values.shape == mask.shape and read.any() else mask
    return float(counted.float().mean())


def _near_in_time(maps: Tensor, cue: Tensor) -> bool:
    """Whether the maximum of a map (1, h, w) is at most a cell before or after a cue (H, W)."""
    columns = (maps[0] == maps[0].max()).any(0).nonzero().flatten()
    heard = touched_cells(cue[None], maps)[0].any(0).nonzero().flatten()
    return bool(((columns[:, None] - heard).abs() <= 1).any())


def _peak(maps: Tensor, regions: Mapping[Region, Tensor]) -> Peak:
    """By the map's own cells: the region that has most of the strongest cell, so that none is too thin."""
    present = maps[~maps.isnan()]  # a text's map is NaN where it has no word
    if not len(present) or not bool(present.isfinite().all()):
        return "undefined"
    highest = float(present.max())
    if highest <= max(float(present.min()), 0.0):
        return "undefined"
    strongest = maps[0] == highest
    covered = {region: float(_cover(mask, maps)[strongest].mean()) for region, mask in regions.items()}
    region = max(covered, key=lambda each: covered[each], default=None)
    return region if region and covered[region] > 0 else "elsewhere"


def _against(maps: Tensor, cue: Tensor) -> bool:
    """Whether the strongest value of a map (1, *s) is negative, and on a cue (*S)."""
    values = maps[0].nan_to_num(0.0)
    strongest = values == values.min()
    return bool(-values.min() > values.max()) and bool(_cover(cue, maps)[strongest].mean() > _MOSTLY)


def _cells_of(mask: Tensor, maps: Tensor) -> Tensor:
    """The cells of maps (1, *s) in which a mask (*S) lies, as a mask (*S)."""
    cells = touched_cells(mask[None], maps).float()[None]
    return functional.interpolate(cells, size=mask.shape, mode="nearest")[0, 0] > 0


def _cover(mask: Tensor, maps: Tensor) -> Tensor:
    """The share of each cell of maps (1, *s) that a mask (*S) covers, (*s)."""
    return functional.interpolate(mask[None, None].float(), size=maps.shape[1:], mode="area")[0, 0]
