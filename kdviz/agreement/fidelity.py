"""Whether two models predict the same, whatever they look at."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from kdviz.errors import ShapeError


@dataclass(frozen=True)
class Fidelity:
    """Match of two models' predictions over a set of images; NaN for no images.

    top1: share of images with the same top-1 class, in [0, 1].
    kl: mean KL(teacher ‖ student) at temperature 1, in nats, ≥ 0.
    """

    top1: float
    kl: float


def fidelity(teacher_logits: Tensor, student_logits: Tensor) -> Fidelity:
    """How far the student's predictions match the teacher's; logits (N, classes) both.

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
