"""Measures of agreement between two batches of attributions, image by image.

They take signed maps; a ReLU, if the method requires one, is up to the caller. They are invariant to
multiplying a map by a positive number, because the attributions of two models have no common unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot

import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.agreement.registry import MEASURES
from kdviz.agreement.word_maps import Maps, of_one_length
from kdviz.errors import ConfigError, ShapeError, unknown_name

TOP_FRACTION = 0.2
LARGEST_WINDOW, SMALLEST_WINDOW = 7, 3
_C1, _C2 = 0.01**2, 0.03**2  # Wang et al.'s constants, for a data range of 1


@dataclass(frozen=True)
class Measure:
    """`measure(a, b)`: two batches (N, *S) of one size -> (N,) float64 on the CPU, 1 for equal maps.

    NaN where a map is undefined; raises ShapeError if the shapes differ. It has two steps, so that a map that
    is compared with many others is prepared once:
    prepare: (N, *S) float64 -> a tensor with a row for each map, all NaN where undefined.
    compare: two prepared batches -> (N,).
    """

    prepare: Callable[[Tensor], Tensor]
    compare: Callable[[Tensor, Tensor], Tensor]

    def __call__(self, a: Maps, b: Maps) -> Tensor:
        """Scores of two batches, (N,). Maps of texts, NaN where no word is, are compared by their words."""
        groups = of_one_length(a, b)
        if groups is None:
            return self.compare(*self.prepared(a, b))
        scores = torch.full((len(a),), torch.nan, dtype=torch.float64)
        for rows, first, second in groups:
            scores[rows] = self.compare(*self.prepared(first, second))
        return scores

    def prepared(self, *batches: Maps) -> list[Tensor]:
        """Batches of one shape, ready for `compare`."""
        # float32 gives two blank maps NaN or a perfect 1.0, depending on their level
        maps = [torch.as_tensor(batch).detach().cpu().double() for batch in batches]
        _check_one_shape(maps)
        return [self.prepare(batch) for batch in maps]


def measure_named(name: str) -> Measure:
    """The measure of that name; raises ConfigError for a name that is not in `MEASURES`."""
    if name not in MEASURES:
        raise ConfigError(unknown_name("measure", name, MEASURES))
    measure = MEASURES[name].measure.target
    assert isinstance(measure, Measure)
    return measure


def _check_one_shape(batches: list[Tensor]) -> None:
    shapes = [tuple(batch.shape) for batch in batches]
    if len(set(shapes)) > 1:
        given = " and ".join(map(str, shapes))
        raise ShapeError(f"maps: must have one shape (N, *S), got {given}. Bring them to one size first.")


def _undefined_where_flat(rows: Tensor, maps: Tensor) -> Tensor:
    """`rows` with NaN for each map that is constant, or not finite."""
    flat = maps.flatten(1)
    defined = (flat.amax(1) > flat.amin(1)) & flat.isfinite().all(1)
    return rows.where(defined.view(-1, *[1] * (rows.ndim - 1)), torch.nan)


def _unit(rows: Tensor) -> Tensor:
    """Each row scaled to length 1; NaN if it is all zero."""
    unit: Tensor = rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return unit


def _centred_unit(rows: Tensor) -> Tensor:
    return _unit(rows - rows.mean(1, keepdim=True))


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(1).clamp(-1, 1)


def _flat_unit(maps: Tensor) -> Tensor:
    return _unit(maps.flatten(1))


def _standardised(maps: Tensor) -> Tensor:
    return _undefined_where_flat(_centred_unit(maps.flatten(1)), maps)


def _standardised_ranks(maps: Tensor) -> Tensor:
    from scipy.stats import rankdata

    ranks = torch.from_numpy(rankdata(maps.flatten(1).numpy(), axis=1))
    return _undefined_where_flat(_centred_unit(ranks), maps)


def _top_cells(maps: Tensor) -> Tensor:
    """1 for the highest cells, 0 elsewhere.

    The highest cells are at least the k-th highest value, k = 20 % of the cells, and above the map's minimum:
    if a ReLU leaves fewer than k cells, zeros are not added to the set.
    """
    rows = maps.flatten(1)
    k = max(1, round(TOP_FRACTION * rows.shape[1]))
    threshold = rows.topk(k).values[:, -1:]
    top = (rows >= threshold) & (rows > rows.amin(1, keepdim=True))
    return _undefined_where_flat(top.double(), maps)


def _overlap(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of two sets of cells."""
    both = (a * b).sum(1)
    return both / ((a + b).sum(1) - both)


def _highest_point(maps: Tensor) -> Tensor:
    """Coordinates of the highest cell, divided by the map's diagonal, (N, |S|); the mean of ties."""
    size = maps.shape[1:]
    grid = tuple(range(1, maps.ndim))
    highest = (maps == maps.amax(grid, keepdim=True)).double()
    axes = torch.meshgrid(*(torch.arange(side, dtype=torch.float64) for side in size), indexing="ij")
    middle = torch.stack([(highest * axis).sum(grid) for axis in axes], dim=1) / highest.sum(grid)[:, None]
    diagonal = max(1.0, hypot(*(side - 1 for side in size)))
    return _undefined_where_flat(middle / diagonal, maps)


def _nearness(a: Tensor, b: Tensor) -> Tensor:
    distance: Tensor = torch.linalg.vector_norm(a - b, dim=1)
    return (1 - distance).clamp(min=0)


def _largest_is_one(maps: Tensor) -> Tensor:
    """Maps divided by their largest magnitude: signs and zeros stay; NaN if no window fits."""
    scaled = maps / maps.abs().amax((1, 2), keepdim=True)
    fits = min(maps.shape[1:]) >= SMALLEST_WINDOW
    return _undefined_where_flat(scaled, maps if fits else torch.zeros_like(maps))


def _window(side: int) -> int:
    """The largest odd number up to half the side, from 3 to 7."""
    half = side // 2
    odd = half - (half + 1) % 2
    return min(side, max(SMALLEST_WINDOW, min(LARGEST_WINDOW, odd)))


def _structure(a: Tensor, b: Tensor) -> Tensor:
    """SSIM over the windows that are completely inside the map."""
    window = _window(min(a.shape[1:]))

    def local_mean(maps: Tensor) -> Tensor:
        return F.avg_pool2d(maps[:, None], window, stride=1)[:, 0]

    mean_a, mean_b = local_mean(a), local_mean(b)
    spread = local_mean(a * a) - mean_a**2 + local_mean(b * b) - mean_b**2
    shared = local_mean(a * b) - mean_a * mean_b
    brightness = (2 * mean_a * mean_b + _C1) / (mean_a**2 + mean_b**2 + _C1)
    return (brightness * (2 * shared + _C2) / (spread + _C2)).mean((1, 2)).clamp(-1, 1)


cosine = Measure(_flat_unit, _dot)
"""Cosine of the flattened maps, in [-1, 1]; NaN if a map is all zero.

Source: Parchami-Araghi et al. 2024, arXiv:2402.03119 (there, 1 − this is the loss).
"""

pearson = Measure(_standardised, _dot)
"""Pearson correlation over the cells, in [-1, 1]; NaN if a map is constant."""

spearman = Measure(_standardised_ranks, _dot)
"""Pearson correlation of the cells' ranks, with mean ranks for ties; NaN if a map is constant."""

ssim = Measure(_largest_is_one, _structure)
"""Structural similarity, in [-1, 1]; NaN if a map is constant or has a side under 3 cells.

Each map is first divided by its own largest magnitude: the models' units differ, and unlike min-max scaling
this keeps zero at zero. So the data range is 1 by construction, also for signed maps: the constants scaled by
it only keep the quotient finite, and must not depend on the sign of one cell.
Uniform window of the largest odd side up to half the map's, from 3 to 7 (4×4, 7×7, 8×8: 3; from 14×14 on: 7,
scikit-image's default), windows completely inside the map only. The common 11×11 Gaussian does not fit the
maps compared here, and torchmetrics counts windows filled with mirrored cells: on 7×7 maps that changed
single scores by up to 0.25. Population variances, as in the paper.
Source: Wang et al. 2004, doi:10.1109/TIP.2003.819861.
"""

top_20_iou = Measure(_top_cells, _overlap)
"""Intersection over union of the two sets of highest cells, in [0, 1]; NaN if a map is constant."""

pointing = Measure(_highest_point, _nearness)
"""1 − distance of the highest points / diagonal, in [0, 1]; NaN if a map is constant.

The coarsest measure: whether both maps peak at the same position. As a similarity, it is 1 for equal maps and
can be corrected for chance like the others.
"""
