"""Whose uploads are whose: an empty file each, `<runs>/upload-owners/<visitor>/<hash of the upload>`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_FOLDER = "upload-owners"


class UploadOwners:
    """Which visitors keep which uploads. An upload is named by the hash of its content; many may keep it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / _FOLDER

    def add(self, owner: str, upload: str) -> None:
        """Note that a visitor keeps an upload."""
        kept = self._directory / owner
        kept.mkdir(parents=True, exist_ok=True)
        (kept / upload).touch()

    def drop(self, owner: str, upload: str) -> None:
        """Note that a visitor no longer keeps it."""
        (self._directory / owner / upload).unlink(missing_ok=True)
        with suppress(OSError):  # the visitor keeps others
            (self._directory / owner).rmdir()

    def drop_all(self, upload: str) -> None:
        """Note that the upload is gone."""
        for kept in list(self._directory.glob(f"*/{upload}")):
            self.drop(kept.parent.name, upload)

    def uploads(self, owner: str) -> list[str]:
        """What a visitor keeps."""
        return sorted(kept.name for kept in (self._directory / owner).glob("*"))

    def kept(self, upload: str) -> bool:
        """Whether some visitor keeps it."""
        return any(self._directory.glob(f"*/{upload}"))
