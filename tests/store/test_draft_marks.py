"""What a visitor is drawing on a run's images, kept for that visitor alone."""

import pytest

from kdviz.errors import StoreError
from kdviz.store import Store, draft_room

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


def test_a_visitors_take_limited_room_in_all_runs_and_what_is_there_stays(
    store, run_id, tiny_config, monkeypatch
):
    monkeypatch.setattr(draft_room, "MAX_OF_VISITOR", 3 << 20)
    other = store.create(tiny_config(seed=1).model_dump(mode="json"))
    store.save_draft_marks(run_id, ANNE, bytes(2 << 20))
    store.save_draft_marks(other, ANNE, bytes(1 << 20))  # as much as is allowed
    with pytest.raises(StoreError) as refused:
        store.save_draft_marks(other, ANNE, bytes((1 << 20) + (1 << 19)))
    assert str(refused.value) == (
        "marks: yours would take 3.5 MB in all runs, at most 3 MB are kept. Your last mark was not; delete marks "
        "of another run first."
    )
    assert [len(store.draft_marks(each, ANNE)) for each in (run_id, other)] == [2 << 20, 1 << 20]
    store.save_draft_marks(other, BERT, bytes(2 << 20))  # another's are not theirs


def test_all_together_take_limited_room_but_one_that_does_not_grow_is_taken(store, run_id, monkeypatch):
    store.save_draft_marks(run_id, ANNE, bytes(1 << 20))
    monkeypatch.setattr(draft_room, "MAX_OF_ALL", 1 << 20)
    with pytest.raises(StoreError) as refused:
        store.save_draft_marks(run_id, BERT, bytes(1 << 18))
    assert str(refused.value) == (
        "marks: those of all visitors would take 1.2 MB, at most 1 MB are kept. Your last mark was not; delete "
        "runs that are no longer needed, with their marks."
    )
    assert store.draft_marks(run_id, BERT) is None
    monkeypatch.setattr(draft_room, "MAX_OF_ALL", 1)
    store.save_draft_marks(run_id, ANNE, bytes(1 << 20))
    store.save_draft_marks(run_id, ANNE, bytes(5))
    assert store.draft_marks(run_id, ANNE) == bytes(5)


@pytest.mark.parametrize("visitor", ["", "../weights", "A" * 32, "a" * 33])
def test_a_visitors_name_is_no_path(store, run_id, visitor):
    for use in (
        lambda: store.draft_marks(run_id, visitor),
        lambda: store.save_draft_marks(run_id, visitor, b""),
    ):
        with pytest.raises(StoreError) as refused:
            use()
        assert str(refused.value) == f"visitor: {visitor!r} is not a name. 32 hex digits only."
