"""The command `inspect`: what a file of weights is, and how well it predicts."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kdviz.checkpoints import is_onnx, program_of_onnx
from kdviz.cli.inspected_fit import fit_in_words
from kdviz.cli.inspected_layers import (
    USUAL_SIDES,
    InspectedLayers,
    of_examination,
    of_match,
    of_program,
    print_layers,
)
from kdviz.cli.options import AsJson
from kdviz.cli.printing import print_json, print_line, print_table
from kdviz.config import make_config
from kdviz.content import is_special
from kdviz.errors import ModelError
from kdviz.image_size import sides as image_sides
from kdviz.language import decimal
from kdviz.models import PRETRAINED
from kdviz.progress import run_to_end, silent

if TYPE_CHECKING:
    from kdviz.checkpoints import CheckpointSummary, Match
    from kdviz.networks import ProgramSummary
    from kdviz.trainer.teacher_check import TeacherExamination
    from kdviz.trainer.teacher_ways import TeacherCheck

_SHOWN = 12


def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            help="Weights (.safetensors, .pth, ...), a program (.pt2, .onnx), or the folder of a transformer."
        ),
    ],
    *,
    dataset: Annotated[str, typer.Option("--dataset", help="Images to predict; none if left out.")] = "",
    data: Annotated[str, typer.Option("--data", help="Folder or zip of images, for `folder`.")] = "",
    image_size: Annotated[
        str,
        typer.Option(
            "--image-size", help="Side in pixels, or height x width, for `folder` or without a data set."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say which network a file is for, and at which layers; with --dataset, how well it predicts."""
    if os.path.isdir(file):  # false where `Path.is_dir` raises: for a name too long
        _inspect_folder(file, dataset=dataset, data=data, as_json=as_json)
        return
    if is_special(file):
        raise ModelError(f"file: {str(file)!r} is a device or a pipe. Give a file of weights.")
    given = {"dataset": dataset, "data": data, "image_size": image_size}
    settings = {name: value for name, value in given.items() if value}
    size = image_sides(image_size) if image_size else None
    with _readable(file, settings, size) as read:
        found = _examined(read, settings) if dataset else None
        summary, matches, program, layers = (
            (found.summary, found.matches, found.program, of_examination(found))
            if found
            else _recognized(read, size)
        )
    if as_json:
        checks, sizes = (None, None) if found is None else (found.checks, found.sizes)
        shown = {
            "file": str(file), "matches": [_row(each) for each in matches],
            "checks": None if checks is None else [asdict(each) for each in checks],
            "sizes": None if sizes is None else [asdict(each) for each in sizes],
            "layers": [asdict(each) for each in layers.layers] if layers else [],
        }  # fmt: skip
        print_json(shown | ({"program": asdict(program)} if program else {}))
        return
    if program:
        _print_program(file, program)
    else:
        _print_matches(file, summary, matches)
        print_line(fit_in_words(matches))
    if layers:
        print_layers(layers)
    if found and found.checks:
        if found.reordered:
            print_line(
                "Its outputs are in another order than the classes: taken as fits training images best."
            )
        _print_checks(found, {**settings, **found.settings, "teacher_weights": str(file)})


@contextmanager
def _readable(file: Path, settings: dict[str, Any], size: tuple[int, int] | None) -> Iterator[Path]:
    """The file itself; of an ONNX file its program, which is gone afterwards."""
    if not is_onnx(file):
        yield file
        return
    of_images = make_config({**settings, "cue": "none"}).input_shape if "dataset" in settings else None
    shape = of_images or (3, *(size or USUAL_SIDES))
    with TemporaryDirectory(prefix="kdviz-inspect-") as folder:
        program = Path(folder, f"{file.stem}.pt2")
        program.write_bytes(run_to_end(program_of_onnx(file, shape)))
        yield program


def _inspect_folder(folder: Path, *, dataset: str, data: str, as_json: bool) -> None:
    """What a transformer's folder holds, and how to start a run with it."""
    from kdviz.checkpoints import transformer_summary

    found = transformer_summary(folder)
    settings = {"dataset": dataset, "data": data, "teacher_weights": str(folder)}
    settings = {name: value for name, value in settings.items() if value}
    if dataset:
        make_config({**settings, "teacher": PRETRAINED})
    if as_json:
        print_json({"folder": str(folder), **asdict(found)})
        return
    print_line(
        f"{folder.name}: a {found.family} with {found.parameters:,} parameters, {found.blocks} blocks of "
        f"{found.heads} heads, {found.tokens:,} tokens and {found.longest} positions."
    )
    print_line(f"All its tensors match. Of other heads, not used: {', '.join(found.skipped) or 'none'}.")
    given = {"dataset": "sentiment", **settings}
    options = [part for name, value in given.items() for part in (_option(name), value)]
    print_line(f"Start with: python -m kdviz distill {shlex.join(options)}")


def _recognized(
    file: Path, size: tuple[int, int] | None
) -> tuple[CheckpointSummary, tuple[Match, ...], ProgramSummary | None, InspectedLayers | None]:
    from kdviz.checkpoints import (  # PyTorch is slow to import
        CheckpointSummary,
        best_match,
        inspect_file,
        is_program,
    )
    from kdviz.networks import program_summary

    if is_program(file):
        program = program_summary(file, size or USUAL_SIDES)
        summary = CheckpointSummary(program.tensors, "torch.export")
        return summary, (), program, of_program(program, size or USUAL_SIDES)
    found = inspect_file(file)
    return (
        CheckpointSummary.of(found.checkpoint), found.matches, None,
        of_match(best_match(found.matches), size),
    )  # fmt: skip


def _examined(file: Path, settings: dict[str, Any]) -> TeacherExamination:
    from kdviz.inputs import load_dataset
    from kdviz.trainer.teacher_check import examine_teacher

    config = make_config({**settings, "cue": "none"})
    load_dataset(config, silent)  # an error of the images before one of the file
    return run_to_end(examine_teacher(file, config))


def _print_program(file: Path, found: ProgramSummary) -> None:
    channels, *sides = found.input_shape
    size = " x ".join("any" if side is None else str(side) for side in sides)
    height, width = found.card.explained_sizes["last"]
    follows = "its mean and one linear layer follow" if found.pooled else "several layers follow"
    kind = "an ONNX network" if is_onnx(file) else "a program of torch.export"
    print_line(f"{file.name}: {kind} with {found.tensors} tensors.")
    print_line(f"It takes {channels} channels of {size} px and returns {found.classes} outputs.")
    print_line(
        f"{found.card.parameters:,} parameters, {found.card.multiply_adds:,} multiply-adds an image. "
        f"Its last map has {height} x {width} cells; {follows}."
    )


def _print_matches(file: Path, summary: CheckpointSummary, matches: Sequence[Match]) -> None:
    from kdviz.checkpoints import best_match

    where = f" under {summary.wrapper!r}" if summary.wrapper else ""
    prefix = f", without the prefix {summary.prefix!r}" if summary.prefix else ""
    print_line(f"{file.name}: {summary.tensors} tensors{where}{prefix} ({summary.format}).")
    print_table(
        ("network", "names as", "width", "outputs", "loaded", "missing", "unexpected", "wrong shape"),
        [[*_row(each).values()][:8] for each in matches],
    )
    best = best_match(matches)
    unexpected = (*best.unexpected, *summary.left_out)
    for what, names in (("Missing", best.missing), ("Unexpected", unexpected)):
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
        "new_last_layer": found.lacks_head,
    }


def _print_checks(found: TeacherExamination, settings: dict[str, Any]) -> None:
    _print_accuracies("pixels", [(each.scale or "as the data", each) for each in found.checks])
    if found.sizes:
        named = [(f"{each.size} px" if each.size else "as they are", each) for each in found.sizes]
        _print_accuracies("images resized to", named)
    if not any(each.above_chance for each in (*found.checks, *found.sizes)):
        why = (
            "its features do not tell these classes apart"
            if found.fits_layer
            else "check the classes and their order"
        )
        print_line(f"No pixel scale is above chance: {why}.")
    given = {_option(name): str(value) for name, value in settings.items() if value is not None}
    options = [part for pair in given.items() for part in pair]
    print_line(f"Start with: python -m kdviz distill {shlex.join(options)}")


def _print_accuracies(what: str, checks: Sequence[tuple[str, TeacherCheck]]) -> None:
    print_table(
        (what, "accuracy", "95 % interval", "chance", "images"),
        [
            (
                name,
                decimal(each.accuracy, 3),
                f"{decimal(each.low, 3)} to {decimal(each.high, 3)}",
                decimal(each.chance, 3),
                each.count,
            )
            for name, each in checks
        ],
    )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
