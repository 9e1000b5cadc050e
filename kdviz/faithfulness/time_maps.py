"""Whether maps of sounds are at the right time: where they are highest, and how much of them is there."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from kdviz.faithfulness.masks import mask_areas, mask_share, pointing_hit, touched_areas
from kdviz.types import TimeFigures


def over_time(maps: Tensor) -> Tensor:
    """Maps (N, bands, frames) added up over their bands: (N, frames)."""
    return maps.sum(1)


def time_figures(maps: Tensor, masks: Tensor) -> TimeFigures:
    """How often maps over time (N, t) are highest at the right time, and how much of them is there.

    masks: bool (N, T), the frames in which the sound in question is heard. Means over the sounds for which a
    figure is defined: its map is not constant, or has a positive value, and its mask is not empty; NaN
    without any. A map that is as often everywhere is right as often as `hit_chance` and `share_chance` say,
    and so is the same map on average over all shifts in time. Maps of other sounds may be right more often,
    since most sounds are in the middle of their clip.
    """
    return TimeFigures(
        hit=_mean(pointing_hit(maps, masks)),
        hit_chance=_mean(touched_areas(masks, maps)[masks.any(1)]),
        hit_other=_of_others(pointing_hit, maps, masks),
        share=_mean(mask_share(maps, masks)),
        share_chance=_mean(mask_areas(masks)[masks.any(1)]) if len(masks) else torch.nan,
        share_other=_of_others(mask_share, maps, masks),
    )


def _of_others(measure: Callable[[Tensor, Tensor], Tensor], maps: Tensor, masks: Tensor) -> float:
    """The mean of a measure over all maps on the masks of all other sounds; NaN for a single one."""
    turned = [measure(maps.roll(step, 0), masks) for step in range(1, len(maps))]
    return _mean(torch.cat(turned)) if turned else torch.nan


def _mean(values: Tensor) -> float:
    return float(values.double().nanmean())
