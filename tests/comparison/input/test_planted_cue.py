"""The cue of a test image, and where maps lie to it; the run's cue is a coloured patch in 16 × 16 pixels."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from kdviz.comparison import (
    PlantedCue,
    evidence_on,
    evidence_share,
    explain_test_image,
    planted_cue,
    run_images,
)
from kdviz.datasets import CueVariant
from kdviz.datasets.cue import hues


@pytest.mark.parametrize("intact", [False, True])
def test_the_cue_is_the_patch_that_was_planted(finished, intact):
    store, run_id = finished
    config = store.run(run_id).config
    split = run_images(config).split(intact=intact)
    for index in range(8):
        cue = planted_cue(config, index, intact=intact)
        top, left, bottom, right = cue.box
        assert (bottom - top, right - left) == (3, 3)
        assert torch.equal(split.cue_masks[index].nonzero()[0], torch.tensor([top, left]))
        assert torch.equal(split.images[index, :, top, left], hues(2)[cue.variant.indicated])
        assert not intact or cue.variant.indicated == split.labels[index]


def test_without_a_cue_that_has_a_place_there_is_none(tiny_config):
    assert planted_cue(tiny_config(), 0) is None
    assert planted_cue(tiny_config(cue="tint"), 0) is None


def seen(values):
    """An explanation whose only map has these values."""
    return SimpleNamespace(attributions={"student": np.array(values, np.float32)})


def mask(rows, columns):
    made = torch.zeros(16, 16, dtype=torch.bool)
    made[rows, columns] = True
    return made


CUE = mask(slice(0, 3), slice(0, 3))
OBJECT = mask(slice(9, 12), slice(6, 13))


def cue_of(objects=OBJECT):
    return PlantedCue("hue-patch", CueVariant(0, 1), CUE, objects)


@pytest.mark.parametrize(
    ("row", "column", "peak"),
    [(0, 0, "cue"), (2, 2, "object"), (2, 3, "object"), (3, 2, "elsewhere"), (1, 0, "elsewhere")],
)
def test_the_peak_is_the_region_of_the_strongest_cell(row, column, peak):
    values = np.full((4, 4), 0.1)
    values[row, column] = 1
    assert evidence_on(cue_of(), seen(values))["student"].peak == peak


@pytest.mark.parametrize("values", [np.full((4, 4), -1.0), np.full((4, 4), 0.3), np.full((4, 4), np.nan)])
def test_a_map_without_positive_evidence_or_without_a_strongest_cell_has_no_peak(values):
    assert evidence_on(cue_of(), seen(values))["student"].peak == "undefined"


def test_a_tone_stands_for_the_cells_in_which_it_lies():
    """It is on the border of two cells of 4 × 4 pixels."""
    values = np.full((4, 4), 0.5, np.float32)
    values[1, 0], values[1, 1] = 3, 1
    tone = PlantedCue("beep", CueVariant(0, 1), mask(slice(5, 6), slice(3, 5)), OBJECT)
    found = evidence_on(tone, seen(values))["student"]
    cells = mask(slice(4, 8), slice(0, 8))
    assert found.shares["cue"] == pytest.approx(evidence_share(values, cells.numpy()))
    assert found.areas["cue"] == 2 / 16
    assert found.peak == "cue"


def test_the_shares_are_of_the_positive_evidence_in_each_region():
    values = np.arange(256.0).reshape(16, 16) - 20
    found = evidence_on(cue_of(), seen(values))["student"]
    positive = [max(value, 0.0) for value in values.flatten()]
    for region, inside in (("cue", CUE), ("object", OBJECT)):
        expected = math.fsum(v for v, within in zip(positive, inside.flatten(), strict=True) if within)
        assert found.shares[region] == pytest.approx(expected / math.fsum(positive), rel=1e-5)


def test_an_object_that_nobody_knows_has_no_share():
    assert set(evidence_on(cue_of(None), seen(np.eye(4)))["student"].shares) == {"cue"}


def test_all_arms_of_a_run_are_measured(finished):
    store, run_id = finished
    explanation = explain_test_image(store, run_id, 0, target="own")
    found = evidence_on(planted_cue(store.run(run_id).config, 0), explanation)
    assert list(found) == list(explanation.arms)


def test_the_share_in_a_region_is_its_area_where_the_evidence_is_even():
    assert evidence_share(np.ones((4, 4), np.float32), CUE.numpy()) == pytest.approx(9 / 256)
    assert math.isnan(evidence_share(np.ones((4, 4), np.float32), np.zeros((16, 16), bool)))


@pytest.mark.parametrize(("side", "large"), [(8, False), (9, True), (14, True), (15, False)])
def test_a_large_object_covers_more_than_a_quarter_and_does_not_fill_the_image(side, large):
    """The map is even, so that no region has more than its area: 81 of 256 are 32 %, 225 are 88 %."""
    objects = mask(slice(16 - side, 16), slice(16 - side, 16))
    found = evidence_on(cue_of(objects), seen(np.ones((4, 4))))["student"]
    assert found.large_object == large
