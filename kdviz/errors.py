"""The exceptions of kdviz, and the wording of their one-line messages.

KdvizError
├── ConfigError    a setting is invalid, or two are incompatible
├── DataError      images cannot be read, or are too few
├── ModelError     weights do not fit, or a network does not support an operation
├── ShapeError     the shapes of two tensors differ
├── TrainingError  training cannot continue: a loss without gradient, or not finite
└── StoreError     the runs directory cannot be read or written
    └── DamagedDatabaseError  its database is no database, or is broken
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path


class KdvizError(Exception):
    """An error that the user can fix. The message is one line that says how."""


class ConfigError(KdvizError):
    """A setting is invalid, or two settings are incompatible. One line per field."""


class DataError(KdvizError):
    """Images cannot be read, or there are too few of them."""


class ModelError(KdvizError):
    """Weights do not fit a network, or it does not support an operation."""


class ShapeError(KdvizError):
    """The shapes of two tensors differ."""


class TrainingError(KdvizError):
    """Training cannot continue."""


class StoreError(KdvizError):
    """The runs directory cannot be read or written."""


class DamagedDatabaseError(StoreError):
    """Its database is no database, or is broken."""


@contextmanager
def output_errors(out: Path, kind: str) -> Iterator[None]:
    """Converts an OSError about an output into a KdvizError. kind: "file" or "folder"."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise KdvizError(f"out: {str(out)!r} cannot be written: {reason}. Name another {kind}.") from error


def unknown_name(field: str, given: str, known: Iterable[str]) -> str:
    """One line for a name that is not in a registry, with the closest known one."""
    names = sorted(known)
    close = get_close_matches(given.lower(), names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"{field}: unknown name {given!r}.{hint} Known: {', '.join(names)}."
