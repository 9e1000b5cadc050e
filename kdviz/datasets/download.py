"""Downloads of single files, with progress, complete or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

from kdviz.errors import DataError
from kdviz.progress import Message, Report

DEFAULT_DIRECTORY = "data"

_CHUNK_BYTES = 1 << 18
_PATIENCE_S = 20


def fetched(url: str, path: Path, md5: str, report: Report) -> None:
    """Download the file to `path`, unless it exists. Raises OSError: no connection, no space, bad content."""
    if path.is_file() and _md5(path) == md5:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="partial-") as scratch:
        partial = Path(scratch) / path.name
        _download(url, partial, report)
        if _md5(partial) != md5:
            raise OSError(f"{url} is not the file that was expected")
        os.replace(partial, path)


def not_available(name: str, directory: Path, error: Exception) -> DataError:
    """The error for a data set that is neither local nor downloadable."""
    reason = " ".join(str(getattr(error, "reason", error)).split())
    return DataError(
        f"data: {name} is not in {str(directory)!r} and could not be downloaded ({reason}). "
        "Put its files there, or use 'fashion-mnist-mini', which needs no download."
    )


def _download(url: str, path: Path, report: Report) -> None:
    request = Request(url, headers={"User-Agent": "kdviz"})
    with urlopen(request, timeout=_PATIENCE_S) as response, path.open("wb") as file:
        size_bytes = int(response.headers.get("Content-Length") or 0)
        done_bytes = 0
        while chunk := response.read(_CHUNK_BYTES):
            file.write(chunk)
            done_bytes += len(chunk)
            fraction = min(done_bytes / size_bytes, 1.0) if size_bytes else 0.0
            report(Message("Downloading {name}", {"name": path.name}), fraction)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
