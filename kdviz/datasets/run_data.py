"""The data of a run: the splits of its data set, with the cue planted."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.datasets.cue import indicated_classes, plant
from kdviz.datasets.memory import check_memory, copied_images
from kdviz.datasets.split import DataSet, Split, balanced_subset

# Seeds of the cue in each split; fixed, so that every run is evaluated on the same images.
_TEACHER_SEED, _TRAIN_SEED, _VALIDATION_SEED, _TEST_SEED = 11, 12, 13, 14


@dataclass(frozen=True)
class RunData:
    """The splits of a run. "Intact": the cue agrees with the label as often as in the student's training.

    Without a planted cue the intact splits are None and the others are those of the data set.
    """

    dataset: DataSet
    teacher_train: Split
    student_train: Split
    validation: Split
    validation_intact: Split | None
    test: Split
    test_intact: Split | None
    flips: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, *S) of each input as the networks take it, with the cue planted."""
        return tuple(self.test.images.shape[1:])


def prepare(
    dataset: DataSet,
    *,
    cue: str = "none",
    cue_strength: float = 1.0,
    train_count: int | None = None,
    seed: int = 0,
) -> RunData:
    """Plant the cue and choose the student's training images.

    The cue is independent of the class in the teacher's training images and in the test images; it agrees
    with the label with probability `cue_strength` in the student's training images and in one copy of the
    validation images. `seed` chooses the student's images. Raises DataError if `train_count` is too large, or
    if the memory cannot hold the copies.
    """
    classes, has_cue = len(dataset.classes), cue != "none"
    evaluated = len(dataset.validation) + len(dataset.test)
    copied = copied_images(
        train=len(dataset.train), evaluated=evaluated, train_count=train_count, has_cue=has_cue
    )
    check_memory(copied, dataset.input_shape)

    def planted(split: Split, strength: float | None, seed: int) -> Split:
        return plant(split, cue, classes=classes, strength=strength, seed=seed)

    student = balanced_subset(dataset.train, train_count, seed=seed)
    test = planted(dataset.test, None, _TEST_SEED)
    widen = test.images.shape[1] // dataset.input_shape[0]
    return RunData(
        dataset=dataset,
        teacher_train=planted(dataset.train, None, _TEACHER_SEED),
        student_train=planted(student, cue_strength, _TRAIN_SEED),
        validation=planted(dataset.validation, None, _VALIDATION_SEED),
        validation_intact=planted(dataset.validation, cue_strength, _VALIDATION_SEED) if has_cue else None,
        test=test,
        test_intact=planted(dataset.test, cue_strength, _TEST_SEED) if has_cue else None,
        flips=dataset.flips and cue != "place-patch",
        mean=dataset.mean * widen,
        std=dataset.std * widen,
    )


def random_cue_classes(count: int, classes: int) -> Tensor:
    """(N,) the class that the cue indicates in each of the `count` test images of a run, by chance the label.

    The same for every kind of cue, and for every run on a test set of that size.
    """
    labels, generator = torch.zeros(count), torch.Generator().manual_seed(_TEST_SEED)
    return indicated_classes(labels, classes, None, generator)
