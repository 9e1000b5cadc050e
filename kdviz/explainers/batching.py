"""Batch sizes for inference, and logits of more images than fit into one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from kdviz.models.network import Network

# One CPU core is fastest with 128 to 512 images of 32×32; captum's default, all at once, takes twice as long.
_PIXELS_AT_ONCE = 256 * 32 * 32


def images_at_once(images: Tensor) -> int:
    """Batch size for images of this size, chosen for speed and memory."""
    return max(1, _PIXELS_AT_ONCE // (images.shape[-2] * images.shape[-1]))


def mixed_logits(network: Network, images: Tensor, absent: Tensor, masks: Tensor, target: Tensor) -> Tensor:
    """The target's logit for each image under each of its masks, (N, M), without graph.

    images, absent: (N, C, *S), shown where a mask is 1, and where it is 0. masks: (N, M, *S), in [0, 1].
    """
    rows = zip(network.embed(images), network.embed(absent), masks, target, strict=True)
    return torch.stack([_of_one(network, *row) for row in rows])


def _of_one(network: Network, image: Tensor, absent: Tensor, masks: Tensor, target: Tensor) -> Tensor:
    parts = torch.split(masks.unsqueeze(1), images_at_once(image))
    with torch.no_grad():
        mixed = (absent + (image - absent) * part for part in parts)
        return torch.cat([network.forward_embedded(part)[:, target] for part in mixed])
