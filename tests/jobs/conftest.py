"""A store, a config, and runs of the fake trainer."""

import pytest

from kdviz.config import make_config
from kdviz.jobs import submit
from kdviz.store import Store


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    """Without the teachers that come with the package: the fake trainer has its own."""
    monkeypatch.setattr("kdviz.store.teachers.SHIPPED", tmp_path / "no teachers")
    return Store(tmp_path / "runs")


@pytest.fixture
def config():
    return make_config({"dataset": "shapes", "epochs": 3, "device": "cpu"})


@pytest.fixture
def run_id(store, config) -> str:
    return submit(store, config)
