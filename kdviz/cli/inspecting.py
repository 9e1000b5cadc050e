"""The command `inspect`: what a file of weights is, and how well it predicts."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kdviz.cli.options import AsJson
from kdviz.cli.printing import print_json, print_line, print_table
from kdviz.config import make_config
from kdviz.language import decimal
from kdviz.progress import silent

if TYPE_CHECKING:
    from kdviz.checkpoints import Inspection, Match
    from kdviz.config import RunConfig
    from kdviz.trainer.teacher_check import TeacherCheck

_SHOWN = 12


def inspect(
    file: Annotated[Path, typer.Argument(help="Weights: .safetensors, .pt, .pth, .th, .ckpt or .bin.")],
    *,
    dataset: Annotated[str, typer.Option("--dataset", help="Images to predict; none if left out.")] = "",
    data: Annotated[str, typer.Option("--data", help="Folder or zip of images, for `folder`.")] = "",
    image_size: Annotated[
        str, typer.Option("--image-size", help="Side in pixels, or height x width, for `folder`.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say which network a file of weights is for, tensor by tensor; with --dataset, how well it predicts."""
    from kdviz.checkpoints import inspect_file  # PyTorch is slow to import
    from kdviz.inputs import load_dataset

    given = {"dataset": dataset, "data": data, "image_size": image_size}
    settings = {name: value for name, value in given.items() if value}
    config = make_config(settings) if dataset else None
    classes = load_dataset(config, silent).classes if config else ()
    found = inspect_file(file)
    if not as_json:
        _print_matches(found)
    checks = _checked(found, config, settings, classes) if config else None
    if as_json:
        rows = None if checks is None else [asdict(each) for each in checks]
        print_json({"file": str(file), "matches": [_row(each) for each in found.matches], "checks": rows})
    elif checks:
        _print_checks(checks, settings)


def _print_matches(found: Inspection) -> None:
    given = found.checkpoint
    where = f" under {given.wrapper!r}" if given.wrapper else ""
    prefix = f", without the prefix {given.prefix!r}" if given.prefix else ""
    print_line(f"{found.path.name}: {len(given.tensors)} tensors{where}{prefix} ({given.format}).")
    rows = [_row(each) for each in found.matches]
    print_table(
        ("network", "names as", "width", "outputs", "loaded", "missing", "unexpected", "wrong shape"),
        [[*row.values()][:8] for row in rows],
    )
    best = found.best
    for what, names in (("Missing", best.missing), ("Unexpected", best.unexpected)):
        if names:
            print_line(f"{what}: {', '.join(names[:_SHOWN])}{_more(len(names))}")
    for name, (shape, needed) in list(best.wrong_shape.items())[:_SHOWN]:
        print_line(f"Wrong shape: {name} is {shape}, needed {needed}")


def _more(count: int) -> str:
    return f" and {count - _SHOWN} more" if count > _SHOWN else ""


def _row(found: Match) -> dict[str, Any]:
    return {
        "network": found.candidate.architecture,
        "naming": found.candidate.naming,
        "width": found.candidate.width,
        "outputs": found.classes,
        "loaded": len(found.loaded),
        "missing": len(found.missing),
        "unexpected": len(found.unexpected),
        "wrong_shape": len(found.wrong_shape),
        "complete": found.complete,
    }


def _checked(
    found: Inspection, config: RunConfig, settings: dict[str, Any], classes: Sequence[str]
) -> list[TeacherCheck]:
    """Accuracy on the data set for each pixel scale, the best first. Fills in the settings of the teacher."""
    from kdviz.checkpoints import teacher_settings
    from kdviz.trainer.teacher_check import compare_scales

    settings |= teacher_settings(
        found.path, found.best, classes=classes, sides=config.input_shape[1:], pixels=None
    )
    checks = compare_scales(make_config(settings))
    if checks[0].scale:
        settings["teacher_input"] = checks[0].scale
    return checks


def _print_checks(checks: list[TeacherCheck], settings: dict[str, Any]) -> None:
    print_table(
        ("pixels", "accuracy", "95 % interval", "chance", "images"),
        [
            (
                each.scale or "as the data",
                decimal(each.accuracy, 3),
                f"{decimal(each.low, 3)} to {decimal(each.high, 3)}",
                decimal(each.chance, 3),
                each.count,
            )
            for each in checks
        ],
    )
    if not checks[0].above_chance:
        print_line("No pixel scale is above chance: check the classes and their order.")
    options = [part for name, value in settings.items() for part in (_option(name), str(value))]
    print_line(f"Start with: python -m kdviz distill {shlex.join(options)}")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
