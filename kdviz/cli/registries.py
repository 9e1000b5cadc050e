"""Commands that list registries: `datasets` and `models`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kdviz.cli.options import AsJson, whole_number
from kdviz.cli.printing import print_json, print_table
from kdviz.clip_seconds import FRAMES_A_SECOND, LONGEST, OWN_SOUNDS, SHORTEST
from kdviz.datasets import DATASETS
from kdviz.image_size import sides, written
from kdviz.models import FAMILIES, MODELS, USUAL_CLASSES, USUAL_SHAPE, USUAL_TEXT, cost
from kdviz.types import INPUT_NAMES, SOUNDS, DatasetSpec, ModelSpec

SECOND_OF_SOUND = (40, FRAMES_A_SECOND)
"""Bands and frames."""


def datasets(*, as_json: AsJson = False) -> None:
    """List the data sets."""
    specs = list(DATASETS.values())
    if as_json:
        print_json([_dataset_row(spec) for spec in specs])
        return
    print_table(
        ("name", "classes", "input size", "about"),
        [(spec.name, spec.classes or "yours", _size_of(spec) or "yours", spec.about) for spec in specs],
    )


def models(
    *,
    channels: Annotated[
        str, typer.Option("--channels", metavar="INTEGER", help="Colour channels, up to 1000.")
    ] = str(USUAL_SHAPE[0]),
    image_size: Annotated[
        str, typer.Option("--image-size", help="Side in pixels, or height x width, as 40x100.")
    ] = str(written(*USUAL_SHAPE[1:])),
    classes: Annotated[
        str, typer.Option("--classes", metavar="INTEGER", help="Number of classes, up to 100000.")
    ] = str(USUAL_CLASSES),
    as_json: AsJson = False,
) -> None:
    """List the networks, with parameters and multiply-adds of the smallest of a family.

    For one image size; of networks for texts, for a sentence of 48 words. A second of sound is an image of
    40x100 with one channel.
    """
    rows, size = [], sides(image_size)
    shape = (whole_number("channels", channels, most=1000), *size)
    outputs = whole_number("classes", classes, most=100_000)
    for spec in map(MODELS.__getitem__, FAMILIES):
        of_text = "text" in spec.modalities
        measured = cost(spec.name, classes=outputs, input_shape=USUAL_TEXT if of_text else shape)
        used = _size(USUAL_TEXT if of_text else (1, *(max(side, spec.minimum_size) for side in size)))
        rows.append({"name": spec.name, **measured._asdict(), "image_size": used,
                     "inputs": _inputs(spec),
                     "also": list(FAMILIES[spec.name]), "about": spec.about})  # fmt: skip
    if as_json:
        print_json(rows)
        return
    print_table(
        ("name", "parameters", "multiply-adds an input", "input size", "inputs", "about"),
        [
            (
                r["name"],
                f"{r['parameters']:,}",
                f"{r['multiply_adds']:,}",
                r["image_size"],
                ", ".join(r["inputs"]),
                _about(r),
            )
            for r in rows
        ],
    )


def _inputs(spec: ModelSpec) -> list[str]:
    """What a network is made for. Large networks cannot take the bands of a sound."""
    made = spec.modalities if spec.takes(SECOND_OF_SOUND) else spec.modalities - SOUNDS
    return [name for modality, name in INPUT_NAMES.items() if modality in made]


def _about(row: dict[str, Any]) -> str:
    return " ".join([row["about"], *([f"Also: {', '.join(row['also'])}."] if row["also"] else [])])


def _size_of(spec: DatasetSpec) -> int | str | None:
    """None if it is the user's choice."""
    if spec.input_shape is None:
        return None
    if spec.name == OWN_SOUNDS:
        return f"{SHORTEST:g} to {LONGEST:g} s"
    if spec.modality == "audio":
        return f"{spec.input_shape[-1] / FRAMES_A_SECOND:g} s"
    return _size(spec.input_shape)


def _size(input_shape: tuple[int, ...]) -> int | str:
    """The sides of an image in pixels, or the words of a text."""
    sides = input_shape[1:]
    return f"{sides[0]} words" if len(sides) == 1 else written(*sides)


def _dataset_row(spec: DatasetSpec) -> dict[str, Any]:
    channels = spec.input_shape[0] if spec.input_shape else 3
    return {"name": spec.name, "label": spec.label, "about": spec.about, "classes": spec.classes,
            "channels": channels, "image_size": _size_of(spec), "source": spec.source}  # fmt: skip
