"""What killed processes leave in a runs directory: temporary files, and folders of runs that are in no list.

While a run is created or imported, its folder has a locked file `unfinished`. A folder without one is never
removed, even if the database does not know it: the database may have been lost.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kdviz.replacing import swept
from kdviz.store.ids import is_id
from kdviz.store.locks import TakenError, held

UNFINISHED = "unfinished"
_PATIENCE_S = 10.0
_TAKEN = "run folder: another process has been looking at it for 10 s. Try again."


@dataclass(frozen=True)
class Health:
    """What is wrong with a runs directory.

    database: what SQLite says of it, "" if nothing. damaged: runs whose rows cannot be read. lost: runs
    without a folder. orphans: folders of runs that the database does not list. swept: litter that was
    removed.
    """

    database: str
    damaged: tuple[str, ...]
    lost: tuple[str, ...]
    orphans: tuple[str, ...]
    swept: tuple[Path, ...]


@contextmanager
def held_unfinished(folder: Path) -> Iterator[None]:
    """Mark a new folder as unfinished while the block runs."""
    marker = folder / UNFINISHED
    with held(marker, folder.parent, timeout_s=_PATIENCE_S, taken=_TAKEN):
        yield
        with suppress(PermissionError):  # Windows keeps what is open
            marker.unlink(missing_ok=True)


def run_folders(directory: Path) -> list[str]:
    """The ids that have a folder, newest first."""
    found = (path.name for path in directory.iterdir() if is_id(path.name) and path.is_dir())
    return sorted(found, reverse=True)


def sweep(directory: Path, ids: Callable[[], Collection[str]]) -> list[Path]:
    """Remove litter, and return what was removed. ids: of the runs that the database lists now."""
    removed = []
    for run_id in run_folders(directory):
        folder = directory / run_id
        if (folder / UNFINISHED).exists() and _removed(folder, ids):
            removed.append(folder)
    for inside, folders, _ in os.walk(directory):
        removed += swept(Path(inside))
        folders[:] = [name for name in folders if name != "uploads"]  # which has its own sweep
    return removed


def _removed(folder: Path, ids: Callable[[], Collection[str]]) -> bool:
    """Whether the folder was removed; of a run that is listed, only the mark is."""
    with suppress(TakenError), held(folder / UNFINISHED, folder.parent, timeout_s=0, taken=""):
        if folder.name in ids():
            (folder / UNFINISHED).unlink(missing_ok=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            return True
    return False
