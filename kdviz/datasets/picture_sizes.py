"""How large a user's pictures are, from the headers of a few of them."""

from __future__ import annotations

from os.path import expanduser
from pathlib import Path
from statistics import median_low

from PIL import Image

from kdviz.datasets.file_source import FileSource
from kdviz.datasets.image_file import FORMATS
from kdviz.datasets.opening import laid_out, opened

_READ = 9


def shorter_side(data: str) -> int:
    """The median shorter side of a few pictures, in pixels; 0 if none can be read. Raises DataError."""
    path = Path(expanduser(data))
    with opened(path) as source:
        names = laid_out(source, path).names
        found = [_shorter(source, name) for name in names[:: -(-len(names) // _READ)]]
    return median_low([each for each in found if each] or [0])


def _shorter(source: FileSource, name: str) -> int:
    """0 for a file that is no image."""
    try:
        with source.open(name) as stream, Image.open(stream, formats=FORMATS) as image:
            return min(image.size)
    except Exception:  # readers raise anything for a broken file
        return 0
