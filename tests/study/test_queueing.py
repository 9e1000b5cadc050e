"""A study through the queue."""

from kdviz.jobs import submit
from kdviz.study import queue_missing, read_study, stop_study, study_status
from tests.study.made import FEW, Trainer, failing, written


def counts(store, points):
    now = study_status(store.runs(), points)
    return len(now.done), len(now.running), len(now.waiting), len(now.missing)


def test_what_is_missing_is_queued_once_and_what_is_there_taken_over(tmp_path, store):
    study, points = read_study(written(tmp_path, FEW))
    Trainer()(store, submit(store, points[0].config))
    submit(store, points[1].config, foreground=True)
    assert counts(store, points) == (1, 1, 0, 4)
    with store.hold(store.runs()[0].id):  # its process is alive
        assert queue_missing(store, study, points) == 4
        assert queue_missing(store, study, points) == 0
    assert counts(store, points) == (1, 1, 4, 0)
    assert store.queued()[0].record.name == "Few: λ = 0, seed 1"


def test_the_order_of_the_queue_is_that_of_the_file(tmp_path, store):
    study, points = read_study(written(tmp_path, FEW))
    queue_missing(store, study, points)
    assert [run.record.config_key for run in store.queued()] == [point.config.key for point in points]


def test_a_failed_run_is_listed_and_resumed(tmp_path, store):
    study, points = read_study(written(tmp_path, FEW))
    run_id = submit(store, points[0].config)
    failing(store, run_id)
    now = study_status(store.runs(), points)
    assert [run.record.message for run in now.failed] == ["the loss is not finite"]
    assert queue_missing(store, study, points) == len(points)
    assert len(store.runs()) == len(points)
    assert store.run(run_id).state == "queued"


def test_of_several_failures_the_last_one_comes_first(tmp_path, store):
    """They are gone on with in any order; a page quotes the last."""
    _study, points = read_study(written(tmp_path, FEW))
    failed = [submit(store, points[place].config) for place in (2, 0, 1)]
    for run_id in failed:
        failing(store, run_id)
    assert [run.id for run in study_status(store.runs(), points).failed] == failed[::-1]


def test_taking_back_leaves_no_trace_of_what_has_not_begun_and_keeps_the_rest(tmp_path, store):
    study, points = read_study(written(tmp_path, FEW))
    queue_missing(store, study, points)
    Trainer()(store, store.queued()[0].id)
    running = store.queued()[0].id
    other = submit(store, points[0].config)
    store.set_state(other, "cancelled")
    with store.hold(running):
        store.claim(running)
        stop_study(store, points)
        assert store.run(running).record.request == "stop"
    assert {run.id for run in store.runs()} >= {running, other}
    assert counts(store, points)[0] == 1
    assert store.queued() == []
    assert len(store.runs()) == 3
