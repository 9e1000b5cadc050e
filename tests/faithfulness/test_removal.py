"""Deletion and insertion against closed forms on models made by hand."""

import pytest
import torch
from torch import Tensor

from kdviz.errors import ShapeError
from kdviz.faithfulness import area_under, removal

SIDE = 8
TARGET = torch.zeros(3, dtype=torch.int64)


def random(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def weighing(weights: Tensor):
    """A model whose probability of class 0 is the weighted sum of the pixels."""

    def answers(images: Tensor) -> Tensor:
        p = (images.sum(1) * weights).flatten(1).sum(1).double()
        return torch.stack([p, 1 - p], dim=1).clamp(min=1e-12).log()

    return answers


@pytest.fixture
def weights() -> Tensor:
    weights = random(SIDE, SIDE)
    return weights / weights.sum()


@pytest.fixture
def images() -> Tensor:
    return torch.ones(3, 1, SIDE, SIDE)


def test_of_a_weighing_model_the_curves_are_sums_of_sorted_weights(weights, images):
    found = removal(weighing(weights), images, TARGET, weights.expand(3, -1, -1), steps=SIDE * SIDE)
    given_back = torch.cat([torch.zeros(1), weights.flatten().sort(descending=True).values.cumsum(0)])
    torch.testing.assert_close(found.insertion, given_back.double().expand(3, -1), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(found.deletion, 1 - found.insertion, atol=1e-6, rtol=1e-5)


def test_the_best_order_is_the_map_of_the_weights_and_the_worst_its_opposite(weights, images):
    maps = torch.stack([weights, random(3, SIDE, SIDE)[2], -weights])
    found = removal(weighing(weights), images, TARGET, maps)
    best, between, worst = area_under(found.deletion).tolist()
    assert best < between < worst
    best, between, worst = area_under(found.insertion).tolist()
    assert best > between > worst


def test_random_orders_of_an_even_model_lose_one_pixel_in_step_with_the_next(images):
    even = torch.full((SIDE, SIDE), 1 / SIDE**2)
    found = removal(weighing(even), images, TARGET, random(3, SIDE, SIDE), steps=4)
    expected = torch.tensor([[1, 0.75, 0.5, 0.25, 0]], dtype=torch.float64).expand(3, -1)
    torch.testing.assert_close(found.random_deletion, expected, atol=1e-6, rtol=0)
    torch.testing.assert_close(found.deletion, expected, atol=1e-6, rtol=0)
    assert area_under(found.random_insertion).tolist() == pytest.approx([0.5] * 3)


def first_half_gone(images: Tensor) -> Tensor:
    """A model whose probability of class 0 is 1 until the whole left half is dark."""
    p = images[:, 0, :, : SIDE // 2].flatten(1).amax(1).clamp(max=1).double()
    return torch.stack([p, 1 - p], dim=1).clamp(min=1e-12).log()


def test_a_random_map_is_no_better_than_random_orders_because_these_are_as_coarse():
    """Single pixels hardly ever darken a whole half before the end; regions do, half of the time at half."""
    maps = torch.randn(300, 1, 2, generator=torch.Generator().manual_seed(5))
    images, target = torch.ones(300, 1, SIDE, SIDE), torch.zeros(300, dtype=torch.int64)
    found = removal(first_half_gone, images, target, maps, orders=100)
    own, chance = area_under(found.deletion), area_under(found.random_deletion)
    assert abs(own.mean() - chance.mean()) < 3 * own.std() * (1 / 100 + 1 / 300) ** 0.5
    assert chance.mean() < 0.85


def test_a_coarse_map_takes_its_pixels_away_in_the_order_of_its_bilinear_values(images):
    corner = torch.zeros(SIDE, SIDE)
    corner[:2, :2] = 0.25
    found = removal(
        weighing(corner), images, TARGET, torch.tensor([[1.0, 0], [0, 0]]).expand(3, 2, 2), steps=16
    )
    assert found.deletion[0].tolist() == pytest.approx([1.0] + [0.0] * 16, abs=1e-6)


def test_every_curve_runs_between_the_whole_image_and_the_baseline(weights, images):
    baseline = torch.full((1, 1, 1), 0.5)
    found = removal(weighing(weights), images, TARGET, random(3, 4, 4), baseline=baseline)
    for curve in (found.deletion, found.random_deletion):
        assert curve[:, [0, -1]].flatten().tolist() == pytest.approx([1, 0.5] * 3, abs=1e-6)
    for curve in (found.insertion, found.random_insertion):
        assert curve[:, [0, -1]].flatten().tolist() == pytest.approx([0.5, 1] * 3, abs=1e-6)


def test_a_flat_map_has_no_order_and_is_undefined(weights, images):
    maps = random(3, SIDE, SIDE)
    maps[1] = 0.3
    found = removal(weighing(weights), images, TARGET, maps)
    for curve in (found.deletion, found.insertion, found.random_deletion, found.random_insertion):
        assert curve.isnan().all(1).tolist() == [False, True, False]


def test_random_orders_are_fixed_by_their_seed_and_do_not_hang_on_the_batch(weights, images):
    def chance(count: int, seed: int = 0) -> Tensor:
        maps = random(3, 4, 4)[:count]
        return removal(weighing(weights), images[:count], TARGET[:count], maps, seed=seed).random_deletion

    torch.testing.assert_close(chance(3)[:1], chance(1))
    assert not torch.equal(chance(1), chance(1, seed=1))


def test_the_area_is_that_of_trapezoids():
    assert area_under(torch.tensor([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0]])).tolist() == [0.5, 0.5]


def test_a_map_too_few_is_refused_in_one_line(weights, images):
    with pytest.raises(ShapeError) as refused:
        removal(weighing(weights), images, TARGET, random(2, 4, 4))
    assert str(refused.value) == "maps: must be one for each of the 3 images, got 2."
