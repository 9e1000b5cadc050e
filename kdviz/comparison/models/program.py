"""A network of a run as a program that needs PyTorch alone: its logits, and where it looks."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from copy import deepcopy
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from kdviz.comparison.models.snapshots import Snapshots
from kdviz.config import RunConfig
from kdviz.datasets import DATASETS
from kdviz.errors import ModelError
from kdviz.models import Network
from kdviz.sound import SAMPLE_RATE, inputs, mel_bands
from kdviz.types import PICTURES, Arm

_CODE = """\
import torch  # {version} or later

network = torch.export.load({file!r}).module()
classes = {classes!r}

{inputs}
# logits: (N, {count}), a score for each class
"""
_IMAGES_CODE = """\
# images: float (N, {channels}, {height}, {across}), 0 to 1
{results} = network(images)"""
_SOUNDS_CODE = """\
# sounds: float (N, {samples}), -1 to 1, at {rate} samples a second
{results} = network(sounds)"""
_MAPS_CODE = """\
# maps: (N, {count}, {rows}, {columns}), the evidence for each class; mean plus bias is its logit
"""


def has_program(config: RunConfig) -> bool:
    """Whether networks of a run can be such a program: those on texts need kdviz to number the words."""
    return DATASETS[config.dataset].modality in PICTURES


def program(found: Snapshots, arm: Arm) -> bytes:
    """The arm as a `.pt2` file of torch.export, its normalization included, for any number of images.

    Of a run on sounds, their spectrogram is included as well.
    """
    module, shape = _module(found, arm)
    count = torch.export.Dim("inputs", min=1)
    file = io.BytesIO()
    exported = torch.export.export(module, (torch.rand(2, *shape),), dynamic_shapes=({0: count},))
    torch.export.save(exported, file)
    return file.getvalue()


def onnx_program(found: Snapshots, arm: Arm) -> bytes:
    """The same as an ONNX file. Raises ModelError without the packages that write it."""
    if not all(map(find_spec, ("onnx", "onnxscript"))):
        raise ModelError("ONNX: needs the packages onnx and onnxscript. Install: pip install 'kdviz[onnx]'.")
    module, shape = _module(found, arm)
    # Of weights in another memory format the exporter writes operators that few programs read.
    module = deepcopy(module).to(memory_format=torch.contiguous_format)
    count = torch.export.Dim.DYNAMIC
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter about itself
        exported = torch.onnx.export(
            module, (torch.rand(2, *shape),), dynamo=True, dynamic_shapes=({0: count},), verbose=False
        )
    assert exported is not None
    content: bytes = exported.model_proto.SerializeToString()
    return content


def program_code(found: Snapshots, arm: Arm, file: str) -> str:
    """Python that loads the program from `file` and uses it, without kdviz."""
    network, images = found.networks[arm], found.images
    channels, height, across = images.test.images.shape[1:]
    pooled = network.pooled_classifier() is not None
    size = network.forward_features(torch.zeros(1, channels, height, across)).shape[2:] if pooled else (0, 0)
    results, sounds = "logits, maps" if pooled else "logits, ", images.test.sounds
    given = (
        _IMAGES_CODE.format(channels=channels, height=height, across=across, results=results)
        if sounds is None
        else _SOUNDS_CODE.format(samples=sounds.shape[1], rate=SAMPLE_RATE, results=results)
    )
    return (_CODE + (_MAPS_CODE if pooled else "")).format(
        version=torch.__version__.partition("+")[0],
        file=file,
        classes=list(images.classes),
        inputs=given,
        count=len(images.classes),
        rows=size[0],
        columns=size[1],
    )


def _module(found: Snapshots, arm: Arm) -> tuple[nn.Module, tuple[int, ...]]:
    """What is exported, and the shape of one input."""
    module = _Program(found.networks[arm], found.images.mean, found.images.std).eval()
    test = found.images.test
    if test.sounds is None:
        return module, tuple(test.images.shape[1:])
    return _OfSounds(module, test.images.shape[1]).eval(), tuple(test.sounds.shape[1:])


class _OfSounds(nn.Module):
    """Sounds (N, samples) in [-1, 1], to what a program makes of them. channels: as of `sound.inputs`."""

    bands: Tensor

    def __init__(self, program: nn.Module, channels: int) -> None:
        super().__init__()
        self.program, self.channels = program, channels
        self.register_buffer("bands", mel_bands().clone())

    def forward(self, sounds: Tensor) -> tuple[Tensor, ...]:
        """As of the program."""
        found: tuple[Tensor, ...] = self.program(inputs(sounds, self.channels, self.bands).float() / 255)
        return found


class _Program(nn.Module):
    """Pixels in [0, 1] to logits, and to class activation maps if pooling and one linear layer follow."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: Network, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.network = deepcopy(network).cpu().to(memory_format=torch.contiguous_format)
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """(N, C, H, W) in [0, 1] to (N, classes), and (N, classes, h, w) as in CAM (arXiv:1512.04150)."""
        features = self.network.forward_features((images - self.mean) / self.std)
        logits = self.network.forward_head(features)
        classifier = self.network.pooled_classifier()
        if classifier is None:
            return (logits,)
        return logits, torch.einsum("ck,nkhw->nchw", classifier.weight, features)
