"""A run as a zip file: everything that was measured is in it."""

import csv
import io
import json
import zipfile

import pytest

from kdviz.errors import StoreError
from kdviz.store import export
from kdviz.types import Measured


def test_every_number_of_the_curves_is_in_the_zip(store, tmp_path):
    run_id = store.create({"dataset": "shapes"})
    store.add_metrics(run_id, Measured("students", 1.0, "twin", {"loss": 0.5, "agreement": float("nan")}))
    packed = zipfile.ZipFile(store.export(run_id, tmp_path / "run.zip"))
    rows = list(csv.reader(io.StringIO(packed.read("metrics.csv").decode())))
    assert sorted(rows[1:]) == [
        ["students", "1.0", "twin", "agreement", ""],
        ["students", "1.0", "twin", "loss", "0.5"],
    ]
    assert json.loads(packed.read("config.json")) == {"dataset": "shapes"}


def test_a_target_that_cannot_be_written_is_one_line(store, tmp_path):
    run_id = store.create({})
    target = tmp_path / "nowhere" / "run.zip"
    with pytest.raises(StoreError) as refused:
        store.export(run_id, target)
    assert (
        str(refused.value)
        == f"out: {str(target)!r} cannot be written: No such file or directory. Name another file."
    )


def test_an_export_that_fails_leaves_an_older_zip_as_it_was(store, tmp_path, monkeypatch):
    target = store.export(store.create({}), tmp_path / "run.zip")
    before = target.read_bytes()
    monkeypatch.setattr(export, "_as_csv", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.export(store.create({"seed": 1}), target)
    assert target.read_bytes() == before
    assert [each.name for each in tmp_path.glob("run.zip*")] == ["run.zip"]
