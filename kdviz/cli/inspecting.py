"""The command `inspect`: what a file of weights is, and how well it predicts."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from kdviz.checkpoints import Inspection, Match, inspect_file, teacher_settings
from kdviz.cli.options import AsJson, with_config_options
from kdviz.cli.printing import print_json, print_line, print_table
from kdviz.config import make_config
from kdviz.datasets import load
from kdviz.progress import silent

_SHOWN = 12


@with_config_options
def inspect(
    settings: dict[str, Any],
    file: Annotated[Path, typer.Argument(help="Weights: .safetensors, .pt, .pth, .th, .ckpt or .bin.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say which network a file of weights is for, tensor by tensor; with --dataset, how well it predicts."""
    found = inspect_file(file)
    if not as_json:
        _print_matches(found)
    checks = _checked(found, settings) if "dataset" in settings else None
    if as_json:
        print_json({"file": str(file), "matches": [_row(each) for each in found.matches], "checks": checks})


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


def _checked(found: Inspection, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Accuracy on the data set for each pixel scale, printed with the command that starts a run."""
    from kdviz.trainer.teacher_check import compare_scales  # PyTorch is slow to import

    dataset = load(
        settings["dataset"],
        data=settings.get("data"),
        image_size=settings.get("image_size", 32),
        report=silent,
    )
    proposed = teacher_settings(
        found.path, found.best, classes=dataset.classes, sides=dataset.input_shape[1:], pixels=None
    )
    chosen = {**proposed, **settings}
    checks = compare_scales(make_config(chosen))
    print_table(
        ("pixels", "accuracy", "95 % interval", "chance", "images"),
        [
            (each.scale or "as the data", f"{each.accuracy:.3f}", f"{each.low:.3f} to {each.high:.3f}",
             f"{each.chance:.3f}", each.count)
            for each in checks
        ],
    )  # fmt: skip
    best = checks[0]
    if not best.above_chance:
        print_line("No pixel scale is above chance: check the classes and their order.")
    options = {**chosen, **({"teacher_input": best.scale} if best.scale else {})}
    command = [
        part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))
    ]
    print_line(f"Start with: python -m kdviz distill {shlex.join(command)}")
    return [
        {"pixels": each.scale, **{k: v for k, v in vars(each).items() if k != "scale"}} for each in checks
    ]
