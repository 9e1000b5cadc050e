"""Test images on which the twin alone is wrong: by a survey, or by the networks themselves."""

import numpy as np
import pytest

from kdviz.comparison import (
    explain_test_image,
    first_only_twin_wrong,
    next_only_twin_wrong,
    only_twin_wrong,
    run_images,
)
from kdviz.comparison.test_set import only_twin_wrong as searching
from kdviz.comparison.test_set.survey import ArmPredictions, Survey


def surveyed(**predicted):
    """Four images, out of order, all of class 0."""
    labels = np.zeros(4, np.int64)
    answers = {arm: ArmPredictions(np.array(of), np.ones(4)) for arm, of in predicted.items()}
    return Survey("", "grad-cam", 20, ("a", "b"), np.array([9, 3, 5, 7]), labels, answers, {})


def test_teacher_and_student_are_right_and_the_twin_is_wrong():
    found = surveyed(teacher=[0, 0, 0, 1], student=[0, 0, 1, 0], twin=[1, 1, 1, 1])
    assert only_twin_wrong(found) == (3, 9)
    assert only_twin_wrong(surveyed(teacher=[0] * 4, student=[0] * 4)) == (), "there is no twin"


@pytest.mark.parametrize(("index", "following"), [(0, 3), (3, 9), (8, 9), (9, 3)])
def test_the_next_one_comes_after_the_shown_one_and_then_the_first(monkeypatch, finished, index, following):
    store, run_id = finished
    monkeypatch.setattr(searching, "known_only_twin_wrong", lambda store, run: (3, 9))
    assert next_only_twin_wrong(store, store.run(run_id), index) == following


@pytest.fixture
def fools_the_twin_alone(finished):
    """Whether the networks of a run say so of the image at an index."""
    store, run_id = finished

    def asked(index):
        row = explain_test_image(store, run_id, index)
        right = {arm: of.predicted == row.label for arm, of in row.arms.items()}
        return right["teacher"] and right["student"] and not right["twin"]

    return asked


def test_without_a_survey_the_networks_predict_the_images(monkeypatch, finished, fools_the_twin_alone):
    store, run_id = finished
    monkeypatch.setattr(searching, "known_only_twin_wrong", lambda store, run: ())
    run = store.run(run_id)
    count = len(run_images(run.config).test)
    expected = next(
        (at for at in [*range(3, count), *range(3)] if at != 2 and fools_the_twin_alone(at)), None
    )
    assert next_only_twin_wrong(store, run, 2) == expected


def test_the_first_is_found_without_a_survey_and_the_networks_predict_once(
    monkeypatch, finished, fools_the_twin_alone
):
    store, run_id = finished
    monkeypatch.setattr(searching, "known_only_twin_wrong", lambda store, run: ())
    run = store.run(run_id)
    some = range(min(64, len(run_images(run.config).test)))
    expected = next((at for at in some if fools_the_twin_alone(at)), None)
    assert first_only_twin_wrong(store, run) == expected
    monkeypatch.delattr(searching, "_searched")
    assert first_only_twin_wrong(store, run) == expected


def test_the_first_of_a_survey_needs_no_networks(monkeypatch, finished):
    store, run_id = finished
    monkeypatch.setattr(searching, "known_only_twin_wrong", lambda store, run: (3, 9))
    monkeypatch.delattr(searching, "snapshots")
    assert first_only_twin_wrong(store, store.run(run_id)) == 3
