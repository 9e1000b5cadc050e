"""Commands that compute do so in a child process: what is said of its end, and that it dies with its parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kdviz.cli.child import _Interrupts
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

DYING = """
import os, signal, sys

class Dying:
    def find_spec(self, name, path, target=None):
        if name == "torch":
            os.kill(os.getpid(), signal.{signal})

sys.meta_path.insert(0, Dying())
"""
COUNTING = """
import os
with open({file!r}, "a") as file:
    file.write(f"{{os.getpid()}}\\n")
"""
# What a run needs for its final figures alone; to import it takes longer than the first epochs.
WITHOUT_FIGURES = """
import sys, types
sys.modules.update((name, types.ModuleType(name)) for name in ("captum", "captum.attr", "scipy.stats"))
"""


@pytest.fixture
def tiny(tiny_folder):
    """Options for a run of about a second."""
    return [
        "distill", "--dataset", "folder", "--data", str(tiny_folder), "--image-size", "16",
        "--teacher", "resnet8-lite", "--teacher-width", "0.5", "--teacher-epochs", "1",
        "--student", "resnet8-lite", "--student-width", "0.25", "--epochs", "2",
        "--batch-size", "16", "--train-count", "64", "--explanation-weight", "3", "--device", "cpu",
    ]  # fmt: skip


@pytest.fixture
def start(tmp_path):
    """Starts the command line on a runs directory of its own; `at_start` is run by every Python process of it."""

    def started(*arguments, at_start="", **environment):
        (tmp_path / "sitecustomize.py").write_text(at_start)
        return subprocess.Popen(
            [sys.executable, "-m", "kdviz", *arguments],
            cwd=ROOT,
            env={**os.environ, "KDVIZ_RUNS_DIR": str(tmp_path / "runs"), "PYTHONPATH": str(tmp_path), **environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    return started


@pytest.fixture
def ended(start):
    """The exit status of a command, and what it wrote on standard error."""

    def called(*arguments, **how):
        process = start(*arguments, **how)
        _, said = process.communicate()
        return process.returncode, said.splitlines()

    return called


@pytest.mark.parametrize("name", ["SIGABRT", "SIGSEGV"])
def test_a_native_crash_is_one_line_with_its_way_out_and_a_status_of_its_own(name, tiny, ended, tmp_path):
    status, said = ended(*tiny, at_start=DYING.format(signal=name))
    (run,) = Store(tmp_path / "runs").runs()
    assert said == [
        f"the process died: {name} in native code. Set KDVIZ_SAFE_KERNELS=1 to compute without oneDNN; "
        f"resume with: python -m kdviz resume {run.id} --runs-dir {tmp_path / 'runs'}"
    ]
    assert status == 128 + signal.Signals[name]


def test_a_run_that_crashed_is_gone_on_with(tiny, ended, tmp_path):
    ended(*tiny, at_start=DYING.format(signal="SIGABRT"))
    store = Store(tmp_path / "runs")
    assert store.mark_interrupted() == [run.id for run in store.runs()]
    status, _ = ended("resume", store.runs()[0].id)
    assert status == 0
    assert [run.state for run in store.runs()] == ["finished"]


def test_safe_kernels_are_not_advised_where_they_are_in_force(tiny, ended, tmp_path):
    _, said = ended(*tiny, at_start=DYING.format(signal="SIGABRT"), KDVIZ_SAFE_KERNELS="1")
    (run,) = Store(tmp_path / "runs").runs()
    assert said == [
        f"the process died: SIGABRT in native code. Resume with: python -m kdviz resume {run.id} --runs-dir {tmp_path / 'runs'}"
    ]


def test_a_child_that_was_killed_is_not_blamed_on_native_code(tiny, ended, tmp_path):
    status, said = ended(*tiny, at_start=DYING.format(signal="SIGKILL"))
    (run,) = Store(tmp_path / "runs").runs()
    assert said == [
        f"the process died: SIGKILL. Resume with: python -m kdviz resume {run.id} --runs-dir {tmp_path / 'runs'}"
    ]
    assert status == 128 + signal.SIGKILL


def test_a_study_that_crashed_is_gone_on_with_as_a_study(tiny_folder, ended, tmp_path):
    file = tmp_path / "few.toml"
    file.write_text(f"name = 'Few'\n[settings]\ndataset = 'folder'\ndata = '{tiny_folder}'\n")
    status, said = ended("study", str(file), at_start=DYING.format(signal="SIGABRT"))
    assert said[-1].endswith(f"; resume with: python -m kdviz study {file} --runs-dir {tmp_path / 'runs'}")
    assert status == 128 + signal.SIGABRT


def test_a_failure_keeps_its_line_and_its_status(tiny, ended):
    status, said = ended(*tiny, "--batch-size", "500", at_start=WITHOUT_FIGURES)
    assert status == 1
    assert said[-1].endswith(
        "failed: batch_size: 500 is more than the 64 training images. Choose at most 64."
    )


@pytest.mark.parametrize(
    ("arguments", "processes"),
    [
        (["distill", "--temperature", "0"], 1),
        (["explain", "no-such-run"], 1),
        (["explain", "RUN", "--explainer", "Grad-CAM"], 1),
        (["report", "no-such-run"], 1),
        (["study", "no-such-file.toml"], 1),
        (["show", "RUN"], 1),
        (["report", "RUN", "--out", "/no/such/folder/report.html"], 2),
    ],
)
def test_a_child_is_started_only_where_something_is_computed(arguments, processes, ended, tmp_path):
    store, started = Store(tmp_path / "runs"), tmp_path / "started"
    offer_prepared_run(store)
    run = store.runs()[0].id
    at_start = COUNTING.format(file=str(started)) + DYING.format(signal="SIGKILL")  # once all are counted
    ended(*(run if each == "RUN" else each for each in arguments), at_start=at_start)
    assert len(started.read_text().splitlines()) == processes


@pytest.mark.parametrize("reaches", ["the parent alone", "both, as from a terminal"])
def test_an_interruption_ends_the_run_in_order_and_is_said_once(reaches, tiny, start, tmp_path):
    process = start(*tiny, "--epochs", "500", at_start=WITHOUT_FIGURES)
    said = [process.stderr.readline() for _ in range(4)]
    if reaches == "the parent alone":
        process.send_signal(signal.SIGINT)
    else:
        os.killpg(process.pid, signal.SIGINT)
    said += process.communicate()[1].splitlines()
    (run,) = Store(tmp_path / "runs").runs()
    assert [line for line in said if "Interrupted" in line] == [
        f"Interrupted. Resume with: python -m kdviz resume {run.id} --runs-dir {tmp_path / 'runs'}"
    ]
    assert process.returncode == 130
    assert (run.state, run.record.message) == (
        "interrupted",
        "Interrupted. Resume goes on from the last full epoch.",
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_child_dies_with_its_parent(number, tiny, start, tmp_path):
    """Both hold standard error: its end is the end of both."""
    process = start(*tiny, "--epochs", "500", at_start=WITHOUT_FIGURES)
    for _ in range(4):
        process.stderr.readline()
    process.send_signal(number)
    process.communicate()
    store = Store(tmp_path / "runs")
    assert store.mark_interrupted() == [run.id for run in store.runs()]


def test_the_same_interruption_is_raised_once_and_a_later_one_again():
    interrupts = _Interrupts(iter([10.0, 10.2, 20.0]).__next__)
    with pytest.raises(KeyboardInterrupt):
        interrupts(signal.SIGINT, None)
    interrupts(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt):
        interrupts(signal.SIGINT, None)
