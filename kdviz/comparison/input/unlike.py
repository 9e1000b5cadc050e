"""Whether a user's picture or sound is unlike the test inputs of a run."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from kdviz.comparison.models.snapshots import RunImages
from kdviz.sound import drawn

_SIDE, _MOST, _USUAL = 8, 1000, 0.99


def is_unlike(given: Tensor, images: RunImages) -> bool:
    """Whether an input, raw (1, C, *S), is unlike all test images of a run. Not for texts.

    It is unlike if its distance to the nearest test image is larger than that of 99 % of the test images to
    their nearest other one. Up to 1,000 of them are used. Compared are, of pictures, averages over 8 × 8
    blocks; of sounds, the mean level of each band and its standard deviation over time, in which a word has
    no place: it may begin earlier or later. Of packaged clips by other speakers, 4 % are unlike, and 73 % of
    the same clips 30 dB quieter, of which the packaged run's teacher recognizes half as many.
    """
    known, usual = _known(images)
    return float(torch.cdist(_features(given, images), known).min()) > usual


@lru_cache(maxsize=4)
def _known(images: RunImages) -> tuple[Tensor, float]:
    """The features of test images, (n, k), and the distance within which nearly all have another one."""
    every = -(-len(images.test) // _MOST)
    known = _features(images.test.images[::every], images)
    between = torch.cdist(known, known).fill_diagonal_(torch.inf)
    return known, float(between.amin(1).quantile(_USUAL))


def _features(given: Tensor, images: RunImages) -> Tensor:
    """(n, k) of raw inputs (n, C, *S) of a run."""
    if images.test.sounds is None:
        return functional.adaptive_avg_pool2d(given.float(), _SIDE).flatten(1)
    levels = drawn(given)[:, 0].float()
    return torch.cat([levels.mean(2), levels.std(2)], 1)
