"""What a killed process leaves is removed at the next start, and nothing else."""

import multiprocessing
import os

import pytest

from kdviz.store import Store
from kdviz.store.sweeping import UNFINISHED


def _killed_while_creating(directory):
    with Store(directory)._new_folder() as folder:
        (folder / "half.safetensors").write_bytes(b"half")
        os._exit(1)


def folders(store):
    return {path for path in store.directory.iterdir() if path.is_dir()}


def test_the_folder_of_a_killed_creation_is_removed(store, run_id):
    process = multiprocessing.get_context("fork").Process(
        target=_killed_while_creating, args=(store.directory,)
    )
    process.start()
    process.join()
    assert process.exitcode == 1
    assert len(folders(store)) == 2
    assert len(store.sweep()) == 1
    assert folders(store) == {store.directory / run_id}


def test_a_folder_that_is_being_made_is_left_alone(store):
    with store._new_folder() as folder:
        assert Store(store.directory).sweep() == []
        assert folder.exists()
    assert not (folder / UNFINISHED).exists()


def test_a_folder_that_no_row_names_is_left_alone(store, run_id):
    """The database may have been lost, and the folder is all that is left."""
    store._rows.remove(run_id)
    assert store.sweep() == []
    assert (store.directory / run_id).exists()


def test_a_run_that_was_listed_before_the_kill_stays(store, run_id):
    (store.directory / run_id / UNFINISHED).touch()
    assert store.sweep() == []
    assert not (store.directory / run_id / UNFINISHED).exists()
    assert store.run(run_id)


def test_temporary_files_are_removed_wherever_they_are(store, run_id):
    left = store.directory / run_id / "weights" / "student.safetensors.1.tmp"
    left.parent.mkdir()
    left.write_bytes(b"half")
    assert store.sweep() == [left]


@pytest.fixture
def lost(store, finished):
    """A store whose database has lost a run."""
    store._rows.remove(finished)
    return store


def test_a_lost_run_is_taken_back_with_its_files(lost, finished):
    assert lost.checked().orphans == (finished,)
    lost.take_back(finished)
    run = lost.run(finished)
    assert (run.state, run.results, run.config.dataset) == ("interrupted", None, "shapes")
    assert lost.weights(finished, "student")
    assert lost.checked().orphans == ()
