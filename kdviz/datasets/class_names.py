"""Names of classes as they are displayed: those of known data sets in the current language.

What is stored, compared, linked to or written into tables to be saved has the name of the data.
"""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.language import _

_CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_ATTITUDES = ("negative", "positive")

CLASS_NAMES: dict[str, tuple[str, ...]] = {
    "fashion-mnist-mini": _CLOTHES,
    "fashion-mnist": _CLOTHES,
    "shapes": ("circle", "square", "triangle", "diamond", "cross", "ring", "star", "heart"),
    "flowers": ("daisy", "dandelion", "rose", "sunflower", "tulip"),
    "blood-cells": ("white cell", "red cell", "platelet"),
    "sentiment": _ATTITUDES,
    "sentiment-films": _ATTITUDES,
    "counterfactual-reviews": _ATTITUDES,
    "original-reviews": _ATTITUDES,
    "revised-reviews": _ATTITUDES,
    "bank-intents": (
        "balance not updated after bank transfer",
        "balance not updated after cheque or cash deposit",
        "card payment fee charged",
        "cash withdrawal charge",
        "declined cash withdrawal",
        "direct debit payment not recognised",
        "transaction charged twice",
        "transfer fee charged",
        "transfer not received by recipient",
        "wrong amount of cash received",
    ),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
}
"""Classes by data set, in the order of its labels, where they are translated.

Not those of speech-commands-mini: they are the English words that are spoken.
"""

_TRANSLATED = frozenset(CLASS_NAMES.values())


def class_names(classes: Sequence[str]) -> tuple[str, ...]:
    """The names of the classes of a data set, as displayed.

    classes: all of them, since a data set is known by them. A person's own names stay as they are, unless
    they are exactly those of a known data set.
    """
    names = tuple(classes)
    return tuple(map(_, names)) if names in _TRANSLATED else names


def class_name(classes: Sequence[str], label: int) -> str:
    """The name of one of the classes of a data set, as displayed. classes: as of `class_names`."""
    return _(classes[label]) if tuple(classes) in _TRANSLATED else classes[label]
