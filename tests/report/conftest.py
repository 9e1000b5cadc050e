"""A finished run whose every text was written by somebody with bad intentions."""

import shutil

import pytest

from kdviz.report import report_html
from kdviz.store import Store

NAME = "<script>alert('name')</script>"
NOTE = "</p><img src=x onerror=alert('note')>\nsecond line"
TAG = '"><b>tag</b>'
CLASSES = ("<script>alert(1)", "\"onload='alert(2)'&amp;")


@pytest.fixture(scope="session")
def pictures(tiny_folder, tmp_path_factory):
    """The tiny data set in a folder of its own, with classes that are code."""
    folder = tmp_path_factory.mktemp("report") / "secret-place" / "pictures"
    for plain, crafted in zip(("above", "below"), CLASSES, strict=True):
        shutil.copytree(tiny_folder / plain, folder / crafted)
    return folder


@pytest.fixture(scope="session")
def finished(train_tiny, pictures, tmp_path_factory):
    """The store and the id of the run."""
    store = Store(tmp_path_factory.mktemp("report") / "runs")
    run_id = train_tiny(store, data=str(pictures))
    store.annotate(run_id, name=NAME, note=NOTE, tags=[TAG])
    store.save_notes(run_id, ["1 broken file was skipped: <i>x</i>.png."])
    return store, run_id


@pytest.fixture(scope="session")
def html(finished):
    return report_html(*finished)
