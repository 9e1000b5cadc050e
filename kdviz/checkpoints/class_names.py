"""Which outputs of a network made elsewhere are the classes of a data set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kdviz.errors import ConfigError

NEW_LAYER = "new"
"""The value of `teacher_classes` that trains a new last layer."""

_IMAGENET_CLASSES = 1000
_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def chosen_outputs(text: str | None) -> tuple[int, ...] | None:
    """The outputs in a text such as "3,0,7"; None for a new last layer, or for all outputs in order.

    Raises ConfigError for another text.
    """
    if text is None or text == NEW_LAYER:
        return None
    if not re.fullmatch(r"\d{1,6}(,\d{1,6})+", text):
        raise ConfigError(
            f"teacher_classes: must be {NEW_LAYER!r} or outputs of the file, as 3,0,7, got {text!r}."
        )
    return tuple(map(int, text.split(",")))


def outputs_by_name(outputs: int, classes: Sequence[str]) -> tuple[int, ...] | None:
    """For each class the output of that name; None if a name is missing or the outputs have no known names.

    Known are the names of ImageNet's 1,000 classes, in torchvision's order, and of CIFAR-10's.
    """
    names = [_plain(name) for name in _names(outputs)]
    wanted = [_plain(name) for name in classes]
    if not all(name in names for name in wanted):
        return None
    return tuple(names.index(name) for name in wanted)


def _names(outputs: int) -> Sequence[str]:
    if outputs == len(_CIFAR10):
        return _CIFAR10
    if outputs != _IMAGENET_CLASSES:
        return ()
    from torchvision.models import ResNet18_Weights  # slow to import

    names: list[str] = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    return names


def _plain(name: str) -> str:
    """Lower case, words separated by one space: "golden_retriever" and "Golden Retriever" are equal."""
    return " ".join(re.split(r"[\W_]+", name.lower())).strip()
