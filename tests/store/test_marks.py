"""Marks of a run: in its folder, known by their content, and in its zip."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kdviz.datasets import Marks, read_marks
from kdviz.errors import StoreError
from kdviz.store import Store


@pytest.fixture
def content():
    mask = np.zeros((4, 5), dtype=bool)
    mask[1, 2] = True
    return Marks({"a" * 64: mask}).to_bytes()


@pytest.fixture
def marked(store, content, tmp_path):
    """A run with marks, whose file is gone since."""
    given = tmp_path / "given.npz"
    given.write_bytes(content)
    run_id = store.create({"dataset": "shapes", "map_source": "mask", "marks": str(given)})
    given.unlink()
    return run_id


def test_a_run_keeps_its_marks_though_their_file_is_gone(store, marked, content):
    own = Path(store.own_files(marked)["marks"])
    assert own.parent.name == marked
    assert own.read_bytes() == content
    assert Path(store.run(marked).config.marks).read_bytes() == content


def test_equal_marks_are_one_setting(store, marked, content, tmp_path):
    other = tmp_path / "other.npz"
    other.write_bytes(content)
    again = store.create({"dataset": "shapes", "marks": str(other)})
    assert store.run(again).config.marks == store.run(marked).config.marks == str(store.keep_marks(content))
    assert store.own_files(store.create({"dataset": "shapes"})) == {}


def test_marks_travel_with_a_run(store, marked, content, tmp_path):
    packed = store.export(marked, tmp_path / "run.zip")
    elsewhere = Store(tmp_path / "elsewhere")
    run_id = elsewhere.import_run(packed)
    path = Path(elsewhere.run(run_id).config.marks)
    assert path.is_relative_to(elsewhere.directory)
    assert path.read_bytes() == content
    assert len(read_marks(Path(elsewhere.own_files(run_id)["marks"]))) == 1
    assert json.loads((elsewhere.directory / run_id / "config.json").read_text())["marks"] == str(path)


def test_a_zip_with_another_file_as_marks_is_refused(store, marked, tmp_path):
    packed = store.export(marked, tmp_path / "run.zip")
    with zipfile.ZipFile(packed) as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, b"no marks" if name == "marks.npz" else good.read(name))
    elsewhere = Store(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=r"marks\.npz is damaged \(marks: this is not a file of marks"):
        elsewhere.import_run(tmp_path / "bad.zip")
    assert elsewhere.runs() == []
