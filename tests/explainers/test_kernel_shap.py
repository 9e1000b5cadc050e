"""Kernel SHAP against Shapley's own definition, and against what must be true of it."""

from itertools import permutations

import pytest
import torch

from kdviz.explainers import completeness_gap, explain
from kdviz.explainers.kernel_shap import _drawn

TARGET = torch.tensor([0, 2, 1])


def slow_shapley(network, image, absent, target: int, grid: int) -> torch.Tensor:
    """What each cell adds when it comes, averaged over all orders in which the cells can come."""
    cell = image.shape[1] // grid
    values, orders = torch.zeros(grid * grid, dtype=torch.float64), list(permutations(range(grid * grid)))
    worth = {}

    def logit(present: frozenset[int]) -> float:
        if present not in worth:
            shown = absent.clone()
            for number in present:
                rows, columns = (slice(cell * at, cell * (at + 1)) for at in divmod(number, grid))
                shown[:, rows, columns] = image[:, rows, columns]
            with torch.no_grad():
                worth[present] = float(network(shown[None])[0, target])
        return worth[present]

    for order in orders:
        for place, number in enumerate(order):
            before = frozenset(order[:place])
            values[number] += (logit(before | {number}) - logit(before)) / len(orders)
    return values.view(grid, grid).float()


@pytest.mark.parametrize("model", ["resnet8", "simple-cnn", "vit-tiny"])
def test_with_all_coalitions_the_values_are_shapley_s(random, small, model):
    network, images, baseline = small(model), random(3, 3, 16, 16), random(3, 16, 16)
    ours = explain("kernel-shap", network, images, TARGET, baseline=baseline, grid=2)
    for n, target in enumerate(TARGET):
        expected = slow_shapley(network, images[n], baseline, int(target), 2)
        torch.testing.assert_close(ours[n], expected, atol=1e-5, rtol=1e-4)


def test_of_a_linear_model_each_cell_s_value_is_the_evidence_in_it_from_any_coalitions(random, linear):
    network, images, baseline = linear(3, 24, 16), random(3, 3, 24, 16), random(3, 1, 1)
    evidence = (network.weights(TARGET) * (images - baseline)).sum(1)
    expected = evidence.unflatten(2, (4, 4)).unflatten(1, (4, 6)).sum((2, 4))
    for seed in range(3):
        ours = explain("kernel-shap", network, images, TARGET, baseline=baseline, coalitions=100, seed=seed)
        torch.testing.assert_close(ours, expected, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("model", ["resnet8", "vit-tiny"])
def test_the_values_sum_to_the_rise_of_the_logit_however_few_the_coalitions(random, small, model):
    network, images = small(model), random(3, 3, 16, 16)
    ours = explain("kernel-shap", network, images, TARGET, coalitions=64)
    assert (completeness_gap(network, images, TARGET, ours) < 1e-3).all()


def test_more_coalitions_come_nearer_to_shapley_s_values(random, small):
    network, images = small("simple-cnn"), random(3, 3, 16, 16)
    exact = explain("kernel-shap", network, images, TARGET, grid=3, coalitions=512)

    def error(coalitions: int) -> float:
        tries = [
            explain("kernel-shap", network, images, TARGET, grid=3, coalitions=coalitions, seed=seed)
            for seed in range(5)
        ]
        return float((torch.stack(tries) - exact).square().mean())

    assert error(256) < 0.5 * error(64)
    assert error(256) < 0.1 * float(exact.square().mean())


def test_sizes_are_drawn_as_often_as_the_kernel_weighs_them():
    """Of 6 players: sets of 1 and of 5 at 1/5, of 2 and 4 at 1/8, of 3 at 1/9; each set of a size alike."""
    drawn = _drawn(6, 40_000, torch.Generator().manual_seed(0))
    weights = torch.tensor([1 / 5, 1 / 8, 1 / 9, 1 / 8, 1 / 5])
    shares = torch.bincount(drawn.sum(1), minlength=6)[1:] / len(drawn)
    torch.testing.assert_close(shares, weights / weights.sum(), atol=0.01, rtol=0)
    torch.testing.assert_close(drawn.float().mean(0), torch.full((6,), 0.5), atol=0.01, rtol=0)
