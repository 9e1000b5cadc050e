"""Whether a network computes each image by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


@torch.no_grad()
def computes_each_alone(
    network: Callable[[Tensor], Tensor], images: Tensor, groups: Sequence[Sequence[int]]
) -> bool:
    """Whether images have the same logits among all of them as in smaller groups.

    groups: numbers of images; the first one of each is compared. False also where the network fails.
    """
    try:
        together = network(images)[[group[0] for group in groups]]
        apart = torch.cat([network(images[[*group]])[:1] for group in groups])
    except RuntimeError:
        return False
    return torch.allclose(together, apart, rtol=1e-3, atol=1e-4)
