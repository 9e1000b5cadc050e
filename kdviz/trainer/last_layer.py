"""A new last layer for a trained teacher, in seconds: its other layers stay as they are."""

from __future__ import annotations

from collections.abc import Generator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.checkpoints import NO_NEW_LAYER, classifier_keys
from kdviz.datasets import Normalizer, Split
from kdviz.errors import ModelError
from kdviz.models import Network
from kdviz.trainer.inference import split_logits
from kdviz.types import Event

_ITERATIONS = 200
_PENALTY = 1e-3


def fit_last_layer(network: Network, split: Split, normalizer: Normalizer) -> Generator[Event, None, None]:
    """Fit the last linear layer to the labels of `split`, by multinomial logistic regression.

    The features behind which it stands are computed once, standardized, and fitted by L-BFGS with a quadratic
    penalty of 1e-3 on the weights. Yields while features are computed. Raises ModelError for a network
    without a linear last layer.
    """
    path = classifier_keys(network)[0].rpartition(".")[0]
    last = network.get_submodule(path)
    if not isinstance(last, nn.Linear):
        raise ModelError(NO_NEW_LAYER)
    kept: list[Tensor] = []
    handle = last.register_forward_pre_hook(lambda _module, given: kept.append(given[0].flatten(1).float()))
    try:
        yield from split_logits(network, split, normalizer)
    finally:
        handle.remove()
    weight, bias = _fitted(torch.cat(kept), split.labels.to(normalizer.device), last.out_features)
    with torch.no_grad():
        last.weight.copy_(weight)
        last.bias.copy_(bias)


def _fitted(features: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Weight (classes, K) and bias (classes,) for features (N, K) as they are."""
    mean, deviation = features.mean(0), features.std(0).clamp(min=1e-6)
    scaled = (features - mean) / deviation
    weight = torch.zeros(classes, features.shape[1], device=features.device, requires_grad=True)
    bias = torch.zeros(classes, device=features.device, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(scaled @ weight.T + bias, labels) + _PENALTY * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        unscaled = weight / deviation
        return unscaled, bias - unscaled @ mean
