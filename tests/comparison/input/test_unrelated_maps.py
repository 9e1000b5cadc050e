"""What the lesson on chance draws is what the measures say of the same maps."""

import itertools
import math

import numpy as np
import pytest
import torch

from kdviz.agreement import MEASURES, image_scores, maps_in_other_orders
from kdviz.comparison.input.pairs import MapPair
from kdviz.comparison.input.unrelated_maps import (
    CHANCE_IMAGES,
    PairedScores,
    ReorderedScores,
    chance_of_pairs,
    chance_walkthrough,
    shuffled,
)


def pair(index, teacher, other):
    maps = (np.array(each, np.float32).reshape(1, -1) for each in (teacher, other))
    return MapPair(index, np.zeros((4, 4, 3), np.uint8), *maps)


PAIRS = [
    pair(0, [1, 0, 0], [1, 1, 0]),
    pair(1, [0, 2, 0], [0, 1, 1]),
    pair(2, [0, 1, 1], [0, 0, 3]),
    pair(3, [1, 1, 1], [0, 0, 0]),
]


def test_each_teacher_s_map_is_compared_with_each_of_the_student_s():
    table = chance_of_pairs(tuple(PAIRS)).scores
    for (i, of_i), (j, of_j) in itertools.product(enumerate(PAIRS), repeat=2):
        batches = (torch.from_numpy(each)[None] for each in (of_i.teacher, of_j.other))
        np.testing.assert_allclose(table[i, j], float(MEASURES["cosine"].measure(*batches)[0]), rtol=1e-6)
    assert np.isnan(table[:, 3]).all()
    assert not np.isnan(table[:, :3]).any()


def test_chance_is_the_mean_over_all_derangements(finished):
    found = chance_walkthrough(*finished, "student")
    assert len(found.pairs) <= CHANCE_IMAGES
    defined = np.flatnonzero(~np.isnan(found.scores).all(0) & ~np.isnan(found.scores).all(1))[:4]
    four = found.scores[np.ix_(defined, defined)]
    derangements = [
        order for order in itertools.permutations(range(4)) if all(i != j for i, j in enumerate(order))
    ]
    means = [np.mean([four[i, j] for i, j in enumerate(order)]) for order in derangements]
    assert four.shape == (4, 4)
    some = type(found)([found.pairs[place] for place in defined], four)
    assert some.chance == pytest.approx(np.mean(means), rel=1e-6)
    assert some.raw == pytest.approx(np.mean([four[i, i] for i in range(4)]), rel=1e-6)


def test_random_pairs_have_each_image_once_a_round_and_never_to_itself():
    pairs = shuffled(7, 21)
    for start in (0, 7, 14):
        of_round = pairs[start : start + 7]
        assert sorted(i for i, _j in of_round) == sorted(j for _i, j in of_round) == list(range(7))
    assert all(i != j for i, j in pairs)
    assert pairs[:5] == shuffled(7, 5)
    assert shuffled(1, 3) == []


# --- of texts, and of sounds --------------------------------------------------------------------


def text(index, teacher, other):
    """A pair of maps of a text; None is a place without a word."""
    maps = (np.array(each, np.float32) for each in (teacher, other))
    return MapPair(index, np.zeros((4, 1), np.int32), *maps, text="of four words or less")


NO = np.nan
TEXTS = (
    text(0, [1, 0, 2, 0.5], [1, 1, 0, 0.5]),
    text(1, [3, 1, 0, NO], [0, 2, 1, NO]),
    text(2, [0, 1, 1, NO], [0, 0, 0, NO]),
    text(3, [1, NO, NO, NO], [2, NO, NO, NO]),
)


def test_of_a_text_the_students_values_are_permuted_among_its_own_words():
    found = chance_of_pairs(TEXTS)
    assert isinstance(found, ReorderedScores)
    for pair, orders in zip(TEXTS[:3], found.orders[:3], strict=True):
        for order in orders:
            np.testing.assert_array_equal(np.sort(order), np.sort(pair.other))
            np.testing.assert_array_equal(np.isnan(order), np.isnan(pair.other))
    assert np.isnan(found.orders[3]).all(), "one word has no other order"


def test_of_texts_all_orders_together_are_the_chance_level_of_the_measure():
    found = chance_of_pairs(TEXTS)
    teacher, other = (
        torch.from_numpy(np.stack([getattr(each, of) for each in TEXTS])) for of in ("teacher", "other")
    )
    core = image_scores(teacher, other, measure="cosine")
    drawn = found.unrelated(1_000)
    assert len(drawn) == core.unrelated.size
    by_text = [[each.score for each in drawn if each.teacher.index == index] for index in range(4)]
    for scores, expected in zip(by_text, core.unrelated, strict=True):
        np.testing.assert_array_equal(np.sort(scores), np.sort(expected))
    np.testing.assert_array_equal(found.matched, core.raw)
    assert found.chance == core.level == pytest.approx(np.nanmean([np.mean(by_text[0]), np.mean(by_text[1])]))


def test_the_score_that_is_drawn_is_that_of_the_maps_that_are_drawn():
    for each in chance_of_pairs(TEXTS).unrelated(1_000):
        words = ~np.isnan(each.teacher.teacher)
        first, second = each.teacher.teacher[words], each.values[words]
        if math.isnan(each.score):
            assert not second.any() or words.sum() == 1
        else:
            cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
            assert each.score == pytest.approx(cosine, rel=1e-6)


def test_over_many_orders_the_cosine_is_the_product_of_the_means():
    """Each value meets each other one equally often: n · mean(a) · mean(b) / (|a| · |b|)."""
    rng = np.random.default_rng(0)
    teacher, other = (torch.from_numpy(rng.random((1, 12))).expand(2_000, -1).clone() for _ in "ab")
    teacher[0, 11] = other[0, 11] = torch.nan  # so that they are texts of two lengths
    orders = maps_in_other_orders(teacher, other)[1:].flatten(0, 1)
    first, second = teacher[1], other[1]
    cosines = orders @ first / (first.norm() * second.norm())
    assert float(cosines.mean()) == pytest.approx(
        float(12 * first.mean() * second.mean() / (first.norm() * second.norm())), abs=2e-3
    )


@pytest.mark.parametrize(
    ("data", "kind"), [("sentiment", ReorderedScores), ("speech-commands-mini", PairedScores)]
)
def test_of_a_run_raw_agreement_is_that_of_the_measure_for_its_kind_of_input(small_run, data, kind):
    store, run_id = small_run(data)
    found = chance_walkthrough(store, run_id, "student")
    assert isinstance(found, kind)
    teacher, other = (
        torch.from_numpy(np.stack([getattr(each, of) for each in found.pairs])).relu()
        for of in ("teacher", "other")
    )
    core = image_scores(teacher, other, measure="cosine")
    np.testing.assert_allclose(found.matched, core.raw, rtol=1e-5)
    drawn = found.unrelated(10)
    assert len(drawn) == 10
    assert all((each.teacher is each.other) == (kind is ReorderedScores) for each in drawn)


def test_maps_on_a_common_grid_have_no_other_order():
    assert maps_in_other_orders(torch.rand(3, 4, 4), torch.rand(3, 4, 4)) is None
