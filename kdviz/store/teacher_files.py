"""Teachers that commands made of code or other files, kept by their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from kdviz.replacing import write_atomically
from kdviz.store.failures import as_store_errors

_FOLDER = "teacher-files"
_LONGEST = 60


def keep_teacher_file(directory: Path, name: str, content: bytes) -> Path:
    """Write a file below a runs directory, once for each content. Raises StoreError if it cannot."""
    file = directory / _FOLDER / hashlib.sha256(content).hexdigest()[:16] / weights_name(name)
    with as_store_errors(directory):
        if not file.exists():
            write_atomically(file, content)
    return file


def weights_name(name: str) -> str:
    """A harmless file name like the one that a visitor gave, with its suffix."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", Path(name).name)[-_LONGEST:].lstrip(".") or "weights"
