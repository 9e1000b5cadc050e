"""A few images of a class, to look at."""

import numpy as np
import torch

from kdviz.datasets import Split
from kdviz.datasets.samples import (
    class_counts,
    of_class,
    randomly_flipped,
    sample_of_class,
    sample_of_classes,
)


def split(labels):
    images = torch.arange(len(labels) * 4, dtype=torch.uint8).view(-1, 1, 2, 2)
    return Split(images, torch.tensor(labels))


def first_pixels(images):
    return images.images[:, 0, 0, 0].tolist()


def test_every_turn_goes_on_where_the_one_before_ended():
    taken = split([0, 1, 0, 1, 0])
    assert first_pixels(sample_of_class(taken, 0, 2)) == [0, 8]
    assert first_pixels(sample_of_class(taken, 0, 2, turn=1)) == [16, 0]
    assert first_pixels(sample_of_classes(taken, (1, 0), 1)) == [4, 0]


def test_a_class_without_images_gives_none():
    assert len(sample_of_class(split([0, 0]), 1, 3, turn=2)) == 0
    assert class_counts(split([0, 0, 2]), 4) == [2, 0, 1, 0]
    assert of_class(split([0, 2, 0]), 0).labels.tolist() == [0, 0]


def test_images_are_taken_by_numpy_and_torch_indices_alike():
    taken, at = split([0, 1, 2]), np.array([2, 0])
    assert torch.equal(taken.take(at).images, taken.take(torch.from_numpy(at)).images)


def test_about_half_of_the_images_are_flipped_with_their_masks():
    images = torch.zeros(400, 1, 1, 2, dtype=torch.uint8)
    images[..., 0] = 1
    masks = images[:, 0].bool()
    flipped = randomly_flipped(Split(images, torch.zeros(400, dtype=torch.int64), masks), seed=0)
    assert torch.equal(flipped.images[:, 0].bool(), flipped.object_masks)
    assert 160 < int(flipped.images[..., 1].sum()) < 240  # 5 standard deviations
