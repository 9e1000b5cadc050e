"""Share on a mask and pointing game, against counting by hand."""

import numpy as np
import pytest
import torch
from scipy.ndimage import zoom

from kdviz.errors import ShapeError
from kdviz.faithfulness import mask_share, mean_mask_area, pointing_hit, touched_areas, touched_cells


def box(top, left, height, width, size=32):
    mask = torch.zeros(1, size, size, dtype=torch.bool)
    mask[0, top : top + height, left : left + width] = True
    return mask


def peak(row, column, size=4):
    maps = torch.zeros(1, size, size)
    maps[0, row, column] = 1
    return maps


def random_maps(n=6, size=4):
    return torch.randn(n, size, size, generator=torch.Generator().manual_seed(0))


def test_share_is_the_part_inside_after_bilinear_resizing():
    maps, mask = random_maps(1), box(3, 9, 11, 14)
    fine = zoom(maps[0].relu().double().numpy(), 8, order=1, grid_mode=True, mode="nearest")
    expected = fine[mask[0].numpy()].sum() / fine.sum()
    assert mask_share(maps, mask).item() == pytest.approx(expected, rel=1e-5)


def test_share_of_an_even_map_is_the_masks_share_of_the_area():
    assert mask_share(torch.ones(1, 4, 4), box(0, 0, 8, 16)).item() == pytest.approx(8 * 16 / 32**2)


def test_area_is_that_of_the_masks_that_are_known():
    known, unknown = box(0, 0, 8, 16), torch.zeros(3, 32, 32, dtype=torch.bool)
    assert mean_mask_area(torch.cat([known, unknown])) == pytest.approx(8 * 16 / 32**2)
    assert np.isnan(mean_mask_area(unknown))


def test_share_of_mask_and_of_the_rest_sum_to_1():
    maps, mask = random_maps(), box(5, 5, 9, 20).expand(6, -1, -1)
    torch.testing.assert_close(mask_share(maps, mask) + mask_share(maps, ~mask), torch.ones(6))


def test_evidence_against_the_class_has_no_part_in_the_share():
    maps = torch.tensor([[[1.0, -9.0], [-9.0, 1.0]]])
    assert mask_share(maps, box(0, 0, 1, 2, size=2)).item() == 0.5


def test_share_does_not_depend_on_the_maps_unit():
    maps, mask = random_maps(), box(5, 5, 9, 20).expand(6, -1, -1)
    torch.testing.assert_close(mask_share(1000 * maps, mask), mask_share(maps, mask))


@pytest.mark.parametrize("level", [0.0, -1.0])
def test_share_is_undefined_where_nothing_speaks_for_the_class(level):
    assert mask_share(torch.full((1, 4, 4), level), box(0, 0, 8, 8)).isnan().all()


@pytest.mark.parametrize(("column", "hit"), [(1, 1.0), (2, 0.0)])
def test_pointing_asks_for_the_highest_point_only(column, hit):
    assert pointing_hit(peak(1, column), box(8, 8, 8, 8)).item() == hit


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 1), (2, 1), (2, 3), (3, 3)])
def test_a_cell_hits_what_is_thinner_than_it_and_by_chance_as_often_as_cells_are_touched(row, column):
    """Recounted pixel by pixel: a line of two pixels across cells of eight."""
    line = box(17, 5, 2, 13)
    cells = {(y // 8, x // 8) for _batch, y, x in line.nonzero().tolist()}
    assert pointing_hit(peak(row, column), line).item() == ((row, column) in cells)
    assert touched_areas(line, peak(row, column)).item() == len(cells) / 16
    assert touched_cells(line, peak(row, column))[0].nonzero().tolist() == sorted(map(list, cells))


def test_a_map_as_fine_as_the_image_hits_what_its_highest_pixel_is_on():
    maps, mask = torch.rand(20, 32, 32, generator=torch.Generator().manual_seed(0)), box(4, 6, 15, 18)
    highest = [np.unravel_index(each.argmax(), each.shape) for each in maps.numpy()]
    masks = mask.expand(20, -1, -1)
    assert pointing_hit(maps, masks).tolist() == [float(mask[0][at]) for at in highest]
    assert touched_areas(masks, maps).tolist() == pytest.approx([15 * 18 / 32**2] * 20)


def test_pointing_at_several_places_counts_the_share_of_them_inside():
    both = peak(0, 0) + (1 + 1e-6) * peak(3, 3)  # equal up to rounding
    assert pointing_hit(both, box(0, 0, 8, 8)).item() == pytest.approx(0.5)


def test_pointing_with_a_flat_map_is_undefined():
    assert pointing_hit(torch.full((1, 4, 4), 0.3), box(0, 0, 8, 8)).isnan().all()


@pytest.mark.parametrize("judge", [mask_share, pointing_hit])
def test_where_there_is_nothing_to_find_the_answer_is_undefined(judge):
    maps, masks = torch.cat([peak(1, 1)] * 2), torch.cat([box(0, 0, 0, 0), box(0, 0, 32, 32)])
    torch.testing.assert_close(judge(maps, masks), torch.tensor([torch.nan, 1.0]), equal_nan=True)


@pytest.mark.parametrize("judge", [mask_share, pointing_hit])
def test_a_mask_too_few_is_refused_in_one_line(judge):
    with pytest.raises(ShapeError) as refused:
        judge(random_maps(6), box(0, 0, 8, 8))
    assert str(refused.value) == "masks: must be one for each of the 6 maps, got 1."


def test_words_that_are_absent_take_no_part():
    maps = torch.tensor([[1.0, 3.0, -2.0, torch.nan], [2.0, 1.0, torch.nan, torch.nan]])
    masks = torch.tensor([[False, True, False, False], [False, True, False, False]])
    assert pointing_hit(maps, masks).tolist() == [1.0, 0.0]
    assert mask_share(maps, masks).tolist() == pytest.approx([3 / 4, 1 / 3])
    assert pointing_hit(torch.full((1, 4), torch.nan), masks[:1]).isnan().all()
