"""Fidelity: whether two models predict the same."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from kdviz.errors import ShapeError


@dataclass(frozen=True)
class Fidelity:
    """Agreement of two models' predictions over a set of images; NaN without images.

    top1: share of images with the same predicted class, in [0, 1]. kl: mean KL(teacher ‖ student) at
    temperature 1, in nats, ≥ 0.
    """

    top1: float
    kl: float


def fidelity(teacher_logits: Tensor, student_logits: Tensor) -> Fidelity:
    """Fidelity of the student's logits to the teacher's; (N, classes) both.

    Raises ShapeError if the shapes differ.
    """
    if teacher_logits.shape != student_logits.shape:
        given = f"{tuple(teacher_logits.shape)} and {tuple(student_logits.shape)}"
        raise ShapeError(f"logits: teacher's and student's must have one shape (N, classes), got {given}.")
    same = (teacher_logits.argmax(1) == student_logits.argmax(1)).double().mean()
    log_teacher = F.log_softmax(teacher_logits.double(), 1)
    log_student = F.log_softmax(student_logits.double(), 1)
    divergence = (log_teacher.exp() * (log_teacher - log_student)).sum(1).mean()
    return Fidelity(top1=same.item(), kl=divergence.item())
