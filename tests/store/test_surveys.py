"""Surveys in a run's folder: the latest of each explainer, or none."""

import numpy as np
import pytest

from kdviz.errors import StoreError
from tests.store.conftest import survey_arrays

ARRAYS = {**survey_arrays(), "key": np.array("k1"), "classes": np.array(["Ärmel", "b"])}


def test_what_is_saved_comes_back_nan_and_words_included(store, run_id):
    store.save_survey(run_id, "grad-cam", ARRAYS)
    found = store.survey(run_id, "grad-cam")
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_a_later_one_takes_its_place_and_other_explainers_keep_theirs(store, run_id):
    store.save_survey(run_id, "grad-cam", ARRAYS)
    store.save_survey(run_id, "saliency", ARRAYS)
    store.save_survey(run_id, "grad-cam", {**ARRAYS, "key": np.array("k2")})
    assert str(store.survey(run_id, "grad-cam")["key"]) == "k2"
    assert str(store.survey(run_id, "saliency")["key"]) == "k1"
    assert sorted(file.name for file in (store.directory / run_id / "surveys").iterdir()) == [
        "grad-cam.npz",
        "saliency.npz",
    ]


def test_where_there_is_none_there_is_none(store, run_id):
    assert store.survey(run_id, "grad-cam") is None


def test_a_damaged_one_counts_as_missing_and_is_logged(store, run_id, caplog):
    store.save_survey(run_id, "grad-cam", ARRAYS)
    (store.directory / run_id / "surveys" / "grad-cam.npz").write_bytes(b"PK\x03\x04 half")
    assert store.survey(run_id, "grad-cam") is None
    assert "surveys/grad-cam.npz is damaged" in caplog.text


def test_one_whose_arrays_do_not_fit_together_counts_as_missing(store, run_id):
    store.save_survey(run_id, "grad-cam", {**ARRAYS, "labels": np.array([9, 9, 9])})
    assert store.survey(run_id, "grad-cam") is None


@pytest.mark.parametrize("name", ["../config", "Grad-CAM", "", "a/b"])
def test_a_name_never_becomes_a_path_elsewhere(store, run_id, name):
    for attempt in (lambda: store.survey(run_id, name), lambda: store.save_survey(run_id, name, ARRAYS)):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert str(caught.value) == (
            f"explainer: {name!r} is not a name. Small letters, digits and '-' only."
        )


def test_a_failed_write_is_an_error_of_one_line(store, run_id):
    (store.directory / run_id / "surveys").write_text("a file in the way")
    with pytest.raises(StoreError) as caught:
        store.save_survey(run_id, "grad-cam", ARRAYS)
    assert str(caught.value) == f"runs directory {str(store.directory)!r}: is a file. Choose a directory."
