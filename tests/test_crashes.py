"""A session in which a process died says so, and ends differently from one with a failed check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crashes import EXIT_STATUS, Crashes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


CONFTEST = """
from tests.crashes import Crashes

def pytest_configure(config):
    config.pluginmanager.register(Crashes())
"""


def child(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, from the root of the project, without the settings of this session."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "KDVIZ_"))
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def session(tmp_path):
    """Runs a file of tests in one worker."""
    (tmp_path / "conftest.py").write_text(CONFTEST)

    def run(tests: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "test_tiny.py"
        file.write_text(tests)
        options = ("--numprocesses", "1", "-p", "no:cacheprovider", f"--rootdir={tmp_path}")
        return child("-m", "pytest", *options, str(file))

    return run


def test_the_suite_watches_for_deaths(pytestconfig):
    assert [type(plugin) for plugin in pytestconfig.pluginmanager.get_plugins()].count(Crashes) == 1


def test_a_death_is_named_with_a_way_out_and_a_status_of_its_own(session):
    ended = session("import os\n\ndef test_fine(): pass\n\ndef test_deadly(): os.abort()\n")
    assert ended.returncode == EXIT_STATUS
    assert (
        "The process died (native crash) while running test_tiny.py::test_deadly: not a failed check. "
        "Set KDVIZ_SAFE_KERNELS=1 to run without oneDNN."
    ) in ended.stdout.splitlines()


def test_a_failed_check_is_not_called_a_death(session):
    ended = session("def test_wrong(): assert False\n")
    assert ended.returncode == pytest.ExitCode.TESTS_FAILED
    assert "died" not in ended.stdout


@pytest.mark.parametrize(("environment", "expected"), [({}, "True"), ({"KDVIZ_SAFE_KERNELS": "1"}, "False")])
def test_safe_kernels_do_without_onednn(environment, expected):
    code = "import torch, tests.conftest; print(torch.backends.mkldnn.enabled)"
    assert child("-c", code, **environment).stdout.strip() == expected
