"""Python code that rebuilds a network and loads an arm's weights."""

from __future__ import annotations

from kdviz.comparison.models.snapshots import RunImages
from kdviz.config import RunConfig
from kdviz.models import MODELS
from kdviz.networks import role_of
from kdviz.types import Arm

_CODE = '''\
import torch
from safetensors.torch import load_file

from kdviz.models import build, load_weights

network = build({network!r}, classes={count}, input_shape={shape}, width={width})
load_weights(network, load_file({file!r}), source={file!r})
network.eval()

classes = {classes!r}
mean = torch.tensor({mean}).view(1, -1, 1, 1)
std = torch.tensor({std}).view(1, -1, 1, 1)


def logits(images):
    """images: uint8 (N, {channels}, {height}, {across}), 0 to 255 -> (N, {count}), a score for each class."""
    with torch.no_grad():
        return network((images.float() / 255 - mean) / std)
'''


def loading_code(config: RunConfig, arm: Arm, images: RunImages, file: str) -> str:
    """Python that loads the arm's weights from `file` and predicts as the run's network does."""
    role = role_of(arm)
    spec = MODELS[getattr(config, role)]
    channels, height, across = shape = tuple(images.test.images.shape[1:])
    return _CODE.format(
        network=spec.name,
        count=len(images.classes),
        shape=shape,
        channels=channels,
        height=height,
        across=across,
        width=getattr(config, f"{role}_width"),
        file=file,
        classes=list(images.classes),
        mean=list(images.mean),
        std=list(images.std),
    )
