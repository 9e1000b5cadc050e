"""How maps of different size meet."""

import pytest
import torch
from torch.nn import functional as F

from kdviz.resolution import at_larger_size, at_smaller_size, resized_to


def test_resizing_is_torch_s_bilinear_with_cells_as_areas():
    maps = torch.arange(12.0).view(1, 3, 4)
    expected = F.interpolate(maps[None], (6, 8), mode="bilinear", align_corners=False)[0]
    torch.testing.assert_close(resized_to(maps, (6, 8)), expected)
    torch.testing.assert_close(resized_to(maps.expand(2, 5, 3, 4), (6, 8)), expected.expand(2, 5, 6, 8))


def test_a_map_of_the_right_size_is_given_back_as_it_is():
    maps = torch.rand(2, 3, 3)
    assert resized_to(maps, (3, 3)) is maps


@pytest.mark.parametrize("level", [0.0, -2.5])
def test_a_flat_map_stays_flat_at_its_level(level):
    resized = resized_to(torch.full((1, 3, 3), level), (7, 5))
    torch.testing.assert_close(resized, torch.full((1, 7, 5), level))


@pytest.mark.parametrize(("meet", "size"), [(at_larger_size, (4, 6)), (at_smaller_size, (2, 3))])
def test_two_batches_meet_at_one_size_whichever_comes_first(meet, size):
    small, large = torch.rand(5, 2, 2, 3), torch.rand(5, 2, 4, 6)
    for pair in ((small, large), (large, small)):
        assert [maps.shape[-2:] for maps in meet(*pair)] == [size, size]


def test_averaging_down_keeps_the_mean():
    first, second = at_smaller_size(torch.rand(5, 2, 8, 8), torch.rand(5, 2, 4, 4))
    assert first.shape == second.shape == (5, 2, 4, 4)
