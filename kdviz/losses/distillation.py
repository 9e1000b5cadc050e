"""How far a student's answers are from the labels, and from the teacher's answers."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def distillation_loss(
    student_logits: Tensor, teacher_logits: Tensor, labels: Tensor, *, temperature: float
) -> tuple[Tensor, Tensor]:
    """Both terms of L_accuracy = (1 − kd_weight) · first + kd_weight · second, unweighted scalars.

    First: cross entropy with the labels (N,). Second: T² · KL(softmax(teacher/T) ‖ softmax(student/T)),
    summed over classes, mean over the batch. Logits: (N, classes); the teacher's are constants.
    T² keeps the gradient's size when T changes; dividing by the class count as well (`reduction="mean"`)
    would make the term that much too small.
    Source: Hinton et al. 2015, arXiv:1503.02531, sec. 2.
    """
    student = F.log_softmax(student_logits / temperature, dim=1)
    teacher = F.softmax(teacher_logits.detach() / temperature, dim=1)
    divergence = F.kl_div(student, teacher, reduction="batchmean")
    return F.cross_entropy(student_logits, labels), temperature**2 * divergence
