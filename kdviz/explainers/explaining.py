"""The common interface of all explainers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kdviz.explainers.baselines import one_each
from kdviz.explainers.batching import images_at_once
from kdviz.explainers.registry import explainer_named
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def explain(
    name: str,
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    **parameters: Any,
) -> Tensor:
    """Attributions (N, h, w) of predictions: float32, raw, signed, at the method's own resolution.

    network: in eval mode, not used by another thread. images: normalized. target: (N,) classes. layer,
    baseline: for methods that read a feature map, or remove pixels: (C, 1, 1), (C, H, W) or (N, C, H, W), by
    default the data's mean colour; `absent_pixels` makes others. Values are NaN where a text has no word.
    parameters: of the method, such as `steps`.
    Raises ConfigError for an unknown name, ModelError if the network lacks what the method requires.
    """
    make, batch = explainer_named(name).make, (images, target, one_each(baseline, images))
    parts = zip(*(torch.split(each, images_at_once(images)) for each in batch), strict=True)
    maps = [make(network, *part, layer=layer, baseline=absent, **parameters) for *part, absent in parts]
    return network.over_cells(torch.cat(maps).detach().float(), images)
