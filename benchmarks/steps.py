"""What a training step costs, against the bare forward and backward passes it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch.nn import functional as F

from benchmarks.paired import Ratio, paired
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS, Network, build
from kdviz.trainer.learner import Learner, Objective, make_learner
from kdviz.trainer.teacher_targets import teacher_forward

Step = Callable[[], object]

BATCH, CLASSES, SIZE = 64, 10, 32
PAIRS = (
    ("resnet8-lite", 2.0, "resnet8-lite", 0.5, "class-attention"),
    ("resnet20", 1.0, "simple-cnn", 1.0, "grad-cam"),
)
"""Teacher, width, student, width, usual loss: the default pair, and one whose maps take backward passes."""


def ratios() -> Iterator[Ratio]:
    """For each pair of networks: λ's price, lockstep's gain, and what is lost over bare PyTorch."""
    images, labels = torch.randn(BATCH, 3, SIZE, SIZE), torch.randint(CLASSES, (BATCH,))
    for teacher_name, teacher_width, name, width, loss in PAIRS:
        teacher = _network(teacher_name, teacher_width)
        explained = _step(teacher, _learner(name, width, loss), images, labels, loss)
        unexplained = _step(teacher, _learner(name, width, None), images, labels, None)
        lockstep = _lockstep(teacher, name, width, loss, images, labels)

        def two_runs(explained: Step = explained, unexplained: Step = unexplained) -> None:
            explained()
            unexplained()

        title = f"{teacher_name} → {name}"
        bare = _bare_step(teacher, _network(name, width), images, labels)
        yield paired(f"{title}: step with λ, {loss} / step without", explained, unexplained, aim=1.15)
        yield paired(f"{title}: student + twin in lockstep / two runs", lockstep, two_runs, aim=0.75)
        yield paired(f"{title}: step without λ / bare passes", unexplained, bare, aim=1.2)
    every_class = _step(teacher, _learner(name, width, "class-attention"), images, labels, "class-attention")
    yield paired(f"{title}: step with λ, class-attention / step without", every_class, unexplained)


def _step(
    teacher: Network, learner: Learner, images: torch.Tensor, labels: torch.Tensor, loss: str | None
) -> Step:
    """One step of a learner, with the teacher's forward pass."""
    forward = teacher_forward(teacher, EXPLANATION_LOSSES[loss] if loss else None, "last")
    return lambda: learner.step(learner.terms(images, labels, forward(images)))


def _lockstep(
    teacher: Network, name: str, width: float, loss: str, images: torch.Tensor, labels: torch.Tensor
) -> Step:
    """One step of a student and its twin, with one forward pass of the teacher."""
    forward = teacher_forward(teacher, EXPLANATION_LOSSES[loss], "last")
    arms = [_learner(name, width, loss), _learner(name, width, None)]

    def step() -> None:
        output = forward(images)
        for arm in arms:
            arm.step(arm.terms(images, labels, output))

    return step


def _bare_step(teacher: Network, student: Network, images: torch.Tensor, labels: torch.Tensor) -> Step:
    """A teacher's forward and a student's forward and backward, and nothing else."""

    def step() -> None:
        with torch.no_grad():
            teacher(images)
        student.zero_grad(set_to_none=True)
        F.cross_entropy(student(images), labels).backward()  # type: ignore[no-untyped-call]

    return step


def _network(name: str, width: float) -> Network:
    return build(name, classes=CLASSES, input_shape=(3, SIZE, SIZE), width=width)


def _learner(name: str, width: float, loss: str | None) -> Learner:
    objective = Objective(
        kd_weight=0.9,
        temperature=4.0,
        explanation_weight=10.0 if loss else 0.0,
        loss=EXPLANATION_LOSSES[loss] if loss else None,
    )
    return make_learner(
        "student", _network(name, width), objective,
        optimizer=MODELS[name].optimizer, learning_rate=None, steps=10_000, bf16=False,
    )  # fmt: skip
