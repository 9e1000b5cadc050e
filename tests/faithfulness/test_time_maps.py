"""Maps over time against a spoken word's place, counted again clip by clip and shift by shift."""

import math
from dataclasses import astuple

import pytest
import torch

from kdviz.faithfulness import over_time, time_figures

CLIPS, CELLS, FRAMES = 5, 20, 100


@pytest.fixture
def maps():
    return torch.randn(CLIPS, CELLS, generator=torch.Generator().manual_seed(0)).double()


@pytest.fixture
def spoken():
    """Words from 20 to 60, from 40 to 70, and so on, that begin and end between cells, too."""
    masks = torch.zeros(CLIPS, FRAMES, dtype=torch.bool)
    for mask, (start, end) in zip(masks, [(20, 60), (40, 70), (3, 11), (55, 98), (0, 52)], strict=True):
        mask[start:end] = True
    return masks


def on_word(values, mask):
    """Whether the highest cell of a map holds a frame of the word."""
    per_cell = FRAMES // CELLS
    at = max(range(CELLS), key=lambda cell: values[cell])
    return any(mask[at * per_cell : (at + 1) * per_cell].tolist())


def share(values, mask):
    """Of the positive evidence, each frame with the value at its centre, in a line between those of the cells."""
    per_cell, fine = FRAMES / CELLS, []
    for frame in range(FRAMES):
        at = min(max((frame + 0.5) / per_cell - 0.5, 0), CELLS - 1)
        left = int(at)
        right = min(left + 1, CELLS - 1)
        below, above = max(values[left], 0), max(values[right], 0)
        fine.append(below + (at - left) * (above - below))
    return sum(value for value, heard in zip(fine, mask.tolist(), strict=True) if heard) / sum(fine)


def test_bands_are_added_up_with_their_signs():
    assert over_time(torch.tensor([[[1.0, -2], [3, 4]]])).tolist() == [[4, 2]]


def test_figures_are_counted_again_clip_by_clip(maps, spoken):
    found = time_figures(maps, spoken)
    rows = [values.tolist() for values in maps]
    others = [(values, mask) for i, values in enumerate(rows) for j, mask in enumerate(spoken) if i != j]
    assert found.hit == pytest.approx(sum(map(on_word, rows, spoken)) / CLIPS)
    assert found.hit_other == pytest.approx(sum(on_word(*pair) for pair in others) / len(others))
    assert found.share == pytest.approx(sum(map(share, rows, spoken)) / CLIPS)
    assert found.share_other == pytest.approx(sum(share(*pair) for pair in others) / len(others))


def test_chance_is_the_mean_over_all_shifts_of_the_same_maps(maps, spoken):
    """Exact: a map that is moved through the whole clip is at each moment once."""
    moved = [time_figures(maps.roll(step, 1), spoken).hit for step in range(CELLS)]
    assert sum(moved) / CELLS == pytest.approx(time_figures(maps, spoken).hit_chance)
    fine = torch.rand(CLIPS, FRAMES, generator=torch.Generator().manual_seed(1)).double()
    moved = [time_figures(fine.roll(step, 1), spoken).share for step in range(FRAMES)]
    found = time_figures(fine, spoken)
    assert sum(moved) / FRAMES == pytest.approx(found.share_chance)
    assert found.share_chance == pytest.approx(spoken.float().mean().item())


def test_a_map_of_the_word_itself_is_perfect_and_that_of_the_rest_never_right(spoken):
    right, wrong = (time_figures(each.double(), spoken) for each in (spoken, ~spoken))
    assert (right.hit, right.share) == (1, 1)
    assert (wrong.hit, wrong.share) == (0, 0)


def test_clips_without_a_map_or_a_word_are_left_out(maps, spoken):
    whole = time_figures(maps[:3], spoken[:3])
    more = torch.cat([maps[:3], torch.zeros(1, CELLS)]), spoken[:4]
    assert (time_figures(*more).hit, time_figures(*more).share) == (whole.hit, whole.share)
    nothing = torch.cat([maps[:3], maps[3:4]]), torch.cat([spoken[:3], torch.zeros(1, FRAMES).bool()])
    assert (time_figures(*nothing).hit, time_figures(*nothing).share) == (whole.hit, whole.share)
    assert time_figures(*nothing).hit_chance == pytest.approx(whole.hit_chance)


def test_a_single_clip_has_no_other():
    found = time_figures(torch.eye(CELLS)[:1], torch.ones(1, FRAMES, dtype=torch.bool))
    assert (found.hit, found.share, found.hit_chance) == (1, 1, 1)
    assert math.isnan(found.hit_other)
    assert math.isnan(found.share_other)


def test_no_clips_have_no_figures():
    assert all(map(math.isnan, astuple(time_figures(torch.zeros(0, CELLS), torch.zeros(0, FRAMES).bool()))))
