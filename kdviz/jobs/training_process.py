"""A child process that trains runs, so that pages and training do not share an interpreter.

A crash in native code, or a process killed for its memory, ends one run; the server lives, and the next run
gets a new child. The parent writes a line for each run, [runs directory, run id]; the child answers with a
line, [an error that it could not store or "", whether it goes on]. Requests to pause or stop a run are in the
store.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NoReturn

from kdviz.endings import CRASHED, KILLED, PROCESS_ENDED
from kdviz.errors import StoreError
from kdviz.jobs.execution import execute
from kdviz.jobs.process import NATIVE_CRASHES, prepare_process
from kdviz.journal import log_to_stderr
from kdviz.store import Store

_NICENESS = 5
"""How far pages come first where both want a core."""

_THIS_MODULE = (sys.executable, "-m", __name__)
_LOG = logging.getLogger(__name__)


class TrainingProcess:
    """The child of a worker: started before it is needed, kept between runs, replaced when it has died.

    It ends with this process, even if that is killed: its standard input is then closed.
    """

    def __init__(self, command: Sequence[str] = _THIS_MODULE) -> None:
        self._command = command
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Have a child load PyTorch, so that a run need not wait for it."""
        self._living()

    def _living(self) -> subprocess.Popen[str]:
        """The child; a new one if there is none that lives."""
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
            )
        return self._child

    def train(self, store: Store, run_id: str) -> None:
        """Train a run in the child, and return when it has ended.

        If the child dies, the run has failed, with the cause as its message. Raises StoreError as `execute`.
        """
        child = self._living()
        answer = _asked(child, json.dumps([str(store.directory), run_id]))
        error, goes_on = json.loads(answer) if answer else ("", False)
        if not goes_on:
            self.close()
            self.start()
        if not answer:
            _store_death(store, run_id, child.returncode)
        if error:
            raise StoreError(error)

    def close(self) -> None:
        """End the child, which must be idle or dead."""
        if self._child is not None:
            self._child.communicate()
            self._child = None


def _asked(child: subprocess.Popen[str], line: str) -> str:
    """The child's answer to a line; "" if it dies."""
    requests, answers = _pipes(child)
    try:
        print(line, file=requests, flush=True)
    except BrokenPipeError:
        return ""
    return answers.readline()


def _pipes(child: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdin, child.stdout


def _store_death(store: Store, run_id: str, returncode: int) -> None:
    _LOG.error("the process that trained run %s ended with status %d", run_id, returncode)
    store.set_state(
        run_id, "failed", _cause(returncode), only_from={"queued", "running", "paused", "interrupted"}
    )


def _cause(returncode: int) -> str:
    """What ended a process, by its return code: negative for a signal."""
    if -returncode in NATIVE_CRASHES:
        return CRASHED
    return KILLED if -returncode == signal.SIGKILL else PROCESS_ENDED


def _environment() -> dict[str, str]:
    """The environment of this process, with which the child finds the same package."""
    found_in = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([found_in, known] if known else [found_in])}


def train_on_request() -> NoReturn:
    """Train the runs that are asked for, until the parent has gone or a run has failed.

    An error may leave more behind than its message: CUDA computes no more in a process in which it failed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, with which this process ends
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    requests: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    log_to_stderr()
    prepare_process()
    failed = False
    while not failed:
        directory, run_id = json.loads(requests.get())
        error = ""
        try:
            failed = execute(Store(directory), run_id).state == "failed"
        except StoreError as problem:
            error = str(problem)
        print(json.dumps([error, not failed]), file=answers, flush=True)
    os._exit(0)


def _listen(requests: queue.Queue[str]) -> NoReturn:
    """Queue what the parent asks for. When it has gone, end at once, as if this process had been killed."""
    for line in sys.stdin:
        requests.put(line)
    os._exit(1)


if __name__ == "__main__":
    train_on_request()
