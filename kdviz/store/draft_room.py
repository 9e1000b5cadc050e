"""How much room marks that are being drawn may take: those of a visitor, and those of all visitors."""

from __future__ import annotations

from pathlib import Path

from kdviz.errors import StoreError

DRAFTS_FOLDER = "drafts"
"""Its name in a run's folder; it has a file for each visitor."""

MAX_OF_VISITOR = 64 << 20
MAX_OF_ALL = 2 << 30


def check_draft_room(directory: Path, path: Path, size: int) -> None:
    """Raises StoreError if a draft of `size` bytes at `path` would take too much room in a runs directory.

    What is there stays as it is, and a draft that does not grow is always taken.
    """
    drafts = {each: _size(each) for each in directory.glob(f"*/{DRAFTS_FOLDER}/*.npz")}
    if size <= drafts.pop(path, 0):
        return
    of_visitor = sum(there for each, there in drafts.items() if each.name == path.name) + size
    if of_visitor > MAX_OF_VISITOR:
        raise StoreError(
            f"marks: yours would take {of_visitor / 2**20:,.1f} MB in all runs, at most "
            f"{MAX_OF_VISITOR >> 20:,} MB are kept. Your last mark was not; delete marks of another run "
            "first."
        )
    if (of_all := sum(drafts.values()) + size) > MAX_OF_ALL:
        raise StoreError(
            f"marks: those of all visitors would take {of_all / 2**20:,.1f} MB, at most "
            f"{MAX_OF_ALL >> 20:,} MB are kept. Your last mark was not; delete runs that are no "
            "longer needed, with their marks."
        )


def _size(path: Path) -> int:
    """0 for a file that has just been removed."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
