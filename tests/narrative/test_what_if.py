"""What is said of a moved patch is what each network predicts for it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.comparison import ExplainedVariants, VariantPredictions
from kdviz.datasets import CUES, CueVariant, CueVariants, Split
from kdviz.narrative import as_it_is, cue_look_name, cue_place_name, what_if_sentence

CLASSES = ("cross", "ring", "heart")


def explained(cue, planted, **predicted):
    """predicted: an arm's class for each variant. All maps are on the patch."""
    variants = CUES[cue].variants(
        Split(torch.zeros(1, 3, 16, 16, dtype=torch.uint8), torch.zeros(1).long()), 3
    )
    arms = {
        arm: VariantPredictions(np.eye(3, dtype=np.float32)[classes], variants.masks.float().numpy())
        for arm, classes in predicted.items()
    }
    return ExplainedVariants(0, 0, cue, CLASSES, variants, planted, "grad-cam", arms)


# A coloured patch: variant 1 + 3 · corner + class, corners clockwise from the upper left. Planted: heart, upper left.
PLANTED, LOWER_RIGHT, AS_CROSS, BOTH = 3, 9, 1, 8


@pytest.fixture
def coloured():
    twin = [2] * 13
    twin[AS_CROSS] = twin[0] = 0
    twin[BOTH] = 1
    return explained("hue-patch", PLANTED, teacher=[0] * 13, student=[0] * 13, twin=twin, placebo=[1] * 13)


@pytest.mark.parametrize(
    ("number", "change", "twin"),
    [
        (LOWER_RIGHT, "Moved to the lower right", "still predicts heart"),
        (AS_CROSS, "Recoloured to red, which meant cross", "now predicts cross"),
        (BOTH, "Moved to the lower right and recoloured to green, which meant ring", "now predicts ring"),
        (0, "Without the patch", "now predicts cross"),
    ],
)
def test_the_change_and_every_answer_are_said(coloured, number, change, twin):
    other, placebo = "still predicts cross", "still predicts ring"
    assert what_if_sentence(coloured, number) == (
        f"{change}: the twin {twin}; the student {other}; the teacher {other}; the placebo {placebo}."
    )


def test_an_image_whose_patch_helps_is_not_the_test_image(coloured):
    assert what_if_sentence(coloured, PLANTED) == "As in the test image.", "the panels say what is predicted"
    assert what_if_sentence(replace(coloured, intact=True), PLANTED) == "With the truthful patch."
    assert as_it_is(replace(coloured, index=None)) == "As it was given"


def test_a_place_that_names_the_class(coloured):
    white = explained("place-patch", 1, teacher=[0] * 4, student=[0, 0, 1, 2])
    assert what_if_sentence(white, 2).startswith("Moved to where it meant ring (")
    assert what_if_sentence(white, 2).endswith(
        ": the student now predicts ring; the teacher still predicts cross."
    )
    assert cue_look_name(white, 1) == "white"
    assert cue_look_name(coloured, AS_CROSS) == "red"


def test_the_corners_are_named_by_where_they_are(coloured):
    names = [cue_place_name(coloured, 1 + 3 * corner) for corner in range(4)]
    assert names == ["upper left", "upper right", "lower right", "lower left"]


def test_of_an_answer_that_follows_the_patch_it_is_said_that_the_map_does_not_show_it(coloured):
    elsewhere = {
        arm: VariantPredictions(of.probabilities, np.flip(of.attributions, (1, 2)).copy())
        for arm, of in coloured.arms.items()
    }
    beside = replace(coloured, arms=elsewhere)
    said = {number: what_if_sentence(beside, number) for number in (PLANTED, BOTH, AS_CROSS, 0)}
    hidden = "(its map does not show that); the student"
    assert said[PLANTED] == "As in the test image: the twin predicts heart (its map does not show that)."
    assert f"the twin now predicts ring {hidden}" in said[BOTH]
    assert "does not show" not in said[AS_CROSS], "so it answers without the patch, too"
    assert "does not show" not in said[0], "no patch"
    assert all("show" not in what_if_sentence(coloured, number) for number in range(13)), "maps on the patch"


@pytest.mark.parametrize(("on_patch", "hidden"), [(0.0, True), (0.9, False)])
def test_a_map_clearly_more_on_the_patch_than_its_size_explains_does_show_it(coloured, on_patch, hidden):
    """Highest in another corner, but with most of the evidence on the patch."""
    twin = coloured.arms["twin"]
    maps = on_patch * twin.attributions
    maps[:, -1, 0] = 1
    beside = replace(coloured, arms={"twin": VariantPredictions(twin.probabilities, maps)})
    assert ("does not show" in what_if_sentence(beside, PLANTED)) == hidden


@pytest.mark.parametrize(("before", "hidden"), [(0, False), (1, False), (2, True)])
def test_a_map_that_is_highest_at_the_time_of_a_tone_does_show_it(before, hidden):
    """A map of 4 × 8 cells, highest at another pitch, some cells before the tone."""
    masks = torch.zeros(2, 32, 64, dtype=torch.bool)
    masks[1, 3:5, 42:44] = True
    maps = np.zeros((2, 4, 8), np.float32)
    maps[1, 3, 5 - before] = 1
    variants = CueVariants(torch.zeros(2, 1, 32, 64), masks, (None, CueVariant(3, 2)))
    answers = {"twin": VariantPredictions(np.eye(3, dtype=np.float32)[[0, 2]], maps)}
    heard = ExplainedVariants(0, 0, "beep", CLASSES, variants, 1, "grad-cam", answers)
    assert heard.hides_following("twin", 1) == hidden
