"""Processes killed at seeded moments, 6 unless KDVIZ_KILLS says more: nothing is lost, and work goes on.

A process trains, exports over a good file, imports, or opens a directory of an earlier version, and is killed
at a random part of the time that this takes.
"""

import os
import random
import time
from pathlib import Path
from shutil import copyfile

import pytest
import torch

from kdviz.jobs import execute, import_run, resume, submit
from kdviz.store import Store
from tests.forking import FORKS

KILLS = int(os.environ.get("KDVIZ_KILLS", 6))
EARLIER = Path(__file__).parent / "store" / "schema-1.sqlite"

pytestmark = pytest.mark.slow


def train(directory, run_id, _file):
    torch.set_num_threads(1)  # as in the tests' process, so that sums have one order
    execute(Store(directory), run_id)


def export(directory, run_id, file):
    Store(directory).export(run_id, file)


def import_again(directory, _run_id, file):
    import_run(Store(directory), file)


def migrate(directory, _run_id, _file):
    Store(directory)


@pytest.fixture(scope="module")
def seconds(whole, tiny_config, tmp_path_factory):
    """How long each kind of work takes when nothing disturbs it."""
    return {
        work: timed(work, *prepared(work, whole, tiny_config, tmp_path_factory.mktemp(work.__name__)))
        for work in CHECKS
    }


def timed(work, *given):
    process = FORKS.Process(target=work, args=given)
    began = time.monotonic()
    process.start()
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - began


def prepared(work, whole, tiny_config, folder):
    """A runs directory for the work, the run that it is about, and a file of that run."""
    own, own_file = Store(folder / "runs"), folder / "run.zip"
    copyfile(whole[2], own_file)
    if work is migrate:
        folder = folder / "earlier"
        folder.mkdir()
        copyfile(EARLIER, folder / "kdviz.sqlite")
        return folder, "", own_file
    if work is train:
        return own.directory, submit(own, tiny_config(arms=("student",))), own_file
    return own.directory, import_run(own, own_file), own_file


@pytest.mark.parametrize("seed", range(KILLS))
def test_nothing_is_lost(seed, whole, seconds, tiny_config, tmp_path):
    draw = random.Random(seed)
    work, check = list(CHECKS.items())[seed % len(CHECKS)]
    given = prepared(work, whole, tiny_config, tmp_path)
    process = FORKS.Process(target=work, args=given)
    process.start()
    process.join(draw.uniform(0, seconds[work]))
    process.kill()
    process.join()
    check(whole, *given)
    health = Store(given[0]).checked()
    assert (health.database, health.damaged) == ("", ())
    assert work is migrate or health.lost == ()


def trained_on(whole, directory, run_id, _file):
    """The run goes on, to the weights of one that nothing disturbed."""
    store = Store(directory)
    store.mark_interrupted()
    if store.run(run_id).state == "interrupted":
        resume(store, run_id)
    if store.run(run_id).state != "finished":
        execute(store, run_id)
    assert store.run(run_id).state == "finished"
    assert store.weights_hash(run_id, "student") == whole[0].weights_hash(whole[1], "student")


def exported(_whole, directory, run_id, file):
    """The file is the old one or the new one, and whole."""
    store = Store(directory)
    again = import_run(store, file)
    assert store.weights_hash(again, "student") == store.weights_hash(run_id, "student")


def imported(whole, directory, run_id, file):
    """The run from before is as it was; one more is whole or not there."""
    store = Store(directory)
    for run in store.runs():
        assert store.weights_hash(run.id, "student") == whole[0].weights_hash(whole[1], "student")
    assert run_id in {run.id for run in store.runs()}


def migrated(_whole, directory, _run_id, _file):
    """Every run of the earlier version is there."""
    assert {run.id for run in Store(directory).runs()} == earlier_ids(directory.parent)


def earlier_ids(folder):
    copy = folder / "undisturbed"
    copy.mkdir()
    copyfile(EARLIER, copy / "kdviz.sqlite")
    return {run.id for run in Store(copy).runs()}


CHECKS = {train: trained_on, export: exported, import_again: imported, migrate: migrated}
"""What has to hold after each kind of work was killed."""
