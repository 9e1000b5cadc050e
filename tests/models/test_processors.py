"""On every processor a training step survives, and its gradients are right.

oneDNN chooses its kernels by the processor; ONEDNN_MAX_CPU_ISA makes it choose as on an older one. A kernel
that writes past its buffer kills the process, so each processor has a process of its own. The damage may be
noticed some steps after it was done: of a death, the step is named in which it came.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.networks import TESTED_NETWORKS

pytestmark = pytest.mark.slow

TOLERANCE = 1e-3
"""Of a tensor's gradient. Rounding alone gave up to 3e-4, on EfficientNet-B0 (AMD EPYC with AVX-512)."""

OWN = "its own instructions"
PROCESSORS = {"SSE41": "SSE41", "AVX2": "AVX2", OWN: None}


def steps(what: str, file: Path, isa: str | None = None) -> subprocess.CompletedProcess[str]:
    """The steps of tests/models/steps.py, in a process of their own."""
    environment = {name: value for name, value in os.environ.items() if name != "ONEDNN_MAX_CPU_ISA"}
    if isa is not None:
        environment["ONEDNN_MAX_CPU_ISA"] = isa
    command = [sys.executable, "-m", "tests.models.steps", what, str(file)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def faults(child: subprocess.CompletedProcess[str], processor: str) -> list[str]:
    """What went wrong, a line each."""
    taken: dict[str, dict[str, object]] = {}
    step = "its start"
    for line in map(json.loads, child.stdout.splitlines()):
        step = line.get("step", step)
        taken[step] = line
    found = [
        f"{step}: the gradient of {line['tensor']} is off by {line['error']:.2g} under {processor}"
        for step, line in taken.items()
        if "error" in line and not line["error"] <= TOLERANCE
    ]
    if child.returncode < 0:
        found.append(f"died by {signal.Signals(-child.returncode).name} under {processor} at {step}")
    elif child.returncode:
        found.append(f"failed under {processor} at {step}: {child.stderr.strip()}")
    return found


@pytest.fixture(scope="module")
def reference():
    """A file with the float64 gradients of every step; some hundred megabytes, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "gradients.pt")
        assert faults(steps("reference", file), "float64") == []
        yield file


@pytest.mark.parametrize("processor", PROCESSORS)
def test_every_network_and_loss_takes_a_right_step(processor, reference):
    child = steps("check", reference, PROCESSORS[processor])
    assert faults(child, processor) == []
    assert all(child.stdout.count(f'"{name} width') >= 2 for name in TESTED_NETWORKS)


def ended(code: int, *lines: dict[str, object]) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, "\n".join(map(json.dumps, lines)), "Trouble\n")


AT = {"step": "resnet8 width 0.5, contiguous"}


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        (ended(0, AT, {"tensor": "head.2.bias", "error": 1e-4}), []),
        (ended(-signal.SIGABRT, AT), ["died by SIGABRT under AVX2 at resnet8 width 0.5, contiguous"]),
        (ended(-signal.SIGSEGV), ["died by SIGSEGV under AVX2 at its start"]),
        (ended(1, AT), ["failed under AVX2 at resnet8 width 0.5, contiguous: Trouble"]),
        (
            ended(0, AT, {"tensor": "head.2.bias", "error": float("nan")}),
            ["resnet8 width 0.5, contiguous: the gradient of head.2.bias is off by nan under AVX2"],
        ),
    ],
)
def test_a_fault_names_the_step_and_the_processor(child, expected):
    assert faults(child, "AVX2") == expected
