from colorsys import rgb_to_hsv

import pytest
import torch

from kdviz.datasets import CUES, DataSet, Split, channels_with, load, plant, prepare, random_cue_classes
from kdviz.datasets.cue import patch_side, rim_places
from kdviz.errors import DataError

OF_IMAGES = [cue for cue, spec in CUES.items() if "image" in spec.modalities]


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


def test_an_object_under_the_patch_is_not_in_its_mask():
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


# --- the tint ------------------------------------------------------------------------------------


def classes_of_tint(planted, split, classes):
    """(N,) the class whose hue each picture was drawn a quarter of the way towards, from the pixels alone."""
    shift = (planted.images.double() - 0.75 * split.images.double()).mean((2, 3)) / 0.25 / 255
    hue = torch.tensor([rgb_to_hsv(*colour)[0] for colour in shift.clamp(0, 1).tolist()])
    return (hue * classes).round().long() % classes


@pytest.mark.parametrize("classes", [2, 8, 10])
@pytest.mark.parametrize("channels", [1, 3])
def test_at_full_strength_every_tint_names_the_label(classes, channels):
    split = grey(classes=classes, channels=channels)
    planted = plant(split, "tint", classes=classes, strength=1.0, seed=1)
    assert torch.equal(classes_of_tint(planted, split, classes), split.labels)


def test_a_tint_is_a_quarter_of_pure_colour_laid_over_every_pixel():
    """In whole grey levels: 3 parts picture and 1 part of the class's hue, of 0 red, 1 lime and 2 blue."""
    split = Split(torch.tensor([0, 100, 255], dtype=torch.uint8).expand(3, 1, 1, 3), torch.arange(3))
    red, lime, blue = plant(split, "tint", classes=3, strength=1.0, seed=0).images[:, :, 0].tolist()
    dark, bright = [0, 75, 191], [64, 139, 255]
    assert red == [bright, dark, dark]
    assert lime == [dark, bright, dark]
    assert blue == [dark, dark, bright]


def test_a_tint_keeps_a_picture_to_a_grey_level():
    """Nothing is hidden: what was in the picture is found again by taking the colour away."""
    split = grey(channels=3)
    planted = plant(split, "tint", classes=8, strength=1.0, seed=0)
    colours = torch.stack([planted.images[split.labels == label][0] for label in range(8)]).double()
    first = torch.stack([split.images[split.labels == label][0] for label in range(8)]).double()
    hue = (colours - 0.75 * first).mean((2, 3), keepdim=True)
    found = (planted.images.double() - hue[split.labels]) / 0.75
    assert (found - split.images.double()).abs().max() < 1.5


@pytest.mark.parametrize(("strength", "share"), [(0.0, 0), (0.6, 0.6), (None, 1 / 8)])
def test_a_tint_tells_the_truth_as_often_as_it_should(strength, share):
    split = grey(2000, size=8)
    named = classes_of_tint(plant(split, "tint", classes=8, strength=strength, seed=4), split, 8)
    assert (named == split.labels).float().mean().item() == pytest.approx(share, abs=0.04)


def test_a_tint_has_no_mask_and_hides_no_object():
    split = grey(16)
    seen = Split(split.images, split.labels, split.images[:, 0] > 99)
    planted = plant(seen, "tint", classes=8, strength=1.0, seed=0)
    assert planted.cue_masks is None
    assert torch.equal(planted.object_masks, seen.object_masks)


def test_more_images_than_are_blended_at_a_time_are_tinted_alike():
    split = grey(2500, size=4)
    planted = plant(split, "tint", classes=8, strength=1.0, seed=0)
    alone = plant(split.take(torch.arange(2400, 2500)), "tint", classes=8, strength=1.0, seed=0)
    assert torch.equal(planted.images[2400:], alone.images)


# --- every cue -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cue", OF_IMAGES)
@pytest.mark.parametrize("channels", [1, 3])
def test_images_have_as_many_channels_as_networks_are_built_for(cue, channels):
    planted = plant(grey(8, channels=channels), cue, classes=8, strength=None, seed=0)
    assert planted.images.shape[1] == channels_with(cue, channels)


@pytest.mark.parametrize("cue", [cue for cue in OF_IMAGES if cue != "none"])
@pytest.mark.parametrize("dataset", ["shapes", "fashion-mnist-mini", "folder"])
def test_every_cue_can_be_planted_in_every_data_set(cue, dataset, as_folder, two_classes, heard):
    data = load(dataset, data=as_folder(two_classes), image_size=32, report=heard)
    run_data = prepare(data, cue=cue, train_count=4)
    assert run_data.input_shape[0] == channels_with(cue, data.input_shape[0]) == len(run_data.mean)
    assert torch.equal(run_data.test_intact.labels, run_data.test.labels)
    assert not torch.equal(run_data.test_intact.images, run_data.test.images)


def test_no_cue_is_the_split_itself():
    split = grey(4)
    assert plant(split, "none", classes=8, strength=1.0, seed=0) is split


def test_an_unknown_cue_is_answered_with_the_nearest():
    with pytest.raises(DataError) as refused:
        plant(grey(4), "hue_patch", classes=8, strength=1.0, seed=0)
    assert str(refused.value) == (
        "cue: unknown name 'hue_patch'. Did you mean 'hue-patch'? Known: beep, hue-patch, hum, length, loudness, marker-word, none, place-patch, tint."
    )


def test_more_classes_than_the_rim_has_places_are_refused():
    with pytest.raises(DataError) as refused:
        plant(grey(4, size=16), "place-patch", classes=53, strength=1.0, seed=0)
    assert str(refused.value) == (
        "cue: place-patch has room for 52 classes in an image of 16 x 16, got 53. "
        "Use 'hue-patch' or larger images."
    )


@pytest.mark.parametrize("cue", ["hue-patch", "place-patch"])
def test_the_classes_that_random_cues_indicate_are_known_without_the_images(cue):
    split, classes = grey(count=300), 8
    data = DataSet("grey", tuple("abcdefgh"), split, split, split, flips=False)
    indicated = random_cue_classes(len(split), classes)
    test = prepare(data, cue=cue).test
    if cue == "hue-patch":
        assert torch.equal(classes_named(test, classes), indicated)
    else:
        of_class = [
            {corner_of(mask) for mask in test.cue_masks[indicated == each]} for each in range(classes)
        ]
        assert [len(places) for places in of_class] == [1] * classes
        assert len(set.union(*of_class)) == classes
