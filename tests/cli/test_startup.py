"""What a command imports before it computes anything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "torchvision", "captum", "scipy", "matplotlib", "pandas", "plotly", "streamlit"}
# What every command begins with is imported once; then each goes on in a fork of its own.
PROBE = """
import atexit, json, os, sys
from kdviz.cli import main

def tell():
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    os.write(answer, (json.dumps(loaded) + "\\n").encode())

for line in sys.stdin:
    child = os.fork()
    if child:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    answer, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.argv[1:] = json.loads(line)
    atexit.register(tell)
    sys.exit(main())
"""


@pytest.fixture(scope="module")
def imported_by(runs_dir):
    """Calls a command in a process of its own: its exit status, and the packages that it has imported."""
    with subprocess.Popen(
        [sys.executable, "-c", PROBE],
        cwd=ROOT, env={"KDVIZ_RUNS_DIR": str(runs_dir), "PATH": ""},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    ) as process:  # fmt: skip

        def called(arguments):
            process.stdin.write(json.dumps(arguments) + "\n")
            loaded = set(json.loads(process.stdout.readline()))
            return int(process.stdout.readline()), loaded

        yield called


@pytest.fixture(scope="module")
def runs_dir(tmp_path_factory):
    """A runs directory with the prepared run."""
    from kdviz.store import Store
    from kdviz.store.prepared import offer_prepared_run

    directory = tmp_path_factory.mktemp("runs")
    offer_prepared_run(Store(directory))
    return directory


@pytest.fixture(scope="module")
def run_id(runs_dir):
    from kdviz.store import Store

    return Store(runs_dir).runs()[0].id


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["distill", "--help"],
        ["study", "--help"],
        ["runs"],
        ["runs", "--json"],
        ["show", "RUN"],
        ["compare", "RUN", "RUN"],
        ["datasets"],
        ["models"],
        ["export", "RUN", "--out", "OUT/run.zip"],
        ["import", "OUT/prepared.zip"],
    ],
    ids=" ".join,
)
def test_a_command_that_computes_nothing_imports_nothing_heavy(arguments, imported_by, run_id, tmp_path):
    if arguments[0] == "import":
        from kdviz.store.prepared import RUN

        (tmp_path / "prepared.zip").symlink_to(RUN)
    given = [each.replace("RUN", run_id).replace("OUT", str(tmp_path)) for each in arguments]
    status, loaded = imported_by(given)
    assert status == 0
    assert not HEAVY & loaded


@pytest.mark.parametrize(
    "arguments",
    [
        ["distil"],
        ["distill", "--temperatur", "4"],
        ["distill", "--temperature", "0"],
        ["distill", "--teacher", "Resnet18"],
        ["distill", "--dataset", "folder"],
        ["resume", "no-such-run"],
        ["resume", "RUN"],
        ["show", "no-such-run"],
        ["compare", "RUN"],
        ["explain", "no-such-run"],
        ["explain", "RUN", "--explainer", "Grad-CAM"],
        ["explain", "RUN", "--target", "techer"],
        ["report", "no-such-run"],
        ["study", "no-such-file.toml"],
        ["study", "WRONG.toml"],
        ["import", "no-such-file.zip"],
    ],
    ids=" ".join,
)
def test_a_refusal_imports_nothing_heavy(arguments, imported_by, run_id, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 'wrong'\n[grid]\nteacher = ['Resnet18']\n")
    given = [each.replace("RUN", run_id).replace("WRONG.toml", str(wrong)) for each in arguments]
    status, loaded = imported_by(given)
    assert status in (1, 2)
    assert not HEAVY & loaded


def test_a_command_that_computes_does_import_pytorch(imported_by, tmp_path):
    """The probe sees what it is looking for."""
    from safetensors.torch import save_file

    from kdviz.models import build

    weights = build("simple-cnn", classes=3, input_shape=(3, 32, 32)).state_dict()
    save_file({name: each.contiguous() for name, each in weights.items()}, tmp_path / "weights.safetensors")
    status, loaded = imported_by(["inspect", str(tmp_path / "weights.safetensors")])
    assert status == 0
    assert "torch" in loaded
