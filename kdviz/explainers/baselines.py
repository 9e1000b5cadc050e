"""What an absent pixel looks like, for the explainers that take pixels away."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from kdviz.errors import ConfigError, unknown_name
from kdviz.types import BaselineSpec

_BLUR = 1 / 8
"""Standard deviation of the blur, as a share of the side: as wide as an occluding patch."""


def _mean(images: Tensor, black: Tensor) -> Tensor:
    return torch.zeros_like(images)


def _black(images: Tensor, black: Tensor) -> Tensor:
    return black.to(images).expand_as(images)


def _blur(images: Tensor, black: Tensor) -> Tensor:
    height, width = images.shape[-2:]
    kernel = [2 * round(3 * _BLUR * side) + 1 for side in (width, height)]
    blurred: Tensor = gaussian_blur(images, kernel, [_BLUR * width, _BLUR * height])
    return blurred


BASELINES: dict[str, BaselineSpec] = {
    "mean": BaselineSpec(
        name="mean",
        label="Mean colour",
        about="The data's mean colour everywhere: evidence is what differs from the average picture.",
        make=_mean,
    ),
    "black": BaselineSpec(
        name="black",
        label="Black",
        about="Darkness: a black pixel of the picture can never be evidence.",
        make=_black,
    ),
    "blur": BaselineSpec(
        name="blur",
        label="Blurred picture",
        about="The picture without its detail: evidence is detail, not overall colour.",
        make=_blur,
    ),
}


def absent_pixels(name: str, images: Tensor, *, black: Tensor) -> Tensor:
    """The baseline of that name for each image, (N, C, H, W), as `explain` takes it.

    images: normalised. black: (C, 1, 1), a black pixel, normalised as they are.
    Raises ConfigError for an unknown name.
    """
    if name not in BASELINES:
        raise ConfigError(unknown_name("baseline", name, BASELINES))
    baseline: Tensor = BASELINES[name].make(images, black)
    return baseline


def one_each(baseline: Tensor | None, images: Tensor) -> Tensor:
    """The baseline once for each image; None is 0, the data's mean colour."""
    return torch.zeros_like(images) if baseline is None else baseline.to(images).expand_as(images)
