"""Whether an attribution falls on a known region: an object, or a planted cue."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import adaptive_max_pool1d, adaptive_max_pool2d

from kdviz.errors import ShapeError
from kdviz.resolution import absent, resized_to

_ROUNDING = 1e-5
"""Of a map's largest magnitude: the last digits differ between processors and batch sizes."""


def mask_share(maps: Tensor, masks: Tensor) -> Tensor:
    """Share of the positive attribution inside the mask.

    maps: (N, *S) signed; negative values, and NaN where a text has no word, are set to 0, then the map is
    resized to the mask, bilinear. masks: bool, (N, *S). Returns (N,), in [0, 1], to be compared with the
    mask's share of the area; NaN if the map has no positive value, or the mask is empty. Raises ShapeError if
    the batches differ in length.
    """
    positive = _at_mask_size(maps.clamp(min=0).nan_to_num(0), masks)
    cells = _cells(maps)
    inside = (positive * masks).sum(cells)
    return (inside / positive.sum(cells)).where(masks.flatten(1).any(1), torch.nan)


def pointing_hit(maps: Tensor, masks: Tensor) -> Tensor:
    """Pointing game: 1 if the map's highest cell touches the mask, else 0.

    Shapes as in `mask_share`, but signs are kept, cells that are NaN are left out, and nothing is resized: a
    map says no more than in which of its cells the evidence is, so that a region thinner than a cell can be
    hit as well. By chance the hit is `touched_areas`. For ties, up to rounding, the share of them that touch
    it. NaN if the map is constant, or the mask is empty.
    Source: Zhang et al. 2018, IJCV 126, arXiv:1608.00507 (there the highest pixel of the resized map, with a
    tolerance of 15 pixels around the object; here the tolerance is the cell, which is a pixel for maps as
    fine as the image).
    """
    cells = _cells(maps)
    slack = _ROUNDING * maps.nan_to_num(0).abs().amax(cells, keepdim=True)
    highest = maps >= maps.nan_to_num(-torch.inf).amax(cells, keepdim=True) - slack
    hit = (highest & touched_cells(masks, maps)).sum(cells) / highest.sum(cells)
    top, bottom = maps.nan_to_num(-torch.inf).amax(cells), maps.nan_to_num(torch.inf).amin(cells)
    return hit.where((top > bottom) & masks.flatten(1).any(1), torch.nan)


def touched_cells(masks: Tensor, maps: Tensor) -> Tensor:
    """The cells of maps (N, *s) that a part of their masks, bool (N, *S), lies in: bool, (N, *s).

    Raises ShapeError if the batches differ in length.
    """
    _check_batches(maps, masks)
    planes, size = masks[:, None].float(), maps.shape[1:]
    if len(size) == 1:
        return adaptive_max_pool1d(planes, size[0])[:, 0] > 0
    return adaptive_max_pool2d(planes, (size[0], size[1]))[:, 0] > 0


def touched_areas(masks: Tensor, maps: Tensor) -> Tensor:
    """The share of each map's cells that its mask touches, (N,): the expected `pointing_hit` by chance.

    Of texts the share of their words.
    """
    return mask_areas(touched_cells(masks, maps), maps)


def mask_areas(masks: Tensor, maps: Tensor | None = None) -> Tensor:
    """The share of each input that its mask covers, (N,): the expected `mask_share` of a uniform map.

    masks: bool, (N, *S). maps: (N, *S), of the same inputs; only texts need them, whose words are where the
    map is not NaN: the rest of the places is padding, and is not counted.
    """
    if maps is None or masks.ndim > 2:
        return masks.float().flatten(1).mean(1)
    return masks.sum(1) / (~absent(maps)).sum(1)


def mean_mask_area(masks: Tensor, maps: Tensor | None = None) -> float:
    """The mean of `mask_areas`, without empty masks, whose share is undefined; NaN if all are empty."""
    return float(mask_areas(masks, maps)[masks.flatten(1).any(1)].mean())


def _at_mask_size(maps: Tensor, masks: Tensor) -> Tensor:
    _check_batches(maps, masks)
    return resized_to(maps, tuple(masks.shape[1:]))


def _check_batches(maps: Tensor, masks: Tensor) -> None:
    if len(maps) != len(masks):
        raise ShapeError(f"masks: must be one for each of the {len(maps)} maps, got {len(masks)}.")


def _cells(maps: Tensor) -> tuple[int, ...]:
    return tuple(range(1, maps.ndim))
