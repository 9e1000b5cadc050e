"""One finished run of a second, with a planted cue and all arms but scratch."""

import pytest

from kdviz.store import Store


@pytest.fixture(scope="session")
def finished(train_tiny, tmp_path_factory):
    """The store and the id of the run."""
    store = Store(tmp_path_factory.mktemp("comparison") / "runs")
    return store, train_tiny(store)
