"""Several runs at once: what they share is made once, and an interruption ends all of them."""

from concurrent.futures import wait
from functools import partial
from threading import Barrier, Event

import pytest

from kdviz.errors import StoreError
from kdviz.jobs import execute, pause
from kdviz.study import carry_out, read_study
from kdviz.types import Finished, StepTaken
from tests.patience import PATIENCE_S
from tests.study.made import FEW, Overtaken, Together, Trainer, failing, written

STEP = StepTaken("students", 1, 2)


@pytest.fixture(autouse=True)
def _impatient_and_without_teachers(monkeypatch, tmp_path):
    monkeypatch.setattr("kdviz.store.teachers.SHIPPED", tmp_path / "no teachers")
    monkeypatch.setattr("kdviz.study.running.POLL_S", 0.01)


@pytest.fixture
def ready(store, few):
    """The teacher that all runs of the study need is there."""
    store.save_teacher(few[1][0].config.teacher_key, {})


def carried_out(store, few, trainer, **how):
    study, points = few
    return list(carry_out(store, study, points, execute=trainer, at_once=2, **how))


def taught(distill):
    """Executes a run with that training in place of the real one."""
    return lambda store, run_id, on_event: execute(store, run_id, on_event, partial(distill, store, run_id))


def two_steps(store, run_id, config, **how):
    yield STEP
    yield STEP
    yield Finished(Trainer().finished(config))


def endless(after, store, run_id, config, **how):
    """Steps; `after` happens after the first."""
    yield STEP
    after(store, run_id)
    while True:
        yield STEP


def interrupted_there(*given):
    raise KeyboardInterrupt


@pytest.mark.usefixtures("ready")
def test_so_many_are_executed_at_a_time_and_each_once(store, few):
    """Each waits until another one is under way: in one thread, that would be for ever."""
    done = carried_out(store, few, trainer := Together(2))
    assert {each.point for each in done} == set(few[1])
    assert len(set(trainer.runs)) == len(done) == 6
    assert all(each.trained and not each.failed for each in done)


def test_a_teacher_that_several_need_is_trained_by_the_first(store, few, monkeypatch):
    """The second begins when the first has handed the teacher over, while the first goes on."""
    begun, looked, second = [], Event(), Event()

    def looking(*given):
        looked.set()
        return wait(*given)

    def train(store, run_id, on_event=None):
        begun.append(run_id)
        if len(begun) == 1:
            assert looked.wait(PATIENCE_S)  # whether another run can begin
            assert begun == [run_id]
            store.save_teacher(few[1][0].config.teacher_key, {})
            assert second.wait(PATIENCE_S)
        second.set()
        return Trainer()(store, run_id)

    monkeypatch.setattr("kdviz.study.running.wait", looking)
    assert len(carried_out(store, few, train)) == 6


def test_of_teachers_that_differ_none_is_waited_for(store, tmp_path):
    text = FEW.replace("seed = [0, 1, 2]", "teacher_epochs = [1, 2]")
    study, points = read_study(written(tmp_path, text))
    one_each = [point for point in points if not point.config.explanation_weight]
    assert len({point.config.teacher_key for point in one_each}) == 2
    assert len(carried_out(store, (study, one_each), Together(2))) == 2


def test_a_failure_does_not_keep_others_from_training_that_teacher(store, few):
    assert all(each.failed for each in carried_out(store, few, failing))
    assert len(store.runs()) == 6


@pytest.mark.usefixtures("ready")
def test_a_run_that_another_process_snatches_is_not_trained_again(store, few):
    done = carried_out(store, few, trainer := Overtaken())
    assert len(trainer.runs) == len(store.runs()) == 6
    assert not any(each.trained or each.failed for each in done)


@pytest.mark.usefixtures("ready")
def test_events_are_passed_on_with_their_point(store, few):
    heard = []
    carried_out(
        store, few, taught(two_steps), on_event=lambda point, event: heard.append((point, type(event)))
    )
    of_each = [StepTaken, StepTaken, Finished]
    assert all([kind for of, kind in heard if of == point] == of_each for point in few[1])


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("ask", [lambda store, run_id: None, pause], ids=["at work", "paused"])
def test_an_interruption_ends_all_that_is_under_way(store, few, monkeypatch, ask):
    """It reaches the main thread, which waits. Each run would go on for ever."""
    with monkeypatch.context() as patch:
        both = Barrier(2, action=lambda: patch.setattr("kdviz.study.running.wait", interrupted_there))

        def asked(store, run_id):
            ask(store, run_id)
            both.wait(PATIENCE_S)

        with pytest.raises(KeyboardInterrupt):
            carried_out(store, few, taught(partial(endless, asked)))
    assert [run.state for run in store.runs()] == ["interrupted"] * 2
    done = carried_out(store, few, Trainer())
    assert len(done) == len(store.runs()) == 6


@pytest.mark.usefixtures("ready")
def test_an_error_in_one_thread_ends_the_others_and_is_raised(store, few):
    begun = Barrier(2)

    def execute_one(store, run_id, on_event):
        if store.run(run_id).config.explanation_weight:
            begun.wait(PATIENCE_S)
            raise StoreError("the disk is full")
        return taught(partial(endless, lambda store, run_id: begun.wait(PATIENCE_S)))(store, run_id, on_event)

    with pytest.raises(StoreError, match=r"^the disk is full$"):
        carried_out(store, few, execute_one)
    assert [run.state for run in store.runs()] == ["interrupted"] * 2
