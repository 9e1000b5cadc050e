"""A training step on 1,000 photographs of 224 px, against a plain loop: `python -m benchmarks.photographs`.

ResNet-18 → MobileNetV3 small, batches of 32. The photographs of the package, enlarged, are JPEG files in a
folder; kdviz reads them as anybody's, from disk, and the plain loop has them in memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image
from torch.nn import functional as F

from benchmarks.paired import Ratio, paired
from benchmarks.table import print_ratios
from kdviz.config import RunConfig
from kdviz.datasets import DataSet
from kdviz.inputs import load_dataset
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.progress import silent
from kdviz.trainer.batches import Batch, Batches
from kdviz.trainer.learner import Learner
from kdviz.trainer.setup import TrainingSetup, load_setup
from kdviz.trainer.teacher_targets import teacher_forward

Step = Callable[[], object]

COUNT, SIZE, BATCH, PAIRS = 1000, 224, 32, 10


def main() -> None:
    """Write the photographs, measure, and print a table."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        _write_photographs(Path(folder))
        print_ratios(_ratios(folder), f"torch {torch.__version__}, 1 thread")


def _ratios(folder: str) -> Iterator[Ratio]:
    config = RunConfig(
        dataset="folder", data=folder, image_size=SIZE, batch_size=BATCH,
        teacher="resnet18", student="mobilenet-v3-small", explanation_loss="class-attention",
    )  # fmt: skip
    setup = load_setup(config, silent)
    batches = Batches(
        setup.data.student_train, setup.normalizer,
        modality=setup.modality, batch_size=BATCH, flips=True, seed=0,
    )  # fmt: skip
    images = setup.data.student_train.images.clone()
    plain = _plain_step(images, setup.data.student_train.labels, len(setup.data.dataset.classes))
    twin, student = (_step(setup, batches, explained=explained) for explained in (False, True))
    yield paired("step without λ / plain PyTorch", twin, plain, pairs=PAIRS, aim=1.15)
    yield paired("step with λ, class attention / plain PyTorch", student, plain, pairs=PAIRS, aim=1.15)
    epoch = _endless(batches)
    yield paired("reading a batch / step of plain PyTorch", lambda: next(epoch), plain, pairs=PAIRS)


def _step(setup: TrainingSetup, batches: Batches, *, explained: bool) -> Step:
    """A step of one arm: its batch read from disk, the teacher's outputs, and the student's update."""
    learner: Learner = setup.student_learner("student" if explained else "twin", steps=10_000)
    loss = EXPLANATION_LOSSES[setup.config.explanation_loss] if explained else None
    forward = teacher_forward(setup.network("teacher", 0), loss, setup.config.explained_layer)
    epoch = _endless(batches)

    def step() -> None:
        batch = next(epoch)
        learner.step(learner.terms(batch.images, batch.labels, forward(batch.images)))

    return step


def _endless(batches: Batches) -> Iterator[Batch]:
    for number in count():
        yield from batches.epoch(number)


def _plain_step(images: torch.Tensor, labels: torch.Tensor, classes: int) -> Step:
    """What one would write by hand: torchvision's networks, images in memory, distillation alone.

    In the memory layout that is fastest on a processor, as kdviz has it.
    """
    layout = torch.channels_last
    teacher = torchvision.models.resnet18(num_classes=classes).eval().to(memory_format=layout)
    student = torchvision.models.mobilenet_v3_small(num_classes=classes).train().to(memory_format=layout)
    optimiser = torch.optim.AdamW(student.parameters(), 0.002)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

    def step() -> None:
        chosen = torch.randint(len(images), (BATCH,))
        batch = (images[chosen].float() / 255 - mean.view(3, 1, 1)) / std.view(3, 1, 1)
        batch = batch.contiguous(memory_format=layout)
        with torch.no_grad():
            soft = F.softmax(teacher(batch) / 4, 1)
        logits = student(batch)
        hard = F.cross_entropy(logits, labels[chosen])
        loss = 0.1 * hard + 0.9 * 16 * F.kl_div(F.log_softmax(logits / 4, 1), soft, reduction="batchmean")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return step


def _write_photographs(folder: Path) -> None:
    flowers: DataSet = load_dataset(RunConfig(dataset="flowers"), silent)
    images = torch.cat([flowers.train.images, flowers.validation.images, flowers.test.images])
    labels = torch.cat([flowers.train.labels, flowers.validation.labels, flowers.test.labels])
    for number in range(COUNT):
        at = number % len(images)
        place = folder / flowers.classes[int(labels[at])]
        place.mkdir(exist_ok=True)
        pixels = np.ascontiguousarray(images[at].permute(1, 2, 0).numpy())
        picture = Image.fromarray(pixels).resize((SIZE, SIZE))
        picture.save(place / f"{number}.jpg", quality=90)


if __name__ == "__main__":
    main()
