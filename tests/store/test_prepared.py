"""The run that comes with the package: what it holds, and when a directory gets it."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
import torch

from kdviz.comparison import known_survey, run_images
from kdviz.config import stored_settings
from kdviz.errors import StoreError
from kdviz.store import Store, prepared
from kdviz.store.prepared import PROBE, RUN, is_prepared, offer_prepared_run, prepared_probe
from tests.patience import PATIENCE_S


def test_a_new_directory_gets_it_once(store):
    offer_prepared_run(store)
    offer_prepared_run(store)
    (run,) = store.runs()
    assert (run.record.name, run.state, is_prepared(run)) == ("Prepared run", "finished", True)


@pytest.mark.parametrize("for_good", [False, True])
def test_deleted_it_stays_deleted(store, for_good):
    offer_prepared_run(store)
    (run,) = store.runs()
    store.delete(run.id)
    if for_good:
        store.purge(run.id)
    offer_prepared_run(Store(store.directory))
    assert store.runs() == []


@pytest.mark.parametrize("deleted", [False, True])
def test_a_directory_with_a_run_does_not_get_it(store, run_id, deleted):
    if deleted:
        store.delete(run_id)
    offer_prepared_run(store)
    assert [run.id for run in store.runs(include_deleted=True)] == [run_id]
    assert not is_prepared(store.run(run_id))


def test_it_is_not_offered_again_when_all_is_gone(store, run_id):
    offer_prepared_run(store)
    store.delete(run_id)
    store.purge(run_id)
    offer_prepared_run(store)
    assert store.runs() == []


def test_threads_that_start_together_import_it_once(store, monkeypatch):
    """Each looks before any has imported; only the lock keeps them apart."""
    together = Barrier(4)

    def start(_):
        mine = Store(store.directory)
        together.wait(timeout=PATIENCE_S)
        offer_prepared_run(mine)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert len(store.runs(include_deleted=True)) == 1


def test_an_import_that_fails_is_tried_again(store, monkeypatch):
    monkeypatch.setattr(prepared, "RUN", store.directory / "missing.zip")
    with pytest.raises(StoreError):
        offer_prepared_run(store)
    monkeypatch.undo()
    offer_prepared_run(store)
    assert len(store.runs()) == 1


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_a_directory_that_cannot_be_written_to_is_one_clear_line(store, monkeypatch):
    def refuse(self, *arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(StoreError) as caught:
        offer_prepared_run(store)
    said = "cannot be written to. Make it writable, or choose another directory."
    assert str(caught.value) == f"runs directory {str(store.directory)!r}: {said}"


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_behind(store, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError) as caught:
        offer_prepared_run(store)
    said = "the disk is full. Free some space; what was saved before is kept."
    assert str(caught.value) == f"runs directory {str(store.directory)!r}: {said}"
    assert store.runs(include_deleted=True) == []


def test_it_is_small_enough_for_the_package():
    assert RUN.stat().st_size + PROBE.stat().st_size <= 2_000_000


@pytest.fixture
def offered(store):
    offer_prepared_run(store)
    (run,) = store.runs()
    return run


def test_its_settings_are_those_of_today(offered):
    assert stored_settings(offered.config.model_dump(mode="json")) == offered.config.model_dump(mode="json")


def test_its_survey_by_another_explainer_is_still_good(store, offered):
    """Its key names the weights, the images and the rules: a change of any of them asks for a new run."""
    explainer = offered.results["student"].held_out_explainer
    assert known_survey(store, offered.id, explainer) is not None


def test_the_packaged_images_are_those_of_its_probe_set(store, offered):
    probe, ready = store.probe(offered.id, offered.config.epochs), prepared_probe()
    images = run_images(offered.config)
    split = images.test.take(torch.from_numpy(probe.indices))
    assert np.array_equal(ready.images, split.images.permute(0, 2, 3, 1).numpy())
    assert np.array_equal(ready.labels, split.labels.numpy())
    assert ready.classes == images.classes


def test_its_card_names_no_path_of_the_machine_that_made_it(store, offered):
    assert "/" not in str(store.card(offered.id)).replace("/top", "")
