"""First training steps in a process of their own, held against float64. Run by test_processors.py.

`python -m tests.models.steps reference FILE` writes the float64 gradients of every step to FILE.
`python -m tests.models.steps check FILE` takes every step in float32: one JSON line before each, one after.

Everything with a kink is made smooth, in both precisions: a number that is above 0 in one and below in the
other takes a slope with it, and a single one changes gradients by up to 4 % (measured on WRN-40). Shapes and
memory layouts, on which the choice of a processor's kernel depends, stay as they are.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.config import make_config
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS, Network, build
from kdviz.trainer.learner import Objective, make_learner
from kdviz.trainer.teacher_targets import TeacherOutput, teacher_forward
from tests.networks import TESTED_NETWORKS

Gradients = dict[str, Tensor]

LAYOUTS = {"channels-last": torch.channels_last, "contiguous": torch.contiguous_format}
WIDTHS = (0.25, 0.5, 1.0)
FLOOR = 1e-3
"""Share of the network's longest gradient: the error of a shorter one is relative to this length.
The shift of a BatchNorm that another one follows has a gradient of exactly 0, and float32 finds noise."""


@dataclass(frozen=True)
class Step:
    """A network that takes one training step. loss: a student's explanation loss; None: from labels alone."""

    model: str
    width: float
    image_size: int
    channels: int = 3
    loss: str | None = None

    def __str__(self) -> str:
        return f"{self.model} width {self.width:g}" + (f" by {self.loss}" if self.loss else "")


def steps() -> Iterator[Step]:
    """Every network at its smallest image size, then every explanation loss with the default student."""
    for name, spec in TESTED_NETWORKS.items():
        for width in WIDTHS if spec.has_width else (1.0,):
            yield Step(name, width, spec.minimum_size)
    default = make_config({})
    channels, side, _ = default.input_shape
    student = Step(default.student, default.student_width, side, channels)
    for name, loss in EXPLANATION_LOSSES.items():
        fits = loss.requires <= MODELS[default.student].offers
        yield replace(student, loss=name, model=default.student if fits else "vit-tiny")


def gradients(step: Step, layout: torch.memory_format, dtype: torch.dtype) -> Gradients:
    """The gradient of every parameter in the step, by name."""
    count = 16 if step.image_size < 64 else 4
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(count, step.channels, step.image_size, step.image_size, generator=generator)
    images = images.to(dtype, memory_format=layout)
    network = _network(step, layout, dtype, seed=3)
    learner = make_learner(
        "student", network, _objective(step), optimizer="sgd", learning_rate=None, steps=2, bf16=False
    )
    output = _teacher_output(step, images, layout, dtype)
    learner.step(learner.terms(images, torch.arange(count) % 5, output))
    return {name: parameter.grad for name, parameter in network.named_parameters()}


def _network(step: Step, layout: torch.memory_format, dtype: torch.dtype, seed: int) -> Network:
    network = build(
        step.model,
        classes=5,
        input_shape=(step.channels, step.image_size, step.image_size),
        width=step.width,
        seed=seed,
    )
    return network.to(dtype, memory_format=layout)


def _objective(step: Step) -> Objective:
    if step.loss is None:
        return Objective()
    return Objective(0.9, 4.0, explanation_weight=3.0, loss=EXPLANATION_LOSSES[step.loss])


def _teacher_output(
    step: Step, images: Tensor, layout: torch.memory_format, dtype: torch.dtype
) -> TeacherOutput | None:
    """The outputs of a teacher of twice the student's width."""
    if step.loss is None:
        return None
    teacher = _network(replace(step, width=2 * step.width), layout, dtype, seed=4)
    return teacher_forward(teacher, EXPLANATION_LOSSES[step.loss], "last")(images)


def worst(found: Gradients, expected: Gradients) -> tuple[str, float]:
    """The tensor with the largest relative error ‖g − g64‖ / ‖g64‖, and that error."""
    lengths = {name: gradient.norm().item() for name, gradient in expected.items()}
    floor = FLOOR * max(lengths.values())
    errors = {
        name: (found[name] - gradient).norm().item() / max(lengths[name], floor)
        for name, gradient in expected.items()
    }
    # NaN is larger than any number.
    return max(errors.items(), key=lambda item: (item[1] != item[1], item[1]))


def make_smooth() -> None:
    """SiLU for activations with a kink, averages for maxima. For a process that does nothing else."""
    for name in ("relu", "relu6", "hardtanh", "hardswish"):
        setattr(F, name, lambda features, *_, **__: F.silu(features))
    F.max_pool2d = lambda features, size, stride, padding, *_, **__: F.avg_pool2d(
        features, size, stride, padding
    )


def write_reference(file: Path) -> None:
    exact = {str(step): gradients(step, torch.contiguous_format, torch.float64) for step in steps()}
    # As float32 they take half the room, and lose nothing that the comparison could see.
    torch.save({step: {k: v.float() for k, v in found.items()} for step, found in exact.items()}, file)


def check(file: Path) -> None:
    expected = torch.load(file, weights_only=True)
    for step in steps():
        for name, layout in LAYOUTS.items():
            _say({"step": f"{step}, {name}"})
            tensor, error = worst(gradients(step, layout, torch.float32), expected[str(step)])
            _say({"tensor": tensor, "error": error})


def _say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_smooth()
    {"reference": write_reference, "check": check}[sys.argv[1]](Path(sys.argv[2]))
