"""Match of predictions, against scipy and torch."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy
from torch.nn import functional as F

from kdviz.agreement import Fidelity, fidelity
from kdviz.errors import ShapeError


def logits(seed, n=50, classes=10):
    return 3 * torch.randn(n, classes, generator=torch.Generator().manual_seed(seed))


def test_kl_is_scipys_entropy_of_teacher_relative_to_student_in_nats():
    teacher, student = logits(0), logits(1)
    p, q = (softmax(x.double().numpy(), axis=1) for x in (teacher, student))
    assert fidelity(teacher, student).kl == pytest.approx(float(entropy(p, q, axis=1).mean()))


def test_kl_is_torchs_batchmean_and_not_its_mean_over_classes():
    teacher, student = logits(0), logits(1)
    expected = F.kl_div(student.log_softmax(1), teacher.softmax(1), reduction="batchmean").item()
    assert fidelity(teacher, student).kl == pytest.approx(expected, rel=1e-5)


def test_top1_is_the_share_of_equal_predictions():
    teacher = torch.eye(4)
    assert fidelity(teacher, teacher[[0, 1, 3, 2]]).top1 == 0.5


def test_an_identical_model_is_perfectly_faithful_to_its_teacher():
    assert fidelity(logits(0), logits(0)) == Fidelity(top1=1.0, kl=0.0)


def test_a_shift_of_all_logits_changes_nothing():
    assert fidelity(logits(0), logits(0) + 7).kl == pytest.approx(0, abs=1e-9)


def test_no_images_have_no_fidelity():
    found = fidelity(torch.zeros(0, 10), torch.zeros(0, 10))
    np.testing.assert_equal([found.top1, found.kl], [np.nan, np.nan])


def test_models_with_other_classes_are_refused_in_one_line():
    with pytest.raises(ShapeError) as refused:
        fidelity(torch.zeros(2, 10), torch.zeros(2, 8))
    assert str(refused.value) == (
        "logits: teacher's and student's must have one shape (N, classes), got (2, 10) and (2, 8)."
    )
