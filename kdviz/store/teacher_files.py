"""Files of weights that visitors uploaded, kept by their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from kdviz.replacing import write_atomically
from kdviz.store.failures import as_store_errors

_FOLDER = "teacher-files"
_LONGEST = 60


def keep_teacher_file(directory: Path, name: str, content: bytes) -> Path:
    """Write an uploaded file below a runs directory, once for each content. name: as the visitor had it.

    Raises StoreError if it cannot be written.
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", Path(name).name)[-_LONGEST:].lstrip(".") or "weights"
    file = directory / _FOLDER / hashlib.sha256(content).hexdigest()[:16] / safe
    with as_store_errors(directory):
        if not file.exists():
            write_atomically(file, content)
    return file
