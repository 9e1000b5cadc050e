"""Teachers that are given as code, by timm's name or as ONNX: kept in the runs directory as a program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kdviz.checkpoints import is_onnx
from kdviz.config import INPUT_FIELDS, make_config
from kdviz.errors import ConfigError
from kdviz.models import PRETRAINED, PROGRAM_SUFFIX
from kdviz.store.teacher_files import keep_teacher_file

if TYPE_CHECKING:
    from torch import nn

TeacherCode = Annotated[
    str,
    typer.Option(
        "--teacher-code",
        metavar="NET.py:FUNCTION",
        help="A function (also module:function) that returns the teacher as an nn.Module. Its code is run; "
        "--teacher-weights may name a state dict for it.",
    ),
]
_TIMM = "timm:"


def with_program(settings: dict[str, Any], code: str, runs_dir: Path) -> dict[str, Any]:
    """The settings with a program in the place of a teacher that is code, ONNX or a network of timm's.

    A program, or a folder, without a teacher's name gets it.

    Raises ConfigError or ModelError with one line.
    """
    teacher, weights = str(settings.get("teacher", "")), settings.get("teacher_weights")
    if weights and not teacher and Path(str(weights)).is_dir():
        return {**settings, "teacher": PRETRAINED}
    onnx = is_onnx(Path(str(weights or "")))
    if (
        str(weights or "").endswith(PROGRAM_SUFFIX)
        and not code
        and not teacher
        and Path(str(weights)).is_file()
    ):
        return {**settings, **_used(Path(str(weights)), settings.get("teacher_size"))}
    if not code and not onnx and not teacher.startswith(_TIMM):
        return settings
    from kdviz.checkpoints.exporting import (  # slow to import
        network_from_code,
        onnx_bytes,
        program_bytes,
        timm_network,
    )
    from kdviz.checkpoints.onnx_file import OnnxNetwork, onnx_network

    images = _images(settings)
    network: nn.Module
    if onnx and weights:
        network = onnx_network(Path(weights))
        name, usual = Path(weights).stem, settings
        side = settings.get("teacher_size") or network.input_shape[-1]
    elif code:
        if teacher:
            raise ConfigError(f"teacher: leave it out with --teacher-code, got {teacher!r}.")
        network = network_from_code(code, Path(weights) if weights else None)
        name, side, usual = code.rpartition(":")[2], settings.get("teacher_size"), settings
    else:
        if not weights:
            raise ConfigError(
                f"teacher_weights: {teacher!r} needs a file of its weights: nothing is downloaded."
            )
        found = timm_network(teacher.removeprefix(_TIMM), Path(weights))
        network, name = found.network, teacher.removeprefix(_TIMM)
        side = settings.get("teacher_size", found.side)
        usual = {"teacher_input": found.scale, **settings}
    channels = 3 if usual.get("teacher_input") else images[0]
    shape = (channels, side, side) if side else (channels, *images[1:])
    content = (
        onnx_bytes(network, shape, Path(str(weights)).name)
        if isinstance(network, OnnxNetwork)
        else program_bytes(network, shape)
    )
    file = keep_teacher_file(runs_dir, f"{name}.pt2", content)
    return {**usual, **_used(file, side)}


def _images(settings: dict[str, Any]) -> tuple[int, ...]:
    """(C, H, W) of the run's images."""
    return make_config({name: settings[name] for name in INPUT_FIELDS if name in settings}).input_shape


def _used(file: Path, side: int | None) -> dict[str, Any]:
    from kdviz.networks import program_summary

    found = program_summary(file, (side or 224,) * 2)
    size = {"teacher_size": side} if side else {}
    return {
        "teacher": "program-pooled" if found.pooled else "program",
        "teacher_weights": str(file), "teacher_epochs": 0, **size,
    }  # fmt: skip
