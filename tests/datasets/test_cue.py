from colorsys import rgb_to_hsv

import pytest
import torch

from kdviz.datasets import Split, plant
from kdviz.datasets.cue import patch_side, rim_places
from kdviz.errors import DataError


def grey(count=400, *, classes=8, size=32, channels=1) -> Split:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (count, channels, size, size), dtype=torch.uint8, generator=generator)
    return Split(images, torch.arange(count) % classes)


def corner_of(mask) -> tuple[int, int]:
    rows, columns = mask.nonzero().T
    return rows.min().item(), columns.min().item()


def class_of_hue(image, mask, classes) -> int:
    """Read a patch as a person would: one colour, its hue's place on the circle."""
    colours = image[:, mask].T.unique(dim=0)
    assert len(colours) == 1
    hue, saturation, value = rgb_to_hsv(*(colours[0] / 255).tolist())
    assert (saturation, value) == (1, 1)
    return round(hue * classes) % classes


def classes_named(split, classes):
    """(N,) the class whose hue each patch has."""
    pairs = zip(split.images, split.cue_masks, strict=True)
    return torch.tensor([class_of_hue(image, mask, classes) for image, mask in pairs])


def walk_round_the_rim(size):
    """Every place of a patch on the rim, one step after the other, clockwise."""
    row, column, end = 0, 0, size - patch_side(size)
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        for _ in range(end):
            yield row, column
            row, column = row + down, column + right


@pytest.mark.parametrize("classes", [2, 8, 10, 100])
@pytest.mark.parametrize("channels", [1, 3])
def test_at_full_strength_every_hue_names_the_label(classes, channels):
    split = grey(classes=classes, channels=channels)
    planted = plant(split, "hue-patch", classes=classes, strength=1.0, seed=1)
    assert torch.equal(classes_named(planted, classes), split.labels)


@pytest.mark.parametrize("classes", [2, 8, 10, 100])
def test_at_full_strength_every_place_names_the_label(classes):
    split = grey(classes=classes)
    planted = plant(split, "place-patch", classes=classes, strength=1.0, seed=1)
    walk = list(walk_round_the_rim(32))
    for label, mask in zip(split.labels.tolist(), planted.cue_masks, strict=True):
        assert corner_of(mask) == walk[int(label * len(walk) / classes + 0.5)]
    assert (planted.images[:, 0][planted.cue_masks] == 255).all()
    assert planted.images.shape[1] == 1


@pytest.mark.parametrize("count", [4, 5, 37, 91, 92])
def test_places_round_the_rim_never_coincide(count):
    places = rim_places(count, 28, 28)
    assert len(places.unique(dim=0)) == count
    assert ((places == 0) | (places == 23)).any(1).all()


@pytest.mark.parametrize("cue", ["hue-patch", "place-patch"])
def test_every_image_changes_within_its_patch_and_nowhere_else(cue):
    split = grey()
    planted = plant(split, cue, classes=8, strength=0.5, seed=2)
    assert (planted.cue_masks.sum((1, 2)) == 36).all()
    unchanged = (planted.images == split.images).all(1)
    assert (unchanged | planted.cue_masks).all()
    assert torch.equal(planted.labels, split.labels)


def test_hue_patches_lie_in_all_four_corners_about_equally_often():
    planted = plant(grey(), "hue-patch", classes=8, strength=1.0, seed=3)
    corners = [corner_of(mask) for mask in planted.cue_masks]
    assert {corner: corners.count(corner) > 70 for corner in set(corners)} == dict.fromkeys(
        [(0, 0), (0, 26), (26, 0), (26, 26)], True
    )


@pytest.mark.parametrize("strength", [0.0, 0.6, 0.95])
def test_the_cue_tells_the_truth_as_often_as_it_should(strength):
    split = grey(2000)
    named = classes_named(plant(split, "hue-patch", classes=8, strength=strength, seed=4), 8)
    assert (named == split.labels).float().mean().item() == pytest.approx(strength, abs=0.04)


def test_a_broken_cue_knows_nothing_of_the_class():
    split = grey(2000)
    named = classes_named(plant(split, "hue-patch", classes=8, strength=None, seed=5), 8)
    together = torch.bincount(split.labels * 8 + named, minlength=64)
    assert (together - 2000 / 64).abs().max() < 5 * (2000 / 64) ** 0.5


def test_an_object_under_the_patch_is_no_longer_masked():
    split = grey(16)
    covered = Split(split.images, split.labels, torch.ones(16, 32, 32, dtype=torch.bool))
    planted = plant(covered, "hue-patch", classes=8, strength=1.0, seed=0)
    assert torch.equal(planted.object_masks, ~planted.cue_masks)


def test_patches_follow_the_seed_and_leave_everything_else_alone():
    split, before = grey(), torch.get_rng_state()
    pixels = split.images.clone()
    first, again, other = (
        plant(split, "hue-patch", classes=8, strength=None, seed=seed).images for seed in (7, 7, 8)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(split.images, pixels)
    assert torch.equal(before, torch.get_rng_state())


def test_no_cue_is_the_split_itself():
    split = grey(4)
    assert plant(split, "none", classes=8, strength=1.0, seed=0) is split


def test_an_unknown_cue_is_answered_with_the_nearest():
    with pytest.raises(DataError) as refused:
        plant(grey(4), "hue_patch", classes=8, strength=1.0, seed=0)
    assert str(refused.value) == (
        "cue: unknown name 'hue_patch'. Did you mean 'hue-patch'? Known: hue-patch, none, place-patch."
    )


def test_more_classes_than_the_rim_has_places_are_refused():
    with pytest.raises(DataError) as refused:
        plant(grey(4, size=16), "place-patch", classes=53, strength=1.0, seed=0)
    assert str(refused.value) == (
        "cue: place-patch has room for 52 classes in an image of 16 x 16, got 53. "
        "Use 'hue-patch' or larger images."
    )
