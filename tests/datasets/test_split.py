import numpy as np
import pytest
import torch

from kdviz.datasets import DataSet, Split, balanced_subset
from kdviz.datasets.split import held_out, with_validation
from kdviz.errors import DataError


def numbered(labels) -> Split:
    """Images whose single pixel is their place."""
    labels = torch.tensor(labels)
    return Split(torch.arange(len(labels), dtype=torch.uint8).view(-1, 1, 1, 1), labels)


def places(split: Split) -> list[int]:
    return split.images.flatten().tolist()


def test_images_taken_keep_their_label_and_masks():
    masks = torch.arange(4).view(4, 1, 1) > 1
    split = Split(numbered([0, 1, 0, 1]).images, torch.tensor([0, 1, 0, 1]), masks, ~masks)
    taken = split.take(torch.tensor([3, 0]))
    assert places(taken) == [3, 0]
    assert taken.labels.tolist() == [1, 0]
    assert taken.object_masks.flatten().tolist() == [True, False]
    assert taken.cue_masks.flatten().tolist() == [False, True]


def test_a_sixth_of_each_class_validates_and_nothing_is_lost():
    labels = torch.tensor([0] * 60 + [1] * 12 + [2] * 2)
    kept, held = held_out(labels, 1 / 6)
    assert torch.bincount(labels[held]).tolist() == [10, 2, 1]
    assert sorted(kept.tolist() + held.tolist()) == list(range(74))
    assert kept.tolist() == sorted(kept.tolist())


def test_the_validation_cut_is_random_in_place_but_always_the_same():
    labels = torch.zeros(60, dtype=torch.int64)
    held = held_out(labels, 1 / 6)[1].tolist()
    assert held == held_out(labels, 1 / 6)[1].tolist()
    assert held != list(range(10))


@pytest.mark.parametrize(
    ("count", "expected"), [(2, [0, 1, 1]), (6, [2, 2, 2]), (8, [2, 3, 3]), (14, [2, 6, 6])]
)
def test_a_subset_is_as_balanced_as_there_are_images(count, expected):
    subset = balanced_subset(numbered([0] * 2 + [1] * 6 + [2] * 6), count, seed=0)
    assert sorted(torch.bincount(subset.labels, minlength=3).tolist()) == expected


def test_a_smaller_subset_begins_a_larger_one_of_the_same_seed():
    split = numbered([0, 1, 2] * 30)
    small, large = (balanced_subset(split, count, seed=4) for count in (10, 60))
    assert places(large)[:10] == places(small)
    assert len(set(places(large))) == 60
    assert places(balanced_subset(split, 10, seed=5)) != places(small)


def test_no_count_takes_every_image():
    split = numbered([0, 1])
    assert balanced_subset(split, None, seed=0) is split


def test_more_images_than_there_are_is_refused():
    with pytest.raises(DataError) as refused:
        balanced_subset(numbered([0, 1, 1]), 4, seed=0)
    assert str(refused.value) == (
        "train_count: must be at most 3, the number of training images, got 4. Leave it empty to take all."
    )


def test_drawing_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    balanced_subset(numbered([0, 1] * 20), 10, seed=3)
    held_out(torch.tensor([0, 1] * 20), 0.2)
    assert torch.equal(before, torch.get_rng_state())


def test_mean_and_std_are_those_of_the_training_pixels():
    images = torch.randint(
        256, (1500, 3, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )
    labels = torch.arange(1500) % 2
    data = with_validation("x", ("a", "b"), Split(images, labels), Split(255 - images, labels))
    pixels = data.train.images.numpy().astype(np.float64) / 255
    np.testing.assert_allclose(data.mean, pixels.mean((0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(data.std, pixels.std((0, 2, 3)), rtol=1e-12)
    assert data.input_shape == (3, 4, 4)


def test_a_flat_channel_can_still_be_divided_by():
    flat = Split(torch.full((4, 1, 2, 2), 51, dtype=torch.uint8), torch.tensor([0, 0, 1, 1]))
    data = DataSet("flat", ("a", "b"), flat, flat, flat, flips=True)
    assert data.mean == pytest.approx((0.2,))
    assert data.std == (1 / 255,)
