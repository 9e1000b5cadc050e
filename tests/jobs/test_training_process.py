"""The child process that trains: requests reach it, its death ends one run, and it ends with its parent."""

import json
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from kdviz.endings import CRASHED, KILLED
from kdviz.errors import StoreError
from kdviz.jobs import TrainingProcess, execute, pause, resume, stop, submit
from tests.patience import PATIENCE_S, wait_until

pytestmark = pytest.mark.slow

CHILD = """
    import os, sys, torch  # torch: the fake trainer yields tensors
    from kdviz.jobs import execution, training_process
    from tests.jobs import fakes

    def distill(config, **given):
        for event in fakes.distill(config, **given):
            yield event
            if config.seed and type(event).__name__ == "SnapshotTaken":
                os.kill(os.getpid(), config.seed)

    endless = fakes.Endless()
    execution._trainer_distill = lambda: {"short": distill, "endless": endless, "failing":
        fakes.failing(RuntimeError("out of cheese"))}[sys.argv[1]]
    training_process.prepare_process = lambda: None
    training_process.train_on_request()
"""


def child(trainer: str) -> list[str]:
    """A child with a fake trainer, which after an epoch gets the signal that is the run's seed."""
    return [sys.executable, "-c", textwrap.dedent(CHILD), trainer]


@pytest.fixture
def process():
    """A maker of training processes that end with the test."""
    made = []

    def make(trainer="short"):
        made.append(TrainingProcess(child(trainer)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def seeded(store, config, seed):
    return submit(store, config.model_copy(update={"seed": int(seed)}))


def test_a_run_ends_with_the_weights_that_it_has_when_trained_here(store, tiny_config):
    here, there = submit(store, tiny_config()), submit(store, tiny_config())
    process = TrainingProcess()
    process.start()
    execute(store, here)
    process.train(store, there)
    process.close()
    assert store.run(there).state == "finished"
    assert store.weights_hash(there, "student") == store.weights_hash(here, "student")


def test_a_child_is_kept_between_runs(store, config, process):
    training = process()
    first = training._living()
    for run_id in [submit(store, config) for _ in range(2)]:
        training.train(store, run_id)
        assert store.run(run_id).state == "finished"
    assert training._living() is first


@pytest.mark.parametrize(
    ("number", "message"),
    [(signal.SIGSEGV, CRASHED), (signal.SIGKILL, KILLED)],
    ids=lambda given: getattr(given, "name", ""),
)  # fmt: skip
def test_a_child_that_dies_fails_its_run_alone_which_keeps_its_snapshot(
    store, config, process, number, message
):
    dying, next_one = seeded(store, config, number), submit(store, config)
    training = process()
    training.train(store, dying)
    training.train(store, next_one)
    assert (store.run(dying).state, store.run(dying).record.message) == ("failed", message)
    assert store.resume_state(dying)["epoch"] == 1
    assert store.run(next_one).state == "finished"


def test_after_an_error_the_next_run_gets_a_new_child(store, config, process):
    """CUDA computes no more in a process in which it failed."""
    training = process("failing")
    first = training._living()
    run_id = submit(store, config)
    training.train(store, run_id)
    assert store.run(run_id).record.message == "RuntimeError: out of cheese (the log has more)"
    assert first.poll() is not None
    assert training._living() is not first


def test_what_cannot_be_stored_is_raised_here(store, config, process):
    run_id = submit(store, config)
    stop(store, run_id)
    with pytest.raises(StoreError, match=f"run {run_id}: is cancelled, so it cannot be started"):
        process().train(store, run_id)


def test_requests_reach_the_child(store, config, process):
    run_id = submit(store, config)
    training = process("endless")
    thread = threading.Thread(target=training.train, args=(store, run_id))
    thread.start()
    wait_until(lambda: store.run(run_id).state == "running")
    pause(store, run_id)
    wait_until(lambda: store.run(run_id).state == "paused")
    resume(store, run_id)
    wait_until(lambda: store.run(run_id).state == "running")
    stop(store, run_id)
    thread.join(PATIENCE_S)
    assert store.run(run_id).state == "cancelled"


PARENT = """
    import json, sys
    from kdviz.jobs import TrainingProcess
    from kdviz.store import Store
    TrainingProcess(json.loads(sys.argv[1])).train(Store(sys.argv[2]), sys.argv[3])
"""


def test_a_child_ends_with_a_parent_that_is_killed(store, config):
    """Both write to one pipe, which ends when neither lives."""
    run_id = submit(store, config)
    given = [json.dumps(child("endless")), str(store.directory), run_id]
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(PARENT), *given], stderr=subprocess.PIPE)
    wait_until(lambda: store.run(run_id).state == "running" or parent.poll() is not None)
    assert parent.poll() is None
    parent.kill()
    parent.communicate(timeout=PATIENCE_S)
    assert store.mark_interrupted() == [run_id]
