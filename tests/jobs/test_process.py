"""What is done once to a process that trains, seen from inside such a process."""

import json
import subprocess
import sys
from itertools import product

import pytest

PREPARED = """
import gc, threading
from kdviz.jobs import prepare_process
from kdviz.jobs.process import _cores

callers = [threading.Thread(target=prepare_process) for _ in range(4)]
for caller in callers: caller.start()
for caller in callers: caller.join()
import torch
frozen = gc.get_freeze_count()
garbage = [[] for _ in range(1000)]
prepare_process()
print(torch.get_num_threads() == max(1, _cores() - 1), frozen > 100_000, gc.get_freeze_count() == frozen)
"""


@pytest.mark.slow
def test_a_prepared_process_leaves_a_core_free_and_freezes_its_imports_once():
    done = subprocess.run([sys.executable, "-c", PREPARED], capture_output=True, text=True, check=True)
    assert done.stdout == "True True True\n"


COMPUTED = """
import json, os, sys, tempfile, threading
import captum.attr, scipy.stats, torch, torch._dynamo  # heavy: what follows is forked, so they are imported once
from torch.profiler import ProfilerActivity, profile
from kdviz.jobs import Worker, prepare_process
from kdviz.models import build
from kdviz.store import Store

def compute(*given):
    network = build("resnet8-lite", classes=2, input_shape=(3, 16, 16))
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        network(torch.zeros(2, 3, 16, 16)).sum().backward()
    print(json.dumps([process, asked, any("mkldnn" in event.key for event in profiled.key_averages())]), flush=True)
    computed.set()

for process, asked in json.loads(sys.argv[1]):
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
        continue
    computed = threading.Event()
    os.environ["KDVIZ_SAFE_KERNELS"] = asked
    if process == "the pages' worker":
        with tempfile.TemporaryDirectory() as runs:
            store = Store(runs)
            store.create({"device": "cpu"})
            worker = Worker(store, "cpu", compute)
            worker.start()
            assert computed.wait()
            worker.close()
    else:
        prepare_process()
        compute()
    break
"""
PROCESSES = ["the command line", "the pages' worker"]
ASKED = {"1": False, "0": True, "": True}


@pytest.fixture(scope="module")
def with_onednn():
    """By process and by what is asked of it: whether it computed with oneDNN."""
    cases = list(product(PROCESSES, ASKED))
    done = subprocess.run(
        [sys.executable, "-c", COMPUTED, json.dumps(cases)], stdout=subprocess.PIPE, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {(process, asked): found for process, asked, found in answers}


@pytest.mark.slow
@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize(("asked", "expected"), ASKED.items())
def test_safe_kernels_are_those_without_onednn(asked, expected, process, with_onednn):
    assert with_onednn[process, asked] is expected
