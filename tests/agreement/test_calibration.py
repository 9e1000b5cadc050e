"""Expected calibration error, against cases worked out by hand and against the definition."""

import numpy as np
import pytest
import torch

from kdviz.agreement import calibration_error, confidence_error
from kdviz.errors import ShapeError


def logits_of(confidences):
    """(N, 3) logits whose softmax gives class 0 this probability, and the others half of the rest each."""
    p = torch.tensor(confidences, dtype=torch.float64)
    return torch.stack([p, (1 - p) / 2, (1 - p) / 2], dim=1).log()


def textbook_error(confidences, right, bins=15):
    """The definition, bin by bin."""
    confidences, right, error = np.array(confidences), np.array(right, float), 0.0
    for m in range(1, bins + 1):
        inside = (confidences > (m - 1) / bins) & (confidences <= m / bins)
        if inside.any():
            gap = abs(right[inside].mean() - confidences[inside].mean())
            error += inside.mean() * gap
    return error


def test_nine_right_of_ten_at_ninety_percent_is_no_error():
    labels = torch.tensor([0] * 9 + [1])
    assert calibration_error(logits_of([0.9] * 10), labels) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("right", "error"), [(10, 0.1), (5, 0.4), (0, 0.9)])
def test_one_bin_is_off_by_its_gap(right, error):
    labels = torch.tensor([0] * right + [1] * (10 - right))
    assert calibration_error(logits_of([0.9] * 10), labels) == pytest.approx(error)


def test_bins_are_weighed_by_their_answers_and_do_not_cancel():
    """Three answers at .9, all right (gap .1), one at .6, wrong (gap .6): (3 × .1 + 1 × .6)/4."""
    labels = torch.tensor([0, 0, 0, 1])
    assert calibration_error(logits_of([0.9, 0.9, 0.9, 0.6]), labels) == pytest.approx(0.225)


def test_it_is_the_definition_on_random_answers():
    """Too sure in every second bin and too careful in the others, so that other bins would give another error."""
    random = np.random.default_rng(0)
    confidences = random.uniform(0.4, 1, size=500)
    right = random.random(500) < np.where((15 * confidences).astype(int) % 2, 0.95, 0.3)
    labels = torch.from_numpy(np.where(right, 0, 1))
    expected = textbook_error(confidences, right)
    assert expected > 0.05
    assert calibration_error(logits_of(confidences), labels) == pytest.approx(expected)


def test_from_confidences_alone_it_is_the_same():
    random = np.random.default_rng(1)
    confidences, right = random.uniform(0.4, 1, size=300), random.random(300) < 0.7
    found = confidence_error(torch.from_numpy(confidences), torch.from_numpy(right))
    assert found == pytest.approx(textbook_error(confidences, right))
    assert np.isnan(confidence_error(torch.empty(0), torch.empty(0, dtype=torch.bool)))


def test_adding_a_constant_to_the_logits_changes_nothing():
    logits, labels = torch.randn(50, 4, generator=torch.Generator().manual_seed(0)), torch.arange(50) % 4
    assert calibration_error(logits + 7, labels) == pytest.approx(calibration_error(logits, labels), abs=1e-6)


def test_no_images_have_no_error():
    assert np.isnan(calibration_error(torch.empty(0, 3), torch.empty(0, dtype=torch.long)))


def test_counts_that_differ_are_refused():
    with pytest.raises(
        ShapeError, match=r"^logits and labels: must be \(N, classes\) and \(N,\), got \(4, 3\) and \(5,\)\.$"
    ):
        calibration_error(torch.zeros(4, 3), torch.zeros(5, dtype=torch.long))
