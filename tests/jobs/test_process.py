"""What is done once to a process that trains, seen from inside such a process."""

import os
import subprocess
import sys

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
import sys, threading
import torch
from torch.profiler import ProfilerActivity, profile
from kdviz.jobs import Worker, prepare_process
from kdviz.models import build
from kdviz.store import Store

computed = threading.Event()

def compute(*given):
    network = build("resnet8-lite", classes=2, input_shape=(3, 16, 16))
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        network(torch.zeros(2, 3, 16, 16)).sum().backward()
    print(any("mkldnn" in event.key for event in profiled.key_averages()))
    computed.set()

if sys.argv[1] == "the pages' worker":
    store = Store(sys.argv[2])
    store.create({"device": "cpu"})
    worker = Worker(store, "cpu", compute)
    worker.start()
    assert computed.wait(60)
    worker.close()
else:
    prepare_process()
    compute()
"""


@pytest.mark.slow
@pytest.mark.parametrize("process", ["the command line", "the pages' worker"])
@pytest.mark.parametrize(("asked", "with_onednn"), [("1", False), ("0", True), ("", True)])
def test_safe_kernels_are_those_without_onednn(asked, with_onednn, process, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", COMPUTED, process, str(tmp_path)],
        env={**os.environ, "KDVIZ_SAFE_KERNELS": asked}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[0] == str(with_onednn)
