"""Runs in another process: stopped from here, or killed and resumed."""

import subprocess
import sys
import textwrap

import pytest

from kdviz.jobs import execute, pause, resume, stop, submit
from tests.jobs import fakes

pytestmark = pytest.mark.slow

RUNNER = """
    import sys
    from types import SimpleNamespace
    import torch
    from kdviz.jobs import execute, execution
    from kdviz.store import Store
    from kdviz.types import StepTaken
    from tests.jobs import fakes

    torch.set_num_threads(1)
    execution._config = lambda _store, run: SimpleNamespace(**vars(run.config), teacher_key="any", content={})  # loads in no time
    steps = 0

    def hear(event):
        global steps
        steps += isinstance(event, StepTaken)
        if isinstance(event, StepTaken) and steps == 7:
            print("seventh step", flush=True)
            sys.stdin.readline()

    trainer = {"endless": fakes.Endless(), "short": fakes.distill}[sys.argv[3]]
    print(execute(Store(sys.argv[1]), sys.argv[2], hear, trainer).state)
"""


def start(store, run_id, trainer) -> subprocess.Popen[str]:
    """A process that runs the run and stops for breath at its seventh step."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUNNER), str(store.directory), run_id, trainer],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "seventh step\n"
    return process


def test_a_killed_run_that_is_resumed_ends_with_the_weights_of_one_that_was_not(store, config, run_id):
    whole = submit(store, config)
    execute(store, whole, distill=fakes.distill)
    process = start(store, run_id, "short")
    assert store.run(run_id).state == "running"
    process.kill()
    process.communicate()
    resume(store, run_id)
    assert execute(store, run_id, distill=fakes.distill).state == "finished"
    assert store.weights_hash(run_id, "student") == store.weights_hash(whole, "student")
    assert [m[1:4] for m in store.metrics(run_id)] == [m[1:4] for m in store.metrics(whole)]


def test_requests_reach_a_run_in_another_process(store, run_id):
    process = start(store, run_id, "endless")
    pause(store, run_id)
    resume(store, run_id)
    stop(store, run_id)
    ended, _ = process.communicate("go on\n")
    assert ended == "cancelled\n"
    assert store.run(run_id).state == "cancelled"
