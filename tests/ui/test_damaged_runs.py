"""Damaged runs on every page: one clear line, and other runs as before."""

import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from kdviz.store import Store
from kdviz.ui.frame.formatting import plain
from tests.ui.conftest import opened, page_text

ALL = ("home", "distill", "explain", "agreement", "runs", "sweep", "library", "learn")
SHOWS_A_RUN = {"lesson": "soft-labels"}
"""The first lesson has its own pictures."""

WITH_MENU = ("distill", "explain", "learn")


@pytest.fixture
def own(trained, tmp_path, app, monkeypatch):
    """A copy of the directory with one trained run, to be damaged."""
    shutil.copytree(trained[0], tmp_path / "copy")
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(tmp_path / "copy"))
    return Store(tmp_path / "copy"), trained[1]


def damage(store, run_id, column="results", text="[{"):
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite")) as connection, connection:
        connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (text, run_id))


def cut(path):
    path.write_bytes(path.read_bytes()[:50])


@pytest.mark.parametrize("page", ALL)
@pytest.mark.parametrize("column", ["results", "config"])
def test_every_page_stands_with_nothing_but_a_damaged_run(app, own, page, column):
    store, run_id = own
    damage(store, run_id, column)
    opened(app, page, run=run_id)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", ALL)
def test_every_page_stands_with_results_that_lack_arms_and_measures(app, own, page):
    store, run_id = own
    damage(store, run_id, text='{"student": {"agreement": {}}}')
    assert [run.id for run in store.runs()] == [run_id]
    opened(app, page, run=run_id, **(SHOWS_A_RUN if page == "learn" else {}))
    assert not app.exception


@pytest.mark.parametrize(
    "arrays",
    [{"indices": np.array([0, 1 << 20])}, {"targets": np.array([0, 1 << 20])}],
    ids=["images", "classes"],
)
def test_probe_maps_of_other_images_are_one_line_on_distill(app, own, arrays):
    store, run_id = own
    for file in (store.directory / run_id / "probe").iterdir():
        np.savez(file, **(dict(np.load(file)) | {name: _like(file, name, a) for name, a in arrays.items()}))
    opened(app, "distill", run=run_id)
    assert not app.exception
    assert "its probe maps are of other images than its data set has now" in app.error[0].value


def _like(file, name, values):
    return np.resize(values, np.load(file)[name].shape)


@pytest.mark.parametrize("page", WITH_MENU)
def test_a_link_to_a_damaged_run_says_so_and_shows_another(app, own, config, page):
    store, run_id = own
    other = store.import_run(store.export(run_id, store.directory / "other.zip"))
    damage(store, other)
    opened(app, page, run=other, **(SHOWS_A_RUN if page == "learn" else {}))
    assert not app.exception
    assert app.warning[0].value.startswith(
        f"run: run {plain(repr(other))} is damaged and cannot be shown. Shown instead: "
    )


def test_runs_lists_it_and_it_can_be_deleted_for_good(app, own):
    store, run_id = own
    damage(store, run_id)
    opened(app, "runs")
    assert f"Run **{run_id}** is damaged: its results cannot be read." in page_text(app).replace("\\", "")
    app.button(key=f"delete_{run_id}").click().run()
    assert not app.exception
    assert store.damaged_runs() == []
    app.button(key=f"purge_{run_id}").click().run()
    assert not app.exception
    assert store.damaged_runs(include_deleted=True) == []


@pytest.mark.parametrize("file", ["notes.json", "probe/epoch-0001.npz"])
def test_a_file_that_was_cut_short_is_one_line_on_distill(app, own, file):
    store, run_id = own
    store.save_notes(run_id, ["A sentence about the images."])
    cut(store.directory / run_id / file)
    opened(app, "distill", run=run_id)
    assert not app.exception
    (line,) = app.error
    assert line.value.startswith(f"run {run_id}: {file} is damaged")
    assert app.get("plotly_chart")


@pytest.mark.parametrize("page", ["explain", "agreement", "learn"])
@pytest.mark.parametrize("lost", ["gone", "cut"])
def test_a_finished_run_without_its_weights_is_not_called_untrained(app, own, page, lost):
    store, run_id = own
    file = store.directory / run_id / "weights" / "student.safetensors"
    file.unlink() if lost == "gone" else cut(file)
    opened(app, page, run=run_id, **(SHOWS_A_RUN if page == "learn" else {}))
    assert not app.exception
    if (page, lost) == ("agreement", "cut"):  # read in the background, which says so when it fails
        return
    assert [each.value for each in app.subheader][
        -1
    ] == ":material/broken_image: Files are missing or damaged"
    assert "student.safetensors" in page_text(app).replace("\\", "")
