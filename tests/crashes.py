"""A test process that died, as distinct from a check that failed."""

import pytest

EXIT_STATUS = 70
"""Of a session in which a process died; pytest's own go up to 5."""


class Crashes:
    """Gathers the tests during which a worker of pytest-xdist died, and names them at the end.

    Without workers there is nobody left to say so: the shell names the signal.
    """

    def __init__(self) -> None:
        self._running: list[str] = []

    @pytest.hookimpl(optionalhook=True)  # xdist's
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        self._running.append(crashitem)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._running:
            session.exitstatus = EXIT_STATUS

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for test in self._running:
            terminalreporter.write_line(
                f"The process died (native crash) while running {test}: not a failed check. "
                "Set KDVIZ_SAFE_KERNELS=1 to run without oneDNN.",
                red=True,
            )
