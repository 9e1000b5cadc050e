"""Pictures to read: the smallest files that each case needs."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def heard():
    """A report that remembers each sentence and its fraction."""

    class Heard(list):
        def __call__(self, message, fraction):
            self.append((str(message), fraction))

        def __bool__(self):
            return True

    return Heard()


@pytest.fixture(autouse=True)
def cache_home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def png():
    """A maker of PNG files: noise of a seed, or the given pixels."""

    def make(pixels=None, *, seed=0, size=16):
        if pixels is None:
            pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return file.getvalue()

    return make


@pytest.fixture
def two_classes(png):
    """Five pictures each of cats and dogs, by path."""
    names = [f"{animal}/{number}.png" for animal in ("cats", "dogs") for number in range(5)]
    return {name: png(seed=seed) for seed, name in enumerate(names)}


@pytest.fixture
def as_folder(tmp_path):
    """A writer of files into a new folder."""

    def write(files: Mapping[str, bytes], name="pictures") -> str:
        for path, content in files.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return str(tmp_path / name)

    return write


@pytest.fixture
def as_zip(tmp_path):
    """A writer of files into a new zip; a name may be a ZipInfo."""

    def write(files, name="pictures.zip") -> str:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for member, content in files.items():
                file.writestr(member, content)
        return str(tmp_path / name)

    return write
