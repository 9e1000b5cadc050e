"""What the lessons show is what the method itself gives: scipy, the explainers and counting say the same."""

import itertools

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from kdviz.agreement import MEASURES
from kdviz.comparison import explain_test_image
from kdviz.comparison.input.pairs import MapPair
from kdviz.comparison.input.walkthroughs import (
    CHANCE_IMAGES,
    PATH_STEPS,
    GradCamWalkthrough,
    IntegrationWalkthrough,
    entropy_bits,
    grad_cam_walkthrough,
    integration_walkthrough,
    paired_scores,
    predictions,
    score_table,
    shuffled,
    soft_label,
    soft_label_loss,
)

LOGITS = np.array([[4.0, 1.0, -2.0, 0.5], [2.0, 2.5, -1.0, 0.0]], dtype=np.float32)


@pytest.mark.parametrize("temperature", [1, 4, 20])
def test_a_soft_label_its_entropy_and_the_loss_are_scipy_s(temperature):
    teacher, student = softmax(LOGITS / temperature, axis=1)
    np.testing.assert_allclose(soft_label(LOGITS[0], temperature), teacher, rtol=1e-5)
    assert entropy_bits(teacher) == pytest.approx(entropy(teacher, base=2), rel=1e-5)
    expected = temperature**2 * entropy(teacher, student)
    assert soft_label_loss(LOGITS[0], LOGITS[1], temperature) == pytest.approx(expected, rel=1e-4)


def test_a_sure_answer_has_no_entropy_and_equal_classes_have_the_most():
    assert entropy_bits(np.array([0, 1, 0], np.float32)) == 0
    assert entropy_bits(np.full(8, 1 / 8, np.float32)) == pytest.approx(3)


def test_predictions_are_those_of_the_explanation(finished):
    predicted, row = predictions(*finished, 3), explain_test_image(*finished, 3)
    assert (predicted.label, predicted.target, predicted.classes) == (row.label, row.target, row.classes)
    np.testing.assert_array_equal(predicted.image, row.image)
    for arm, view in row.arms.items():
        np.testing.assert_allclose(softmax(predicted.logits[arm]), view.probabilities, rtol=1e-5)


@pytest.mark.parametrize("arm", ["teacher", "student"])
def test_the_weighted_maps_add_up_to_the_map_that_explain_shows(finished, arm):
    steps = grad_cam_walkthrough(*finished, 2, arm)
    expected = explain_test_image(*finished, 2).arms[arm].attribution
    np.testing.assert_allclose(steps.weighted.sum(0), expected, atol=1e-5)
    np.testing.assert_allclose(steps.weighted, steps.weights[:, None, None] * steps.features, rtol=1e-6)


MAPS = np.array([[[1.0, -1]], [[0, 4]], [[-3, 0]], [[0.5, 0]]])
STEPS = GradCamWalkthrough(MAPS, np.ones(4), MAPS, MAPS.sum(0))


def test_channels_are_ordered_by_what_they_add_or_take():
    assert STEPS.strongest(4) == [1, 2, 0, 3]
    assert STEPS.strongest(2) == [1, 2]


@pytest.mark.parametrize(
    ("included", "total"),
    [
        ([0, 1, 2], [-1.5, 3]),
        ([0], [0, 4]),
        ([1], [-3, 0]),
        ([2], [1.5, -1]),
        ([0, 2], [1.5, 3]),
        ([], [0, 0]),
    ],
)
def test_channels_can_be_left_out_of_the_sum(included, total):
    """Of the channels 1 and 2; position 2 stands for the channels 0 and 3."""
    np.testing.assert_allclose(STEPS.partial_sum([1, 2], included), [total])


@pytest.mark.parametrize("baseline", ["mean", "black", "blur"])
def test_the_path_ends_in_the_map_that_explain_shows_and_in_the_image(finished, baseline):
    path = integration_walkthrough(*finished, 1, "student", baseline)
    assert len(path.positions) == PATH_STEPS + 1
    row = explain_test_image(*finished, 1, explainer="integrated-gradients", baseline=baseline)
    np.testing.assert_allclose(path.accumulated[-1], row.arms["student"].attribution, atol=1e-4)
    np.testing.assert_array_equal(path.pictures[-1], row.image)
    if baseline == "black":
        assert path.pictures[0].max() <= 1


def test_the_path_starts_at_the_baseline_with_nothing_attributed(finished):
    path = integration_walkthrough(*finished, 1, "student", "mean")
    assert [part[0] for part in (path.positions, path.sums, path.rises)] == [0, 0, 0]
    assert not path.accumulated[0].any()
    assert np.ptp(path.pictures[0].reshape(-1, path.pictures.shape[-1]), axis=0).max() == 0
    np.testing.assert_allclose(path.sums, path.accumulated.sum((1, 2)), atol=1e-4)


@pytest.mark.parametrize(("rise", "total", "gap"), [(2.0, 1.5, 0.25), (-2.0, -3.0, 0.5), (0.0, 1.0, np.nan)])
def test_the_completeness_gap_is_the_share_of_the_rise_that_the_sum_misses(rise, total, gap):
    zeros = np.zeros((2, 1, 1))
    path = IntegrationWalkthrough(np.array([0, 1.0]), zeros, zeros, np.array([0, total]), np.array([0, rise]))
    np.testing.assert_equal(path.completeness_gap, gap)


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
    table = score_table(PAIRS)
    for (i, of_i), (j, of_j) in itertools.product(enumerate(PAIRS), repeat=2):
        batches = (torch.from_numpy(each)[None] for each in (of_i.teacher, of_j.other))
        np.testing.assert_allclose(table[i, j], float(MEASURES["cosine"].measure(*batches)[0]), rtol=1e-6)
    assert np.isnan(table[:, 3]).all()
    assert not np.isnan(table[:, :3]).any()


def test_chance_is_the_mean_over_all_derangements(finished):
    found = paired_scores(*finished, "student")
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
