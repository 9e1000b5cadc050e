"""What a visitor is drawing on a run's images, kept for that visitor alone."""

import pytest

from kdviz.errors import StoreError
from kdviz.store import Store

ANNE, BERT = "a" * 32, "b" * 32


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


@pytest.fixture
def run_id(store, tiny_config):
    return store.create(tiny_config().model_dump(mode="json"))


def test_each_visitor_has_their_own_for_each_run(store, run_id, tiny_config):
    other = store.create(tiny_config(seed=1).model_dump(mode="json"))
    store.save_draft_marks(run_id, ANNE, b"first")
    store.save_draft_marks(run_id, ANNE, b"second")
    assert Store(store.directory).draft_marks(run_id, ANNE) == b"second"
    assert store.draft_marks(run_id, BERT) is None
    assert store.draft_marks(other, ANNE) is None


def test_they_can_be_removed_also_where_there_are_none(store, run_id):
    store.save_draft_marks(run_id, ANNE, b"first")
    store.save_draft_marks(run_id, BERT, None)
    store.save_draft_marks(run_id, ANNE, None)
    assert store.draft_marks(run_id, ANNE) is None


def test_they_go_with_their_run(store, run_id):
    store.save_draft_marks(run_id, ANNE, b"first")
    store.delete(run_id)
    store.purge(run_id)
    assert not list(store.directory.rglob(f"{ANNE}*"))


@pytest.mark.parametrize("visitor", ["", "../weights", "A" * 32, "a" * 33])
def test_a_visitors_name_is_no_path(store, run_id, visitor):
    for use in (
        lambda: store.draft_marks(run_id, visitor),
        lambda: store.save_draft_marks(run_id, visitor, b""),
    ):
        with pytest.raises(StoreError) as refused:
            use()
        assert str(refused.value) == f"visitor: {visitor!r} is not a name. 32 hex digits only."
