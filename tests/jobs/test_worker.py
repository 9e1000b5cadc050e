"""The worker: runs in order, woken at once, never two at a time, never dead."""

import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kdviz.device import resolve_device
from kdviz.jobs import Worker, ensure_worker, ensure_workers, execute, submit, worker
from kdviz.store import Store
from tests.jobs import fakes
from tests.patience import PATIENCE_S


class Diary:
    """Runs with the fake trainer, and tells when so many have been run."""

    def __init__(self, wanted: int) -> None:
        self.ids: list[str] = []
        self._wanted = wanted
        self._done = threading.Event()

    def run(self, store, run_id):
        execute(store, run_id, distill=fakes.distill)
        self.note(run_id)

    def note(self, run_id):
        self.ids.append(run_id)
        if len(self.ids) == self._wanted:
            self._done.set()

    def wait(self):
        assert self._done.wait(PATIENCE_S)
        return self.ids


@pytest.fixture
def hire(store):
    """A maker of workers that end with the test."""
    hired = []

    def start(run, device="cpu"):
        hired.append(Worker(store, device, fakes.TrainedHere(run)))
        hired[-1].start()
        return hired[-1]

    yield start
    for each in hired:
        each.close()


def test_queued_runs_are_run_in_order(store, config, hire):
    ids = [submit(store, config) for _ in range(3)]
    diary = Diary(3)
    hire(diary.run)
    assert diary.wait() == ids
    assert {store.run(run_id).state for run_id in ids} == {"finished"}


def test_an_idle_worker_is_woken_by_a_submission(store, config, hire, monkeypatch):
    monkeypatch.setattr(worker, "POLL_S", 10 * PATIENCE_S)
    diary = Diary(1)
    hire(diary.run)
    run_id = submit(store, config)
    assert diary.wait() == [run_id]


def test_a_run_that_another_process_queued_is_found_too(store, config, hire, monkeypatch):
    """No bell rings here: the worker has to look."""
    monkeypatch.setattr(worker, "POLL_S", 0.01)
    diary = Diary(1)
    hire(diary.run)
    run_id = store.create(config.model_dump(mode="json"))
    assert diary.wait() == [run_id]


def test_two_workers_on_one_directory_never_work_at_once(store, config, hire, monkeypatch):
    monkeypatch.setattr(worker, "POLL_S", 0.01)
    ids = [submit(store, config) for _ in range(4)]
    diary, inside = Diary(4), []

    def run(store, run_id):
        inside.append(run_id)
        assert len(inside) == 1
        execute(store, run_id, distill=fakes.distill)
        inside.remove(run_id)
        diary.note(run_id)

    hire(run)
    hire(run)
    assert diary.wait() == ids


def test_a_run_that_cannot_be_run_does_not_keep_the_next_waiting(store, config, hire, caplog, monkeypatch):
    monkeypatch.setattr(worker, "POLL_S", 0.01)
    bad, good = submit(store, config), submit(store, config)
    diary, tries = Diary(1), Diary(5)

    def run(store, run_id):
        if run_id == bad:
            tries.note(run_id)
            raise RuntimeError("no such luck")
        diary.run(store, run_id)

    thread = hire(run)
    assert diary.wait() == [good]
    tries.wait()
    assert thread.alive
    assert caplog.text.count("RuntimeError: no such luck") == 1


def test_ending_a_worker_waits_for_the_run_at_hand_and_leaves_the_rest(store, config, hire):
    first, second = submit(store, config), submit(store, config)
    begun, go_on = threading.Event(), threading.Event()

    def run(store, run_id):
        begun.set()
        assert go_on.wait(PATIENCE_S)
        execute(store, run_id, distill=fakes.distill)

    thread = hire(run)
    assert begun.wait(PATIENCE_S)
    ender = threading.Thread(target=thread.close)
    ender.start()
    go_on.set()
    ender.join(PATIENCE_S)
    assert not thread.alive
    assert [store.run(run_id).state for run_id in (first, second)] == ["finished", "queued"]


WORKER = """
    import sys, threading
    from kdviz.jobs import Worker
    from kdviz.store import Store
    from tests.jobs import fakes

    def run(store, run_id):
        with store.hold(run_id):
            store.claim(run_id)
            print(run_id, flush=True)
            sys.stdin.readline()

    Worker(Store(sys.argv[1]), "cpu", fakes.TrainedHere(run)).start()
    threading.Event().wait()
"""


@pytest.mark.parametrize("by_themselves", ["0", "1"])
def test_a_worker_takes_over_when_another_process_is_killed(store, config, hire, monkeypatch, by_themselves):
    """And what that process was at goes on, or is interrupted, as the server is set."""
    monkeypatch.setattr(worker, "POLL_S", 0.01)
    monkeypatch.setenv("KDVIZ_RESUME_RUNS", by_themselves)
    first, second = submit(store, config), submit(store, config)
    other = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WORKER), str(store.directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout.readline() == f"{first}\n"
    expected = {"0": [second], "1": [first, second]}[by_themselves]
    diary = Diary(len(expected))
    hire(diary.run)
    assert diary.ids == []
    other.kill()
    other.communicate()
    assert diary.wait() == expected
    assert store.run(first).state == {"0": "interrupted", "1": "finished"}[by_themselves]


def test_a_process_has_one_worker_for_a_directory(store, monkeypatch):
    monkeypatch.setattr(worker, "_workers", {})
    stores = [store, *(Store(store.directory) for _ in range(7))]
    with ThreadPoolExecutor(8) as threads:
        hired = set(threads.map(ensure_worker, stores))
    assert len(hired) == 1
    assert set(ensure_workers(store)) >= hired
    first = ensure_worker(store)
    for each in ensure_workers(store):
        each.close()
    second = ensure_worker(store)
    assert second is not first
    second.close()


def test_runs_go_to_the_worker_of_their_device(store, config, hire, monkeypatch):
    monkeypatch.setattr("kdviz.device.available_devices", lambda: ("cuda", "cpu"))
    settings = config.model_dump(mode="json")
    ids = {device: store.create({**settings, "device": device}) for device in ("cpu", "cuda", "auto")}
    on_cpu, on_cuda = Diary(1), Diary(2)

    def into(diary):
        def run(store, run_id):
            store.set_state(run_id, "finished")
            diary.note(run_id)

        return run

    hire(into(on_cpu), "cpu")
    hire(into(on_cuda), "cuda")
    assert on_cpu.wait() == [ids["cpu"]]
    assert on_cuda.wait() == [ids["cuda"], ids["auto"]]


def test_a_device_that_is_not_there_is_the_trainers_to_refuse(monkeypatch):
    """Such a run must not wait for ever: the worker there is takes it, and it fails with a clear line."""
    monkeypatch.setattr("kdviz.device.available_devices", lambda: ("cpu",))
    assert [resolve_device(device) for device in ("auto", "cpu", "cuda")] == ["cpu", "cpu", "cpu"]
