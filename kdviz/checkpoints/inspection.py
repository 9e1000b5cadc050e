"""What is in a file of weights, and the settings with which it can teach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from kdviz.checkpoints.class_names import NEW_LAYER, outputs_by_name
from kdviz.checkpoints.matching import Match, best_match, match
from kdviz.checkpoints.reading import Checkpoint, read_checkpoint
from kdviz.checkpoints.recognition import candidates
from kdviz.errors import ModelError
from kdviz.models import MODELS

_MUCH_LESS_ALIKE = 0.1
_COMPARED = 3

_PHOTOGRAPHS = 224
"""The size that ImageNet's networks are trained with, in pixels."""


@dataclass(frozen=True)
class Inspection:
    """A file, and how it fits the networks that it may be for, the best first."""

    path: Path
    checkpoint: Checkpoint
    matches: tuple[Match, ...]

    @property
    def equally_alike(self) -> tuple[Match, ...]:
        """Networks with the names and shapes of the first: some differ in what has no weights, as strides."""
        first = _fit(best_match(self.matches))
        return tuple(each for each in self.matches if _fit(each) == first)


def _fit(found: Match) -> tuple[bool, bool, int]:
    return found.complete, found.lacks_head, len(found.loaded)


def inspect_file(path: Path) -> Inspection:
    """Read a file and compare it with the networks that it may be for.

    Raises ModelError for a file that cannot be read, or is for no network of the registry.
    """
    checkpoint = read_checkpoint(path)
    matches = closest_matches(checkpoint.tensors)
    if not matches:
        first = next(iter(checkpoint.tensors))
        raise ModelError(
            f"teacher_weights: no known network has tensors like those of {path.name!r}, such as {first!r}. "
            "Give weights of a network that `python -m kdviz models` lists."
        )
    return Inspection(path, checkpoint, matches)


def closest_matches(tensors: Mapping[str, Tensor]) -> tuple[Match, ...]:
    """How tensors fit the networks that they are most like, the most alike first; maybe none."""
    found = candidates(tensors)
    close = [each for each in found if each.likeness > found[0].likeness - _MUCH_LESS_ALIKE][:_COMPARED]
    return tuple(match(tensors, each) for each in close)


def teacher_settings(
    path: Path, found: Match, *, classes: Sequence[str], sides: Sequence[int]
) -> dict[str, Any]:
    """The settings of a run whose teacher is this file, used as it is but for a missing last layer.

    classes: of the data. sides: of its images, in pixels.
    """
    settings: dict[str, Any] = {
        "teacher": found.candidate.architecture,
        "teacher_width": found.candidate.width,
        "teacher_weights": str(path),
        "teacher_epochs": 0,
        "teacher_classes": classes_setting(found.classes, classes),
    }
    if not MODELS[found.candidate.architecture].takes(sides):
        settings["teacher_size"] = _PHOTOGRAPHS
    return {name: value for name, value in settings.items() if value is not None}


def classes_setting(outputs: int, classes: Sequence[str]) -> str | None:
    """The value of `teacher_classes` for a file with this many outputs.

    They are chosen by name where names are known, else taken in order (None), or a new last layer is trained.
    outputs: 0 of a file without its last layer.
    """
    by_name = outputs_by_name(outputs, classes)
    if by_name == tuple(range(len(classes))) or (by_name is None and outputs == len(classes)):
        return None
    return NEW_LAYER if by_name is None else ",".join(map(str, by_name))
