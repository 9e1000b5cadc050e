"""What the lessons show is what the method itself gives: scipy, the explainers and counting say the same."""

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import entropy

from kdviz.comparison import explain_test_image, snapshots
from kdviz.comparison.input.walkthroughs import (
    PATH_STEPS,
    GradCamWalkthrough,
    IntegrationWalkthrough,
    entropy_bits,
    grad_cam_walkthrough,
    integration_walkthrough,
    predictions,
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


ZEROS = np.zeros((3, 1, 1, 1), np.uint8)


@pytest.mark.parametrize(("rise", "total", "gap"), [(2.0, 1.5, 0.25), (-2.0, -3.0, 0.5), (0.0, 1.0, np.nan)])
def test_the_completeness_gap_is_the_share_of_the_rise_that_the_sum_misses(rise, total, gap):
    zeros = np.zeros((2, 1, 1))
    path = IntegrationWalkthrough(np.array([0, 1.0]), zeros, zeros, np.array([0, total]), np.array([0, rise]))
    np.testing.assert_equal(path.completeness_gap, gap)


@pytest.mark.parametrize(
    ("pictures", "first", "jump"), [(None, 1.0, 0.9), (None, 0.15, 0.0), (ZEROS, 1.0, 0.0)]
)
def test_a_jump_where_words_appear_is_what_the_first_step_misses(pictures, first, jump):
    """Of texts, whose first step is from no word to words; a small one is an error of the integration."""
    positions, rises, sums = np.array([0, 0.1, 1.0]), np.array([0, first, 2.0]), np.array([0, 0.1, 1.1])
    path = IntegrationWalkthrough(positions, pictures, np.zeros((3, 4)), sums, rises)
    assert path.jump == pytest.approx(jump)


# --- of texts, and of sounds --------------------------------------------------------------------


@pytest.mark.parametrize("data", ["sentiment", "speech-commands-mini"])
def test_a_text_and_a_sound_end_in_the_maps_that_explain_shows(small_run, data):
    run = small_run(data)
    predicted, row = predictions(*run, 3), explain_test_image(*run, 3)
    np.testing.assert_array_equal(predicted.image, row.image)
    np.testing.assert_array_equal(predicted.sound, row.sound)
    assert (predicted.text, predicted.label, predicted.target) == (row.text, row.label, row.target)
    path_row = explain_test_image(*run, 3, explainer="integrated-gradients")
    for arm in ("teacher", "student"):
        steps = grad_cam_walkthrough(*run, 3, arm)
        np.testing.assert_allclose(steps.summed, row.arms[arm].attribution, atol=1e-5)
        assert len(steps.strongest(5)) == 5
        path = integration_walkthrough(*run, 3, arm, "pad" if data == "sentiment" else "silence")
        np.testing.assert_allclose(path.accumulated[-1], path_row.arms[arm].attribution, atol=1e-4)
        np.testing.assert_allclose(path.sums, np.nansum(path.accumulated.reshape(33, -1), axis=1), atol=1e-4)
        assert [part[0] for part in (path.positions, path.sums, path.rises)] == [0, 0, 0]


def test_the_path_of_a_sound_begins_in_silence_and_ends_in_its_spectrogram(small_run):
    run = small_run("speech-commands-mini")
    pictures = integration_walkthrough(*run, 3, "student", "silence").pictures
    assert not pictures[0].any()
    np.testing.assert_array_equal(pictures[-1], predictions(*run, 3).image)


def test_a_text_is_no_picture_on_its_path_and_its_planted_word_is_framed(small_run):
    run = small_run("sentiment")
    assert integration_walkthrough(*run, 3, "student", "pad").pictures is None
    places = snapshots(*run).images.test.cue_masks[3].nonzero().flatten().tolist()
    assert list(predictions(*run, 3).framed) == places != []
