"""Lines of the journal, read back by a parser of another library; and what a worker and a visitor leave in it."""

import logging
import shlex

import pytest

from kdviz.config import make_config
from kdviz.jobs import stop, submit
from kdviz.jobs.worker import Worker
from kdviz.journal import JournalLines, log_to_stderr, note
from kdviz.store import Store


@pytest.fixture
def lines():
    """Each line that is written while the test runs."""
    written = []
    logger = logging.getLogger("kdviz")
    handler = logging.Handler()
    handler.emit = lambda record: written.append(JournalLines().format(record))
    logger.addHandler(handler)
    before, _ = logger.level, logger.setLevel(logging.INFO)
    yield written
    logger.setLevel(before)
    logger.removeHandler(handler)


def pairs(line):
    """A line as a shell reads it: quotes hold a value together."""
    return dict(word.partition("=")[::2] for word in shlex.split(line))


def test_an_event_is_a_line_of_pairs(lines):
    note("run ended", run="a1", seconds=12.34567, message="", visitor=None)
    (line,) = lines
    assert {name: value for name, value in pairs(line).items() if name != "time"} == {
        "level": "info", "event": "run ended", "run": "a1", "seconds": "12.35",
    }  # fmt: skip


@pytest.mark.parametrize(
    "hostile", ["a\nlevel=error event=forged", 'x" run="other', "\x1b[31m", "a b=c", "\u2028"]
)
def test_no_value_can_forge_a_line_or_a_pair(lines, hostile):
    note("passphrase refused", visitor=hostile, address="::1")
    (line,) = lines
    assert line.splitlines() == [line]
    assert line.isprintable()
    assert sorted(pairs(line)) == ["address", "event", "level", "time", "visitor"]


def test_an_error_is_one_line_with_its_traceback(lines):
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("kdviz.any").exception("failed")
    (line,) = lines
    assert line.splitlines() == [line]
    assert "ValueError: two" in pairs(line)["traceback"]


def test_what_becomes_of_a_run_is_noted(lines, tmp_path):
    class Ends:
        def start(self):
            pass

        def train(self, store, run_id):
            store.set_state(run_id, "failed", "no memory left")
            worker._closing = True

        def close(self):
            pass

    store = Store(tmp_path)
    run = submit(
        store.as_seen_by("ab12"), make_config({"dataset": "shapes", "epochs": 2, "teacher_epochs": 1})
    )
    worker = Worker(store, "cpu", Ends())
    worker._loop()
    other = submit(store, make_config({"dataset": "shapes"}))
    stop(store, other)
    store.delete(other)
    noted = [pairs(line) for line in lines]
    assert [(each["event"], each["run"]) for each in noted] == [
        ("run queued", run), ("run started", run), ("run ended", run),
        ("run queued", other), ("stop requested", other), ("run deleted", other),
    ]  # fmt: skip
    assert noted[0]["visitor"] == "ab12"
    assert (noted[2]["state"], noted[2]["message"]) == ("failed", "no memory left")


def test_a_process_that_is_not_a_server_logs_nothing_of_it(capfd):
    note("run queued", run="a1")
    assert capfd.readouterr().err == ""


def test_asking_twice_writes_each_line_once(capfd):
    logger = logging.getLogger("kdviz")
    kept = logger.level, logger.propagate, list(logger.handlers)
    try:
        log_to_stderr()
        log_to_stderr()
        assert len(logger.handlers) == len(kept[2]) + 1
    finally:
        logger.setLevel(kept[0])
        logger.propagate, logger.handlers = kept[1], kept[2]
