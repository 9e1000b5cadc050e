"""The layers at which the network of a file can be explained, for the command `inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdviz.cli.printing import print_line, print_table
from kdviz.image_size import written
from kdviz.models import MODELS, finer_layer
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.checkpoints import Match
    from kdviz.models import ModelCard
    from kdviz.networks import ProgramSummary
    from kdviz.trainer.teacher_check import TeacherExamination

USUAL_SIDES = (224, 224)
"""Of images, where none are given."""

_SMALL_SIDES = (32, 32)


@dataclass(frozen=True)
class InspectedLayer:
    """A layer that can be explained. rows, columns: cells of its map."""

    layer: Layer
    stage: str
    rows: int
    columns: int
    closed_form: bool


@dataclass(frozen=True)
class InspectedLayers:
    """The layers of a network, the default first. sides: of the images that it takes, in pixels."""

    network: str
    sides: tuple[int, int]
    layers: tuple[InspectedLayer, ...]


def of_examination(found: TeacherExamination) -> InspectedLayers | None:
    """The layers of a file that was tried on images; None if it does not fill its network."""
    if found.layers is None:
        return None
    height, width = found.layers.image.shape[:2]
    side = found.settings.get("teacher_size")
    layers = (
        InspectedLayer(each.layer, each.stage, len(each.map), len(each.map[0]), each.closed_form)
        for each in found.layers.maps
    )
    return InspectedLayers(
        str(found.settings["teacher"]), (side, side) if side else (height, width), tuple(layers)
    )


def of_program(program: ProgramSummary, sides: tuple[int, int]) -> InspectedLayers:
    """The layers of a program. sides: of images, unless its own are fixed."""
    _channels, height, width = program.input_shape
    layers = _of_card(program.card, pooled=program.pooled)
    return InspectedLayers("the program", (height or sides[0], width or sides[1]), layers)


def of_match(best: Match, sides: tuple[int, int] | None) -> InspectedLayers | None:
    """The layers of the network that weights are for; None if they do not fill it.

    sides: of images; None for usual ones. Raises ModelError for sides that the network does not take.
    """
    if not best.complete:
        return None
    from kdviz.models import describe  # PyTorch is slow to import

    spec = MODELS[best.candidate.architecture]
    size = sides or (_SMALL_SIDES if spec.takes(_SMALL_SIDES) else USUAL_SIDES)
    card = describe(
        spec.name, classes=best.classes, input_shape=(best.channels, *size), width=best.candidate.width
    )
    return InspectedLayers(spec.name, size, _of_card(card, pooled="pooled-linear-head" in spec.offers))


def print_layers(found: InspectedLayers) -> None:
    """The candidates for --explained-layer."""
    size = written(*found.sides)
    print_line(f"Layers of {found.network} that can be explained (--explained-layer), images of {size} px:")
    print_table(
        ("layer", "stage", "cells", "Grad-CAM"),
        [
            (
                f"{each.layer} (default)" if each.layer == "last" else each.layer,
                each.stage,
                f"{each.rows} x {each.columns}",
                "closed form" if each.closed_form else "by autograd",
            )
            for each in found.layers
        ],
    )
    if _one_size(found.layers):
        print_line("It has no finer map: its layers all have one size.")
    if (finer := finer_layer({each.layer: (each.rows, each.columns) for each in found.layers})) is not None:
        print_line(f"The last map has few cells: {finer!r} finds an object more often (docs/teachers.md).")


def _of_card(card: ModelCard, *, pooled: bool) -> tuple[InspectedLayer, ...]:
    sizes = card.explained_sizes
    return tuple(
        InspectedLayer(layer, stage, sizes[layer][0], sizes[layer][1], closed_form=pooled and layer == "last")
        for layer, stage in card.candidates.items()
    )


def _one_size(layers: Sequence[InspectedLayer]) -> bool:
    return len({(each.rows, each.columns) for each in layers}) == 1
