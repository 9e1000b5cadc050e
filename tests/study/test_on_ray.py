"""A study on a Ray of this machine: the same figures, bit for bit, and a way to go on from every end."""

import json
import socket
import sys
from contextlib import nullcontext
from functools import partial
from unittest.mock import MagicMock

import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from kdviz.cli import app
from kdviz.errors import ConfigError
from kdviz.jobs import continued, execute, pause, resume, stop, submit
from kdviz.store import Store, to_plain
from kdviz.study import Point, carry_out, read_study
from kdviz.study.on_ray import Cluster, _check_files, _with_local_key, cluster
from kdviz.types import SnapshotTaken, StepTaken, TeacherReady

ray = pytest.importorskip("ray")

TINY = """
name = "Tiny"
per_image = true

[settings]
dataset = "folder"
data = '{folder}'
image_size = 16
teacher = "resnet8-lite"
teacher_width = 0.5
teacher_epochs = 1
student = "resnet8-lite"
student_width = 0.25
epochs = 2
batch_size = 16
device = "cpu"
arms = ["student", "twin"]

[grid]
explanation_weight = {weights}
train_count = {counts}
"""
DIFFERS = ["run", "seconds"]


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A Ray of this machine with two CPUs; it costs seconds, and so does each worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ray, "init", partial(ray.init, num_cpus=2))
        patch.setenv("RAY_worker_niceness", "0")  # on a busy machine they would wait for long
        with cluster("local") as there:
            yield there
    assert not ray.is_initialized()


@pytest.fixture(scope="module")
def written(tiny_folder, tmp_path_factory):
    """A maker of study files."""

    def write(weights, counts):
        file = tmp_path_factory.mktemp("studies") / "tiny.toml"
        file.write_text(TINY.format(folder=tiny_folder, weights=weights, counts=counts))
        return file

    return write


@pytest.fixture(scope="module")
def both(there, written, tmp_path_factory):
    """The same study from the command line, here and on Ray: (result, store, folder of tables) of each.

    The runs of 5000 images fail: the folder has not so many.
    """
    file = written([0, 3], [64, 5000])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kdviz.cli.study.prepare_process", lambda: None)
        patch.setattr("kdviz.study.on_ray.cluster", lambda address: nullcontext(there))
        return [called(file, tmp_path_factory.mktemp("runs"), given) for given in ([], ["--ray", "local"])]


def called(file, folder, given):
    out = folder / "tables"
    command = ["study", str(file), "--runs-dir", str(folder), "--out", str(out), "--json", *given]
    return CliRunner().invoke(app, command), Store(folder), out


def assert_same(run, store, other, other_store):
    """The same end, figures and weights, to the last bit."""
    assert (run.state, run.record.message) == (other.state, other.record.message)
    assert json.dumps(to_plain(run.results or {})) == json.dumps(to_plain(other.results or {}))
    for arm in run.results or ():
        weights, others = store.weights(run.id, arm), other_store.weights(other.id, arm)
        assert weights.keys() == others.keys()
        assert all(torch.equal(weights[name], others[name]) for name in weights)


@pytest.mark.slow
def test_the_tables_are_those_of_the_study_here(both):
    here, on_ray = (pd.read_csv(out / "runs.csv") for _, _, out in both)
    assert len(here) == 2 + 3
    pd.testing.assert_frame_equal(here.drop(columns=DIFFERS), on_ray.drop(columns=DIFFERS), check_exact=True)
    here, on_ray = ((out / "summary.csv").read_bytes() for _, _, out in both)
    assert here == on_ray


@pytest.mark.slow
def test_the_runs_are_those_of_the_study_here(both):
    (_, store, _), (_, on_ray, _) = both
    there = {run.record.config_key: run for run in on_ray.runs()}
    assert len(there) == len(store.runs()) == 4
    for run in store.runs():
        assert_same(run, store, there[run.record.config_key], on_ray)


@pytest.mark.slow
def test_a_run_that_fails_is_named_and_the_others_are_finished(both):
    for result, store, _ in both:
        assert result.exit_code == 1
        answer = json.loads(result.stdout)
        assert (answer["runs"], answer["trained"], len(answer["failed"])) == (4, 4, 2)
        assert sorted(run.state for run in store.runs()) == ["failed", "failed", "finished", "finished"]
        assert "explanation_weight = 3, train_count = 5000: run " in result.stderr


@pytest.mark.slow
def test_the_teacher_is_trained_once(both):
    for _, store, _ in both:
        stages = [{metric.stage for metric in store.metrics(run.id)} for run in store.runs()]
        assert stages.count({"teacher", "students"}) == stages.count({"students"}) == 1


@pytest.mark.slow
def test_only_the_study_is_printed(both):
    """A line a run in each, and none of Ray's."""
    here, on_ray = (result.stderr.splitlines() for result, _, _ in both)
    assert len(here) == len(on_ray) == 1 + 4 + 2
    assert on_ray[0] == "Tiny: 4 runs."


class AskedStore(Store):
    """Lets a run go on as soon as it has paused."""

    pauses = 0

    def set_state(self, run_id, state, message="", *, only_from=()):
        changed = super().set_state(run_id, state, message, only_from=only_from)
        if state == "paused":
            self.pauses += 1
            resume(self, run_id)
        return changed


def ask(store, point, event):
    """To pause after the students' first step, and to stop after the second."""
    if isinstance(event, StepTaken) and event.stage == "students":
        (pause if event.step == 1 else stop)(store, store.runs()[0].id)


def interrupt(point, event):
    if isinstance(event, SnapshotTaken) and event.stage == "students" and event.epoch == 1:
        raise KeyboardInterrupt


@pytest.mark.slow
def test_a_run_is_paused_stopped_interrupted_and_gone_on_with(there, both, written, tmp_path):
    """Its worker ends with it each time; the figures are the same, bit for bit."""
    store, (study, points) = AskedStore(tmp_path), read_study(written([3], [64]))
    on_ray = partial(carry_out, store, study, points, execute=there.execute, at_once=2)
    (stopped,) = on_ray(on_event=partial(ask, store))
    assert (stopped.run.state, store.pauses) == ("cancelled", 1)
    with pytest.raises(KeyboardInterrupt):
        list(on_ray(on_event=interrupt))
    (run,) = store.runs()
    assert (run.state, run.record.attempt) == ("interrupted", 2)
    (done,) = on_ray()
    assert (done.run.state, done.run.record.attempt) == ("finished", 3)
    here = both[0][1]
    assert_same(
        done.run,
        store,
        next(run for run in here.runs() if run.record.config_key == done.run.record.config_key),
        here,
    )


class LostRay:
    """A Ray whose workers are lost with an error as soon as they are asked for anything."""

    exceptions = ray.exceptions

    def __init__(self, error):
        self.error = error
        self.killed = []

    def cluster_resources(self):
        return {"CPU": 2.0}

    def remote(self, **needs):
        assert needs == {"num_cpus": 1, "num_gpus": 0}
        return lambda worker: MagicMock()

    def wait(self, asked, timeout):
        return asked, []

    def get(self, asked):
        raise self.error

    def kill(self, worker):
        self.killed.append(worker)


LOST = (
    "ray: the worker of this run was lost: {}. Check that kdviz is installed there and that "
    "memory suffices. Resume continues from the last full epoch."
)
FAR = (
    "\x1b[36mray::RayWorker.start()\x1b[39m (pid=7, ip=192.0.2.2)\nTraceback (most recent call last):\n  …\n"
    "ModuleNotFoundError: No module named 'kdviz'"
)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ray.exceptions.ActorDiedError(), "The actor died unexpectedly before finishing this task"),
        (ray.exceptions.RayError(FAR), "ModuleNotFoundError: No module named 'kdviz'"),
        (ray.exceptions.RayError(), "RayError"),
    ],
)
def test_a_lost_worker_fails_its_run_in_one_line(tmp_path, tiny_config, error, why):
    store, lost = Store(tmp_path), LostRay(error)
    run = Cluster(lost).execute(store, submit(store, tiny_config(), foreground=True))
    assert (run.state, run.record.message) == ("failed", LOST.format(why))
    assert len(lost.killed) == 1


@pytest.mark.parametrize(
    ("device", "cpus", "gpus", "count", "slots"),
    [
        ("cpu", 8, 2, 5, 5),
        ("cpu", 2, 2, 5, 2),
        ("auto", 8, 2, 5, 2),
        ("auto", 8, 0, 5, 5),
        ("auto", 0, 0, 5, 1),
        ("auto", 8, 2, 0, 1),
    ],
)
def test_there_are_as_many_slots_as_runs_can_be_trained_at_once(
    tiny_config, device, cpus, gpus, count, slots
):
    fake = LostRay(None)
    fake.cluster_resources = lambda: {"CPU": float(cpus), "GPU": float(gpus), "memory": 1e9}
    assert Cluster(fake).slots([Point("", tiny_config(device=device))] * count) == slots


KNOWN = "Known: local, auto, ray://HOST:10001, HOST:6379."


@pytest.mark.parametrize(
    "address", ["nowhere", "", "nowhere:port", "ray://", ":6379", "ray://nowhere", "host:-1"]
)
def test_a_malformed_address_is_refused_in_one_line(address):
    assert refusal(address) == f"ray: {address!r} is not an address. {KNOWN}"


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nothing_answers_is_refused_in_one_line(scheme):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"{scheme}127.0.0.1:{taken.getsockname()[1]}"
    assert refusal(address) == (
        f"ray: nothing answers at {address!r}: Connection refused. Start Ray there, or correct the address."
    )


@pytest.mark.parametrize("address", ["127.0.0.1:99999", "no..host:6379"])
def test_an_address_that_cannot_be_is_refused_in_one_line(address):
    said = refusal(address)
    assert said.startswith(f"ray: nothing answers at {address!r}: ")
    assert len(said.splitlines()) == 1


def test_rays_message_about_an_address_is_passed_on(monkeypatch):
    def init(address, **how):
        raise AssertionError("no\nsession")

    monkeypatch.setattr(ray, "init", init)
    assert refusal("auto") == (
        f"ray: 'auto' cannot be used: no. {KNOWN} If it requires a token, set RAY_AUTH_MODE=token and "
        "RAY_AUTH_TOKEN."
    )


def test_ray_that_is_not_installed_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert refusal("local") == 'ray: is not installed. Install it with: pip install "ray[client]"'


def test_a_study_is_refused_before_anything_is_trained(written, tmp_path, monkeypatch):
    monkeypatch.setattr("kdviz.cli.study.prepare_process", lambda: None)
    result, store, out = called(written([0], [64]), tmp_path, ["--ray", "nowhere"])
    assert result.exit_code == 1
    assert result.stderr == f"ray: 'nowhere' is not an address. {KNOWN}\n"
    assert not store.runs()
    assert not out.exists()


def refusal(address):
    with pytest.raises(ConfigError) as caught, cluster(address):
        pass
    return str(caught.value)


def test_a_worker_with_other_files_is_refused_and_one_with_files_that_are_there_alone_is_not(tiny_config):
    config = tiny_config()
    with pytest.raises(ConfigError) as refused:
        _check_files(config, {"data": "of other files"})
    assert str(refused.value) == (
        "data: a Ray worker has other files under this path than this machine. Copy the same files there."
    )
    _check_files(config, config.content)
    _check_files(config, {"data": ""})


def test_a_teacher_trained_elsewhere_is_stored_under_the_local_key(tiny_config):
    config = tiny_config()
    ready = _with_local_key(TeacherReady("a key of there", {}, cached=False), config)
    assert ready == TeacherReady(config.teacher_key, {}, cached=False)


def test_a_run_goes_on_from_another_as_it_does_here(there, train_tiny, tmp_path):
    store = Store(tmp_path / "runs")
    config = continued(store.run(train_tiny(store)), {"epochs": 1})
    here = execute(store, submit(store, config, foreground=True))
    elsewhere = there.execute(store, submit(store, config, foreground=True))
    assert elsewhere.state == "finished"
    assert to_plain(elsewhere.results) == to_plain(here.results)
