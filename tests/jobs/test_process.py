"""What is done once to a process that trains, seen from inside such a process."""

import json
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
import json, os, sys
import captum.attr, scipy.stats, torch, torch._dynamo  # heavy: what follows is forked, so they are imported once
from torch.profiler import ProfilerActivity, profile
from kdviz.jobs import prepare_process
from kdviz.models import build

for asked in json.loads(sys.argv[1]):
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
        continue
    os.environ["KDVIZ_SAFE_KERNELS"] = asked
    prepare_process()
    network = build("resnet8-lite", classes=2, input_shape=(3, 16, 16))
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        network(torch.zeros(2, 3, 16, 16)).sum().backward()
    print(json.dumps([asked, any("mkldnn" in event.key for event in profiled.key_averages())]), flush=True)
    break
"""
ASKED = {"1": False, "0": True, "": True}


@pytest.mark.slow
def test_safe_kernels_are_those_without_onednn():
    """By what is asked of a process: whether it computes with oneDNN."""
    done = subprocess.run(
        [sys.executable, "-c", COMPUTED, json.dumps(list(ASKED))],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")) == ASKED
