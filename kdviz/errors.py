"""Every error that kdviz raises on purpose, and how its one line is worded.

KdvizError
├── ConfigError      a setting is wrong, or two do not go together
├── DataError        images cannot be read, or are too few
├── ModelError       weights do not fit, or a network cannot do what was asked
├── ShapeError       two tensors that must match do not
├── TrainingError    training cannot go on: a loss without gradient, or one that is not finite
└── StoreError       the runs directory cannot be read or written
"""

from collections.abc import Iterable
from difflib import get_close_matches


class KdvizError(Exception):
    """Something that a person can put right; the message is one line that says how."""


class ConfigError(KdvizError):
    """A setting is wrong, or two settings do not go together. One line a field."""


class DataError(KdvizError):
    """Images cannot be read, or there are too few of them."""


class ModelError(KdvizError):
    """Weights do not fit a network, or a network cannot do what was asked of it."""


class ShapeError(KdvizError):
    """Two tensors that must have the same shape do not."""


class TrainingError(KdvizError):
    """Training cannot go on."""


class StoreError(KdvizError):
    """The runs directory cannot be read or written."""


def unknown_name(field: str, given: str, known: Iterable[str]) -> str:
    """One line for a name that is not in a registry, with the nearest one that is."""
    names = sorted(known)
    close = get_close_matches(given.lower(), names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{field}: unknown name {given!r}.{hint} Known: {', '.join(names)}."
