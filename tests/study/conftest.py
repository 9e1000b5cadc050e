"""A store without teachers, and a study of six runs."""

import pytest

from kdviz.store import Store
from kdviz.study import read_study
from tests.study.made import FEW, written


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def few(tmp_path):
    """(study, points)."""
    return read_study(written(tmp_path, FEW))
