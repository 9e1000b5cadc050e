"""Weights made by torchvision, for the networks of the registry."""

from __future__ import annotations

from torchvision import models

from kdviz.errors import ModelError
from kdviz.models.building import skeleton
from kdviz.models.namings import is_ignorable, namings, renamed
from kdviz.models.registry import MODELS
from kdviz.models.torchvision_traced import torchvision_name
from kdviz.types import Weights


def pretrained(name: str, channels: int = 3) -> Weights:
    """ImageNet weights for `build(name, …)`, without the head, by download.

    channels: 1 sums the first convolution's weights over red, green and blue: a grey image has the output of
    its colour version. Raises ModelError if there are none for this network, or they cannot be downloaded.
    """
    require_torchvision(name)
    choice = models.get_model_weights(torchvision_name(name)).DEFAULT
    try:
        found = choice.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            f"weights: could not download ImageNet weights for {name!r} ({_reason(error)}). "
            "Connect to the internet, give a file of weights, or train from the start."
        ) from error
    weights = {
        key: tensor for key, tensor in from_torchvision(name, found).items() if not key.startswith("head.")
    }
    if channels == 1:
        stem = next(iter(weights))
        weights[stem] = weights[stem].sum(dim=1, keepdim=True)
    return weights


def from_torchvision(name: str, weights: Weights) -> Weights:
    """Weights of torchvision, under the names of `build(name, …)`.

    Raises ModelError for a network or a tensor that is not torchvision's.
    """
    require_torchvision(name)
    side = MODELS[name].minimum_size
    here = skeleton(name, classes=1, input_shape=(3, side, side)).state_dict()
    known = renamed(here, namings(name)["torchvision"])
    for key in weights:
        if key not in known and not is_ignorable(key):
            raise ModelError(
                f"weights: tensor {key!r} is none of torchvision's. Give weights made by torchvision."
            )
    return {known[key]: tensor for key, tensor in weights.items() if key in known}


def require_torchvision(name: str) -> None:
    """Raises ModelError if torchvision has no weights for a network of the registry."""
    if "torchvision" not in namings(name):
        raise ModelError(
            f"weights: torchvision has none for {name!r}. Choose one of its networks, such as resnet18."
        )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
