"""Networks that exist as Python code, of a person's own or of timm, as programs of torch.export."""

from __future__ import annotations

import importlib
import importlib.util
import io
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from kdviz.checkpoints.onnx_file import OnnxNetwork
from kdviz.checkpoints.reading import read_checkpoint
from kdviz.errors import ModelError
from kdviz.models import computes_each_alone


class TimmNetwork(NamedTuple):
    """A network of timm with its weights. side: of its images. scale: a value of `teacher_input`."""

    network: nn.Module
    side: int
    scale: str


def network_from_code(text: str, weights: Path | None) -> nn.Module:
    """What a function of a Python file or module returns, as net.py:make or package.net:make.

    Runs that code. weights: a state dict to load into it. Raises ModelError with one line.
    """
    place, _colon, name = text.rpartition(":")
    if not place or not name.isidentifier():
        raise ModelError(f"teacher_code: must be NET.py:function or module:function, got {text!r}.")
    try:
        network = _function(place, name)()
    except ModelError:
        raise
    except Exception as error:  # a person's code can raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ModelError(f"teacher_code: {text!r} failed ({reason}).") from error
    if not isinstance(network, nn.Module):
        raise ModelError(f"teacher_code: {text!r} must return an nn.Module, got a {type(network).__name__}.")
    if weights:
        _load(network, read_checkpoint(weights).tensors, "teacher_code", weights.name)
    return network


def timm_network(name: str, weights: Path) -> TimmNetwork:
    """A network of timm by its name, without "timm:", with a file of its weights. Nothing is downloaded.

    Raises ModelError, with one line, without timm, for an unknown name, or for weights that do not fit.
    """
    try:
        import timm
    except ImportError as error:
        raise ModelError(
            "teacher: networks of timm need the package timm. Install it with: pip install 'kdviz[timm]'."
        ) from error
    architecture = name.partition(".")[0]
    if architecture not in timm.list_models():
        raise ModelError(f"teacher: timm {timm.__version__} has no network {architecture!r}.")
    tensors = read_checkpoint(weights).tensors
    known = timm.models.get_pretrained_cfg
    config = known(name, allow_unregistered=True) or known(architecture) or timm.models.PretrainedCfg()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = timm.create_model(
            architecture, pretrained=False, num_classes=_outputs(config.classifier, tensors)
        )
    _load(network, tensors, f"timm:{name}", weights.name)
    mean, std = (",".join(f"{number:g}" for number in numbers) for numbers in (config.mean, config.std))
    return TimmNetwork(network, config.input_size[-1], f"{mean}/{std}")


def program_bytes(network: nn.Module, input_shape: tuple[int, ...]) -> bytes:
    """A network as the content of a .pt2 file, for any number of images (C, H, W).

    Raises ModelError, with one line, for a network that torch.export cannot trace.
    """
    images, file = torch.rand(2, *input_shape), io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            count = torch.export.Dim("images", min=1)
            program = torch.export.export(network.cpu().eval(), (images,), dynamic_shapes=({0: count},))
            torch.export.save(program, file)
    except Exception as error:  # the network's own code can raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ModelError(f"teacher: torch.export cannot trace the network ({reason}).") from error
    return file.getvalue()


def onnx_bytes(network: OnnxNetwork, shape: tuple[int, ...], file: str) -> bytes:
    """The network of an ONNX file as the content of a .pt2 file. shape: (C, H, W) of its images.

    Raises ModelError, with one line, also where a file that was written for a number of images at a time does
    not compute each by itself.
    """
    if not network.batch:
        return program_bytes(network, shape)
    images = torch.rand(3, *shape, generator=torch.Generator().manual_seed(0))
    try:
        alike = computes_each_alone(network, images, [(0, 1), (1, 2)])
        content = program_bytes(network, shape) if alike else b""
    except ModelError:
        content = b""
    if not content:
        raise ModelError(
            f"teacher_weights: {file!r} takes {network.batch} images at a time. Export it for any number: "
            "torch.onnx.export(..., dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))."
        )
    return content


def _function(place: str, name: str) -> Callable[[], Any]:
    found: Callable[[], Any] = getattr(_module(place), name)
    return found


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        sys.path.insert(0, "")
        return importlib.import_module(place)
    spec = importlib.util.spec_from_file_location(Path(place).stem, place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(Path(place).resolve().parent))
    spec.loader.exec_module(module)
    return module


def _load(network: nn.Module, tensors: Mapping[str, Tensor], whose: str, file: str) -> None:
    """Load a state dict. Raises ModelError, naming the first tensor that does not fit."""
    own = network.state_dict()
    wrong = next((name for name in own if name in tensors and tensors[name].shape != own[name].shape), None)
    missing = next((name for name in own if name not in tensors and "num_batches" not in name), None)
    extra = next((name for name in tensors if name not in own), None)
    if wrong:
        shapes = tuple(tensors[wrong].shape), tuple(own[wrong].shape)
        raise ModelError(f"{whose}: tensor {wrong!r} of {file!r} has shape {shapes[0]}, needed {shapes[1]}.")
    if missing or extra:
        what = (
            f"tensor {missing!r} is not in {file!r}"
            if missing
            else f"{file!r} has {extra!r}, which it has not"
        )
        raise ModelError(f"{whose}: {what}. Give the weights of this network.")
    network.load_state_dict(dict(tensors), strict=False)


def _outputs(classifier: Any, tensors: Mapping[str, Tensor]) -> int:
    """Rows of the last layer in a file; the 1,000 classes of ImageNet if it is not there."""
    names = [classifier] if isinstance(classifier, str) else list(classifier or ())
    found = tensors.get(f"{names[0]}.weight") if names else None
    return 1000 if found is None else found.shape[0]
