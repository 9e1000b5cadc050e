"""What a training step costs, against the bare forward and backward passes it cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.nn import functional as F

from benchmarks.paired import Ratio, paired
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS, Network, build
from kdviz.trainer.learner import Learner, Objective, make_learner
from kdviz.trainer.lesson import asking

BATCH, CLASSES, SIZE = 64, 10, 32
PAIRS = (("resnet8-lite", 2.0, "resnet8-lite", 0.5), ("resnet20", 1.0, "simple-cnn", 1.0))
"""Teacher, width, student, width: the default pair, and one whose Grad-CAM takes a second backward."""


def ratios() -> Iterator[Ratio]:
    """For each pair of networks: λ's price, lockstep's gain, and what is lost over bare PyTorch."""
    images, labels = torch.randn(BATCH, 3, SIZE, SIZE), torch.randint(CLASSES, (BATCH,))
    for teacher_name, teacher_width, name, width in PAIRS:
        teacher = _network(teacher_name, teacher_width)
        with_maps = asking(teacher, EXPLANATION_LOSSES["grad-cam"], "last")
        without = asking(teacher, None, "last")
        student, twin, plain = (_learner(name, width, weight) for weight in (10.0, 0.0, 0.0))
        title = f"{teacher_name} → {name}"

        def explained(with_maps=with_maps, student=student):  # type: ignore[no-untyped-def]
            return student.learn(images, labels, with_maps(images))

        def unexplained(without=without, plain=plain):  # type: ignore[no-untyped-def]
            return plain.learn(images, labels, without(images))

        def lockstep(with_maps=with_maps, student=student, twin=twin):  # type: ignore[no-untyped-def]
            lesson = with_maps(images)
            student.learn(images, labels, lesson)
            twin.learn(images, labels, lesson)

        def two_runs(explained=explained, unexplained=unexplained):  # type: ignore[no-untyped-def]
            explained()
            unexplained()

        bare = _bare_step(teacher, _network(name, width), images, labels)
        yield paired(f"{title}: step with λ / step without", explained, unexplained, aim=1.15)
        yield paired(f"{title}: student + twin in lockstep / two runs", lockstep, two_runs, aim=0.75)
        yield paired(f"{title}: step without λ / bare passes", unexplained, bare, aim=1.2)


def _bare_step(teacher: Network, student: Network, images: torch.Tensor, labels: torch.Tensor):  # type: ignore[no-untyped-def]
    """A teacher's forward and a student's forward and backward, and nothing else."""

    def step() -> None:
        with torch.no_grad():
            teacher(images)
        student.zero_grad(set_to_none=True)
        F.cross_entropy(student(images), labels).backward()  # type: ignore[no-untyped-call]

    return step


def _network(name: str, width: float) -> Network:
    return build(name, classes=CLASSES, channels=3, image_size=SIZE, width=width)


def _learner(name: str, width: float, weight: float) -> Learner:
    loss = EXPLANATION_LOSSES["grad-cam"] if weight else None
    objective = Objective(kd_weight=0.9, temperature=4.0, explanation_weight=weight, loss=loss)
    return make_learner(
        "student", _network(name, width), objective,
        optimizer=MODELS[name].optimizer, learning_rate=None, steps=10_000, bf16=False,
    )  # fmt: skip
