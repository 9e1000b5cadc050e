"""An input with its cue in every way: each is what `plant` makes of the same image with that cue."""

import pytest
import torch

from kdviz.datasets import CUES, Split, plant
from kdviz.datasets.sound_split import sound_split
from kdviz.datasets.text_split import text_split

CLASSES = 5


def inputs(cue, count, channels):
    if "audio" in CUES[cue].modalities:
        return sounds(count)
    if "text" in CUES[cue].modalities:
        return text_split(
            [f"text {number}, of seven words" for number in range(count)], torch.arange(count) % CLASSES, 12
        )
    return images(count, channels)


def images(count, channels):
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 200, (count, channels, 16, 20), generator=generator).byte()
    return Split(pixels, torch.arange(count) % CLASSES)


def sounds(count):
    """Noise of a fifth of a second, so that a tone has five places."""
    waves = torch.randint(-3000, 3000, (count, 3200), generator=torch.Generator().manual_seed(0))
    return sound_split(waves.short(), torch.arange(count) % CLASSES)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("cue", [cue for cue, spec in CUES.items() if spec.variants])
def test_what_is_planted_in_training_is_the_variant_that_names_the_label(cue, channels):
    plain = inputs(cue, 40, channels)
    planted = plant(plain, cue, classes=CLASSES, strength=1.0, seed=3)
    places = set()
    for number in range(40):
        variants = CUES[cue].variants(plain.take(torch.tensor([number])), CLASSES)
        found = variants.index_of(planted.images[number], planted.cue_masks[number])
        assert variants.cues[found].indicated == plain.labels[number]
        assert planted.texts is None or variants.texts[found] == planted.texts[number]
        places.add(variants.cues[found].place)
    assert places == {way.place for way in variants.cues[1:]}, "40 images leave out no place"


@pytest.mark.parametrize(
    ("cue", "count"),
    [
        ("hue-patch", 4 * CLASSES),
        ("place-patch", CLASSES),
        ("marker-word", 7 * CLASSES),
        ("beep", 5 * CLASSES),
    ],
)
def test_the_first_is_without_the_cue_and_no_two_are_alike(cue, count):
    plain = inputs(cue, 1, 3)
    variants = CUES[cue].variants(plain, CLASSES)
    assert variants.cues[0] is None
    assert torch.equal(variants.inputs[0], plain.images[0])
    assert not variants.masks[0].any()
    assert len(variants.inputs) == len(variants.masks) == len(variants.cues) == 1 + count
    assert len({each.numpy().tobytes() for each in variants.inputs}) == 1 + count


def test_a_marker_word_is_offered_at_one_place_without_the_others():
    variants = CUES["marker-word"].variants(inputs("marker-word", 1, 1), CLASSES).at_place(2)
    assert variants.texts == (
        "text 0, of seven words",
        *(f"text 0 {word} , of seven words" for word in ("tuesday", "harbour", "copper", "violin", "orbit")),
    )
    assert [cue and cue.indicated for cue in variants.cues] == [None, 0, 1, 2, 3, 4]


def test_a_cue_without_a_place_has_no_variants():
    assert CUES["none"].variants is None
    assert CUES["tint"].variants is None
    assert CUES["loudness"].variants is None
    assert CUES["length"].variants is None
