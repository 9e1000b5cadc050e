"""What is done once to a process that trains, seen from inside such a process."""

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
