"""Run ids: creation, validation, reservation on disk, and suggestions for unknown ones."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from kdviz.errors import StoreError
from kdviz.store.failures import as_store_errors

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that are easily confused
_ID = re.compile(r"[0-9]{8}-[0-9]{4}-[a-z0-9]{4}")


def is_id(text: str) -> bool:
    """Whether a text has the form of an id. Nothing else becomes a path."""
    return _ID.fullmatch(text) is not None


def reserved(directory: Path, wanted: str = "") -> str:
    """The id of a new, empty folder: `wanted` if it is free, else a new one."""
    with as_store_errors(directory):
        for run_id in chain([wanted] if is_id(wanted) else [], _new_ids()):
            with suppress(FileExistsError):
                (directory / run_id).mkdir()
                return run_id
    raise AssertionError  # new ids do not run out


def unknown_id(given: str, known: Sequence[str]) -> StoreError:
    """The error for an unknown id, with the closest known one."""
    close = get_close_matches(given, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    there = f"Newest: {', '.join(known[:3])}." if known else "There are no runs yet."
    return StoreError(f"run: unknown id {given!r}.{hint} {there}")


def _new_ids() -> Iterator[str]:
    while True:
        yield f"{time.strftime('%Y%m%d-%H%M')}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"
