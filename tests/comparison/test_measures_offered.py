"""Maps are compared, and menus offer, by the measures that take maps of an input's dimensions."""

from dataclasses import replace

import pytest

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    between_measures,
    by_measure,
    chance_levels,
    explain_test_image,
    known_survey,
    measures_offered,
    survey,
)
from kdviz.modalities import MODALITIES
from kdviz.store import Store
from kdviz.types import MeasureSpec
from tests.ways import at_the_end

IMAGE_MEASURES = list(MEASURES)


def of_words(*_maps):
    raise AssertionError("a measure of words was given maps of images")


@pytest.fixture(scope="module")
def run(train_tiny, tmp_path_factory):
    """The store and the id of a run that was trained while a measure for one dimension was registered."""
    with pytest.MonkeyPatch.context() as patched:
        spec = MeasureSpec(
            name="words",
            label="Words",
            about="For texts.",
            measure=of_words,
            source="made up",
            dimensions=frozenset({1}),
        )
        patched.setitem(MEASURES, "words", spec)
        store = Store(tmp_path_factory.mktemp("words") / "runs")
        yield store, train_tiny(store)


def test_a_result_has_the_measures_of_images(run):
    assert list(run[0].run(run[1]).results["student"].agreement) == IMAGE_MEASURES


@pytest.mark.parametrize("target", ["teacher", "own"])
def test_an_image_is_scored_by_the_measures_of_images(run, target):
    assert list(explain_test_image(*run, 0, target=target).arms["twin"].scores) == IMAGE_MEASURES


def test_chance_levels_are_those_of_the_measures_of_images(run):
    assert list(chance_levels(*run, "grad-cam")["student"]) == IMAGE_MEASURES


def test_a_survey_and_its_tables_have_the_measures_of_images(run):
    at_the_end(survey(*run))
    stored = known_survey(*run)
    assert list(stored.scores["student"]) == IMAGE_MEASURES
    assert list(dict.fromkeys(row.measure for row in by_measure(stored))) == IMAGE_MEASURES
    assert list(between_measures(stored, "student").labels) == [
        MEASURES[name].label for name in IMAGE_MEASURES
    ]


def test_the_measures_offered_are_those_of_the_modality(run, monkeypatch):
    config = run[0].run(run[1]).config
    assert [spec.name for spec in measures_offered(config)] == IMAGE_MEASURES
    monkeypatch.setitem(MODALITIES, "image", replace(MODALITIES["image"], dimensions=1))
    flat = [spec.name for spec in measures_offered(config)]
    assert flat == [name for name in IMAGE_MEASURES if name != "ssim"] + ["words"]
