"""The distillation loss: cross entropy with the labels, KL divergence from the teacher's soft labels."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def distillation_loss(
    student_logits: Tensor, teacher_logits: Tensor, labels: Tensor, *, temperature: float
) -> tuple[Tensor, Tensor]:
    """The two terms of L_accuracy = (1 − kd_weight) · CE + kd_weight · T² · KL, unweighted scalars.

    CE: cross entropy with the labels (N,). T² · KL: KL(softmax(teacher/T) ‖ softmax(student/T)), summed over
    classes, averaged over the batch. Logits: (N, classes); the teacher's are detached. T² keeps the size of
    the gradient independent of T. `reduction="mean"` would also divide by the number of classes.
    Source: Hinton et al. 2015, arXiv:1503.02531, sec. 2.
    """
    student = F.log_softmax(student_logits / temperature, dim=1)
    teacher = F.softmax(teacher_logits.detach() / temperature, dim=1)
    divergence = F.kl_div(student, teacher, reduction="batchmean")
    return F.cross_entropy(student_logits, labels), temperature**2 * divergence
