"""Python code that rebuilds a network and loads an arm's weights."""

from __future__ import annotations

from kdviz.comparison.models.snapshots import RunImages
from kdviz.config import RunConfig
from kdviz.modalities import modality_of
from kdviz.models import MODELS
from kdviz.networks import role_of
from kdviz.types import Arm

_NETWORK = """\
network = build({network!r}, classes={count}, input_shape={shape}, width={width})
load_weights(network, load_file({file!r}), source={file!r})
network.eval()

classes = {classes!r}
"""

_OF_IMAGES = f'''\
import torch
from safetensors.torch import load_file

from kdviz.models import build, load_weights

{_NETWORK}mean = torch.tensor({{mean}}).view(1, -1, 1, 1)
std = torch.tensor({{std}}).view(1, -1, 1, 1)


def logits(images):
    """images: uint8 (N, {{sizes}}), 0 to 255 -> (N, {{count}}), a score for each class."""
    with torch.no_grad():
        return network((images.float() / 255 - mean) / std)
'''

_OF_SOUNDS = f'''\
import torch
from safetensors.torch import load_file

from kdviz.models import build, load_weights
from kdviz.sound import spectrograms

{_NETWORK}mean = torch.tensor({{mean}}).view(1, -1, 1, 1)
std = torch.tensor({{std}}).view(1, -1, 1, 1)


def logits(sounds):
    """sounds: int16 (N, samples), mono, 16 kHz -> (N, {{count}}), a score for each class."""
    with torch.no_grad():
        return network((spectrograms(sounds, {{shape[0]}}).float() / 255 - mean) / std)
'''

_OF_TEXTS = f'''\
import torch
from safetensors.torch import load_file

from kdviz.datasets.text_split import numbered
from kdviz.models import build, load_weights

{_NETWORK}

def logits(texts):
    """texts: strings -> (N, {{count}}), a score for each class. {{length}} words of each are read."""
    with torch.no_grad():
        return network(numbered(texts, {{length}}).long())
'''


_CODE = {"image": _OF_IMAGES, "text": _OF_TEXTS, "audio": _OF_SOUNDS}


def loading_code(config: RunConfig, arm: Arm, images: RunImages, file: str) -> str:
    """Python that loads the arm's weights from `file` and predicts as the run's network does."""
    role = role_of(arm)
    spec = MODELS[getattr(config, role)]
    shape = tuple(images.test.images.shape[1:])
    code = _CODE[modality_of(config.dataset).name]
    return code.format(
        network=spec.name,
        count=len(images.classes),
        shape=shape,
        sizes=", ".join(map(str, shape)),
        length=shape[-1],
        width=getattr(config, f"{role}_width"),
        file=file,
        classes=list(images.classes),
        mean=list(images.mean),
        std=list(images.std),
    )
