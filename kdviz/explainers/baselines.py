"""Baselines: what an absent pixel looks like, for explainers that remove pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers.registry import baselines_for
from kdviz.types import ModalityName

_BLUR = 1 / 8
"""Standard deviation of the blur, as a share of the side: the size of an occlusion patch."""


def mean(images: Tensor, black: Tensor) -> Tensor:
    """0, the data's mean colour, for normalized images (N, C, H, W)."""
    return torch.zeros_like(images)


def black(images: Tensor, black: Tensor) -> Tensor:
    """A black pixel everywhere, (N, C, H, W)."""
    return black.to(images).expand_as(images)


def blur(images: Tensor, black: Tensor) -> Tensor:
    """The images (N, C, H, W), blurred with a Gaussian."""
    from torchvision.transforms.functional import gaussian_blur

    height, width = images.shape[-2:]
    kernel = [2 * round(3 * _BLUR * side) + 1 for side in (width, height)]
    blurred: Tensor = gaussian_blur(images, kernel, [_BLUR * width, _BLUR * height])
    return blurred


def pad(images: Tensor, black: Tensor) -> Tensor:
    """No word anywhere, (N, 1, L)."""
    return torch.zeros_like(images)


def absent_pixels(name: str, images: Tensor, *, black: Tensor, modality: ModalityName = "image") -> Tensor:
    """The baseline of that name for each image or text, (N, C, *S), as `explain` takes it.

    images: normalized. black: (C, 1, 1), a black pixel, normalized likewise. Raises ConfigError for a name
    that this kind of input does not have.
    """
    known = baselines_for(modality)
    if name not in known:
        raise ConfigError(unknown_name("baseline", name, known))
    baseline: Tensor = known[name].make(images, black)
    return baseline


def one_each(baseline: Tensor | None, images: Tensor) -> Tensor:
    """The baseline, expanded to one for each image; None is 0, the data's mean colour."""
    return torch.zeros_like(images) if baseline is None else baseline.to(images).expand_as(images)
