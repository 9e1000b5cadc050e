"""A test image with its cue in every way: each variant is explained as an image of its own would be."""

import sys

import numpy as np
import pytest

from kdviz.comparison import (
    explain_cue_variants,
    explain_image,
    explain_test_image,
    explainers_offered,
    planted_cue,
)
from kdviz.comparison.input.cue_variants import MOST_VARIANTS, offered_classes
from kdviz.datasets.sound_split import BEEP_PLACES
from kdviz.explainers import EXPLAINERS
from kdviz.store import Store


def expect_same(answers, number, ordinary):
    assert answers.predicted(number) == ordinary.predicted
    np.testing.assert_allclose(answers.probabilities[number], ordinary.probabilities, atol=1e-5)
    np.testing.assert_allclose(answers.attributions[number], ordinary.attribution, atol=1e-4)


@pytest.mark.parametrize("intact", [False, True])
@pytest.mark.parametrize("index", [0, 5])
def test_the_cue_as_it_was_planted_gives_the_ordinary_explanation(finished, index, intact):
    explained = explain_cue_variants(*finished, index, intact=intact)
    ordinary = explain_test_image(*finished, index, target="own", intact=intact)
    config = finished[0].run(finished[1]).config
    assert explained.variants.cues[explained.planted] == planted_cue(config, index, intact=intact).variant
    assert explained.label == ordinary.label
    assert list(explained.arms) == list(ordinary.arms)
    for arm, answers in explained.arms.items():
        expect_same(answers, explained.planted, ordinary.arms[arm])


def test_every_variant_is_explained_as_the_image_that_it_is(finished):
    explained = explain_cue_variants(*finished, 3)
    assert len(explained.variants.cues) == 1 + 4 * 2
    for number, image in enumerate(explained.variants.inputs):
        ordinary = explain_image(*finished, image[None], target="own")
        for arm, answers in explained.arms.items():
            expect_same(answers, number, ordinary.arms[arm])


def test_another_explainer_and_baseline(finished):
    explained = explain_cue_variants(*finished, 2, explainer="integrated-gradients", baseline="black")
    ordinary = explain_test_image(
        *finished, 2, explainer="integrated-gradients", baseline="black", target="own"
    )
    for arm, answers in explained.arms.items():
        expect_same(answers, explained.planted, ordinary.arms[arm])


def test_the_first_explainer_offered_is_quick_enough_for_all_variants(finished):
    store, run_id = finished
    assert EXPLAINERS[explainers_offered(store.run(run_id).config)[0].name].passes <= 4


def test_without_a_cue_that_has_a_place_there_is_nothing_to_explain(store_without_cue):
    assert explain_cue_variants(*store_without_cue, 0) is None


@pytest.fixture
def store_without_cue(train_tiny, tmp_path):
    store = Store(tmp_path / "runs")
    return store, train_tiny(store, cue="none", teacher_epochs=1, epochs=1, arms=("student",))


def test_it_is_computed_once(finished):
    assert explain_cue_variants(*finished, 4) is explain_cue_variants(*finished, 4)


@pytest.mark.parametrize(("classes", "positions"), [(2, 4), (12, 4), (10, BEEP_PLACES), (50, 1)])
def test_few_classes_are_all_offered(classes, positions):
    assert offered_classes(classes, [0], positions=positions) == list(range(classes))


@pytest.mark.parametrize("positions", [1, 4])
@pytest.mark.parametrize("wanted", [[7, 93, 93, 12], [99], list(range(60))])
def test_of_a_hundred_classes_the_wanted_ones_are_offered_first_and_variants_stay_few(wanted, positions):
    offered = offered_classes(100, wanted, positions=positions)
    assert offered == sorted(set(offered))
    assert len(offered) == (MOST_VARIANTS - 1) // positions
    assert 1 + positions * len(offered) <= MOST_VARIANTS
    assert set(wanted[: len(offered)]) <= set(offered)
    assert offered[-1] < 100


def test_the_cue_as_it_was_planted_is_offered_before_others(finished, monkeypatch):
    every = explain_cue_variants(*finished, 6)
    monkeypatch.setattr(sys.modules[offered_classes.__module__], "MOST_VARIANTS", 5)
    few = explain_cue_variants(*finished, 6, baseline="black")
    named = every.variants.cues[every.planted].indicated
    assert {cue.indicated for cue in few.variants.cues if cue} == {named}
    assert few.variants.cues[few.planted] == every.variants.cues[every.planted]
    assert few.arms["student"].predicted(few.planted) == every.arms["student"].predicted(every.planted)
