"""What a command imports before it computes anything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "torchvision", "captum", "scipy", "matplotlib", "pandas", "plotly", "streamlit"}
PROBE = """
import atexit, sys
from kdviz.cli import main
atexit.register(lambda: print("loaded:", *{name.partition(".")[0] for name in sys.modules}))
main()
"""


def imported_by(arguments, runs_dir):
    """The exit status of a command in a fresh process, and the packages that it has imported."""
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=ROOT, env={"KDVIZ_RUNS_DIR": str(runs_dir), "PATH": ""}, capture_output=True, text=True,
    )  # fmt: skip
    *_, loaded = ended.stdout.splitlines()
    assert loaded.startswith("loaded: ")
    return ended.returncode, set(loaded.split()[1:])


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
def test_a_command_that_computes_nothing_imports_nothing_heavy(arguments, runs_dir, run_id, tmp_path):
    if arguments[0] == "import":
        from kdviz.store.prepared import RUN

        (tmp_path / "prepared.zip").symlink_to(RUN)
    given = [each.replace("RUN", run_id).replace("OUT", str(tmp_path)) for each in arguments]
    status, loaded = imported_by(given, runs_dir)
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
def test_a_refusal_imports_nothing_heavy(arguments, runs_dir, run_id, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("name = 'wrong'\n[grid]\nteacher = ['Resnet18']\n")
    given = [each.replace("RUN", run_id).replace("WRONG.toml", str(wrong)) for each in arguments]
    status, loaded = imported_by(given, runs_dir)
    assert status in (1, 2)
    assert not HEAVY & loaded


def test_a_command_that_computes_does_import_pytorch(runs_dir):
    """The probe sees what it is looking for."""
    status, loaded = imported_by(["models", "--image-size", "33"], runs_dir)
    assert status == 0
    assert "torch" in loaded
