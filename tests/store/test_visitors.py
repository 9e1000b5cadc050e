"""What a visitor sees, changes and reads; whose turn it is; and limits."""

import pytest

from kdviz.config import make_config
from kdviz.errors import StoreError
from kdviz.jobs import queue, resume, stop, submit
from kdviz.store.limits import Limits, read_limits, write_limits
from kdviz.store.prepared import offer_prepared_run


@pytest.fixture
def ann(store):
    return store.as_seen_by("ann")


@pytest.fixture
def bob(store):
    return store.as_seen_by("bob")


def started(store, seed=0, **settings):
    return submit(store, make_config({"dataset": "shapes", "seed": seed, "device": "cpu", **settings}))


def ids(store):
    return {run.id for run in store.runs()}


def test_a_visitor_sees_their_own_runs_shared_ones_and_the_prepared_one(store, ann, bob):
    offer_prepared_run(store)
    (prepared,) = ids(store)
    mine, secret, shown, of_the_server = started(ann), started(bob, 1), started(bob, 2), started(store, 3)
    bob.share(shown, shared=True)
    assert ids(ann) == {prepared, mine, shown}
    assert ids(store) == {prepared, mine, secret, shown, of_the_server}
    assert ann.run(shown).record.owner == "bob"
    for hidden in (secret, of_the_server):
        with pytest.raises(StoreError, match=rf"^run: unknown id '{hidden}'\."):
            ann.run(hidden)
    bob.share(shown, shared=False)
    assert ids(ann) == {prepared, mine}


CHANGES = {
    "stop": stop,
    "resume": resume,
    "delete": lambda store, run_id: store.delete(run_id),
    "purge": lambda store, run_id: store.purge(run_id),
    "annotate": lambda store, run_id: store.annotate(run_id, name="mine"),
    "share": lambda store, run_id: store.share(run_id, shared=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_visitor_changes_no_run_of_others_even_if_it_is_shared(store, ann, bob, change):
    run_id = started(bob)
    bob.share(run_id, shared=True)
    before = store.run(run_id)
    with pytest.raises(StoreError, match=r"belongs to somebody else\. Only your own runs can be changed"):
        CHANGES[change](ann, run_id)
    assert store.run(run_id) == before
    bob.share(run_id, shared=False)
    with pytest.raises(StoreError, match="unknown id"):
        CHANGES[change](ann, run_id)
    stop(bob, run_id)
    bob.delete(run_id)
    bob.purge(run_id)
    assert ids(store) == set()


def test_owners_take_turns_in_the_queue(store, ann, bob):
    first, second, third = (started(ann, seed) for seed in range(3))
    other, last = started(bob, 4), started(store, 5)
    assert [run.id for run in store.queued()] == [first, other, last, second, third]
    store.claim(first)
    assert [run.id for run in store.queued()] == [other, last, second, third]
    stop(store, other)
    newer = started(bob, 6)
    assert [run.id for run in ann.queued()] == [last, newer, second, third], "ann has had her turn"
    assert [place.run_id for place in queue(ann)] == [last, newer, second, third]


def test_one_owner_s_runs_are_trained_in_the_order_of_queuing(ann):
    waiting = [started(ann, seed) for seed in range(3)]
    assert [run.id for run in ann.queued()] == waiting


def test_a_visitor_has_as_many_runs_waiting_as_the_limit_says(store, ann, bob):
    write_limits(store.directory, Limits(runs=2, epochs=60))
    runs = [started(ann, seed) for seed in range(2)]
    with pytest.raises(StoreError) as refused:
        started(ann, 2)
    assert str(refused.value) == (
        "queue: 2 of your runs wait or train, and 2 are allowed at once. Wait until one has ended, or stop one."
    )
    started(bob, 3)
    for seed in range(4, 7):
        started(store, seed)
    stop(ann, runs[0])
    started(ann, 2)
    with pytest.raises(StoreError, match="2 are allowed at once"):
        resume(ann, runs[0])


def test_a_visitor_s_runs_are_small(store, ann):
    write_limits(store.directory, Limits(runs=3, epochs=10))
    with pytest.raises(StoreError) as refused:
        started(ann, teacher_epochs=4, epochs=7)
    assert str(refused.value) == (
        "epochs: teacher and students together may train 10 epochs here, got 11. Choose fewer."
    )
    assert started(ann, teacher_epochs=4, epochs=6)
    assert started(store, teacher_epochs=40, epochs=70)


def test_limits_that_cannot_be_read_are_the_usual_ones(tmp_path):
    assert read_limits(tmp_path) == Limits()
    for text in ("", "[]", '{"runs": "many", "epochs": 1}', '{"runs": 1, "pages": 2}', "null"):
        (tmp_path / "limits.json").write_text(text)
        assert read_limits(tmp_path) == Limits()


def test_limits_from_before_uploads_were_counted_are_kept(tmp_path):
    (tmp_path / "limits.json").write_text('{"runs": 7, "epochs": 8}')
    assert read_limits(tmp_path) == Limits(runs=7, epochs=8)


def test_a_visitor_names_only_uploads_marks_and_the_data_root(store, ann, tmp_path, monkeypatch):
    upload = store.directory / "uploads" / ("0" * 16) / "pictures.zip"
    root, outside = tmp_path / "root", tmp_path / "private"
    for folder in (upload.parent, root / "flowers", outside):
        folder.mkdir(parents=True)
    upload.touch()
    (root / "link").symlink_to(outside)
    monkeypatch.delenv("KDVIZ_DATA_ROOT", raising=False)
    assert ann.may_read(upload)
    assert not ann.may_read(root / "flowers")
    monkeypatch.setenv("KDVIZ_DATA_ROOT", str(root))
    assert ann.may_read(root / "flowers")
    refused = [
        outside, root / "link", root / ".." / "private", store.directory, store.directory / "uploads",
        upload.parent, upload / ".." / ".." / ".." / "kdviz.sqlite", "/etc/passwd", "\0",
    ]  # fmt: skip
    assert [path for path in refused if ann.may_read(path)] == []
    assert all(store.may_read(path) for path in refused)


@pytest.mark.parametrize("setting", ["data", "teacher_weights", "marks"])
def test_a_visitor_s_run_names_no_file_of_the_server(store, ann, tmp_path, setting):
    with pytest.raises(StoreError) as refused:
        ann.check_files({setting: str(tmp_path)})
    assert str(refused.value) == f"{setting}: files of this computer cannot be named here. Upload them."
    store.check_files({setting: str(tmp_path)})
    ann.check_files({"data": None, "teacher_weights": "imagenet", "marks": ""})
