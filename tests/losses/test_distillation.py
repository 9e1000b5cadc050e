"""The distillation loss, by hand and against torch."""

from math import exp, fsum, log

import pytest
import torch
from torch import nn

from kdviz.losses import distillation_loss

STUDENT = [[2.0, -1.0, 0.5], [0.1, 0.2, -3.0]]
TEACHER = [[1.0, 1.5, -2.0], [4.0, -1.0, 0.0]]
LABELS = [1, 0]


def textbook_softmax(logits: list[float], temperature: float) -> list[float]:
    powers = [exp(z / temperature) for z in logits]
    return [p / fsum(powers) for p in powers]


def textbook_terms(temperature: float) -> tuple[float, float]:
    """Both means over the batch, in plain floats: −log p_label, and T² Σ_c q log(q/p)."""
    ce, kl = [], []
    for student, teacher, label in zip(STUDENT, TEACHER, LABELS, strict=True):
        ce.append(-log(textbook_softmax(student, 1)[label]))
        p, q = textbook_softmax(student, temperature), textbook_softmax(teacher, temperature)
        kl.append(fsum(b * log(b / a) for a, b in zip(p, q, strict=True)))
    return fsum(ce) / len(ce), temperature**2 * fsum(kl) / len(kl)


@pytest.mark.parametrize("temperature", [1.0, 4.0, 20.0])
def test_both_terms_are_the_textbook_s(temperature):
    got = distillation_loss(
        torch.tensor(STUDENT), torch.tensor(TEACHER), torch.tensor(LABELS), temperature=temperature
    )
    assert [term.item() for term in got] == pytest.approx(textbook_terms(temperature), rel=1e-4)


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_the_second_term_is_t_squared_times_torch_s_batchmean_divergence(random, temperature):
    student, teacher = random(8, 100), random(8, 100)
    _, kd = distillation_loss(student, teacher, torch.arange(8), temperature=temperature)
    divergence = nn.KLDivLoss(reduction="batchmean")(
        (student / temperature).log_softmax(1), (teacher / temperature).softmax(1)
    )
    torch.testing.assert_close(kd, temperature**2 * divergence)


def test_a_student_that_answers_as_its_teacher_has_nothing_to_learn_from_it(random):
    logits = random(4, 10)
    assert distillation_loss(logits, logits, torch.arange(4), temperature=4)[1] == pytest.approx(0, abs=1e-5)


def test_the_gradient_of_the_soft_labels_does_not_fade_with_temperature(random):
    student, teacher = random(16, 10).requires_grad_(), random(16, 10)

    def size(temperature: float) -> float:
        _, kd = distillation_loss(
            student, teacher, torch.zeros(16, dtype=torch.long), temperature=temperature
        )
        return torch.autograd.grad(kd, student)[0].norm().item()

    assert size(20) == pytest.approx(size(4), rel=0.3)


def test_the_teacher_s_answers_are_constants(random):
    student, teacher = random(4, 10).requires_grad_(), random(4, 10).requires_grad_()
    sum(distillation_loss(student, teacher, torch.arange(4), temperature=4)).backward()
    assert teacher.grad is None
    assert student.grad.any()
