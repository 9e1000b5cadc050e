"""What can learn: network families in one registry, built from a seed, cut open at a named layer."""

from kdviz.models.building import build, initialise, load_weights
from kdviz.models.cost import ModelCard, StageCard, anatomy, describe, multiply_adds, parameter_count
from kdviz.models.network import Network, PooledNetwork
from kdviz.models.registry import MODELS
from kdviz.models.torchvision_nets import from_torchvision, pretrained

__all__ = [
    "MODELS",
    "ModelCard",
    "Network",
    "PooledNetwork",
    "StageCard",
    "anatomy",
    "build",
    "describe",
    "from_torchvision",
    "initialise",
    "load_weights",
    "multiply_adds",
    "parameter_count",
    "pretrained",
]
