"""Programs of torch.export for tests."""

import json
import warnings
import zipfile
from pathlib import Path

import torch
from torch import nn


def exported(
    net: nn.Module, path: Path, *, channels: int = 3, side: int = 64, at_a_time: int | None = None
) -> Path:
    """A network as a .pt2 file, for any number of images or for a fixed one, `at_a_time`."""
    images = torch.rand(at_a_time or 2, channels, side, side)
    shapes = None if at_a_time else ({0: torch.export.Dim("images", min=1)},)
    return saved(torch.export.export(net, (images,), dynamic_shapes=shapes), path)


def onnx_file(net: nn.Module, path: Path, side: int = 64) -> Path:
    """A network in ONNX, for any number of images. Needs the extra onnx."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        count = torch.export.Dim("images", min=1)
        images = torch.rand(2, 3, side, side)
        torch.onnx.export(
            net,
            (images,),
            path,
            dynamo=True,
            dynamic_shapes=({0: count},),
            external_data=False,
            verbose=False,
        )
    return path


def saved(program: torch.export.ExportedProgram, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of weights that are not contiguous
        torch.export.save(program, path)
    return path


def changed(path: Path, change) -> Path:
    """The file with another description: `change` is called with the JSON of its program."""
    members = contents(path)
    name = next(name for name in members if name.endswith("models/model.json"))
    described = json.loads(members[name])
    change(described)
    return written({**members, name: json.dumps(described).encode()}, path)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(members: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
