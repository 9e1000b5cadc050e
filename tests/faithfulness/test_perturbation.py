"""Infidelity and sensitivity against captum, and closed forms on linear models."""

import pytest
import torch
from captum.metrics import infidelity as captum_infidelity
from torch import Tensor

from kdviz.faithfulness import infidelity, sensitivity
from kdviz.faithfulness.perturbation import _squares

SIDE = 16
TARGET = torch.tensor([0, 2, 1])


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


WEIGHTS = random(3, 3, SIDE, SIDE, seed=1)
BASELINE = random(3, 1, 1, seed=2)


def linear(images: Tensor) -> Tensor:
    return torch.einsum("nchw,kchw->nk", images, WEIGHTS)


def curved(images: Tensor) -> Tensor:
    return torch.einsum("nchw,kchw->nk", images.tanh(), WEIGHTS).sinh() / 50


@pytest.fixture
def images() -> Tensor:
    return random(3, 3, SIDE, SIDE)


def evidence(images: Tensor) -> Tensor:
    return (WEIGHTS[TARGET] * (images - BASELINE)).sum(1)


@pytest.mark.parametrize("factor", [1.0, 30.0])
def test_the_evidence_of_a_linear_model_foretells_every_fall_in_any_unit(images, factor):
    unexplained = infidelity(linear, images, TARGET, factor * evidence(images), baseline=BASELINE)
    torch.testing.assert_close(unexplained, torch.zeros(3), atol=1e-5, rtol=0)


def test_a_map_the_wrong_way_round_foretells_nothing(images):
    unexplained = infidelity(linear, images, TARGET, -evidence(images), baseline=BASELINE)
    assert unexplained.tolist() == [1, 1, 1]


def test_an_unrelated_map_explains_next_to_nothing(images):
    unexplained = infidelity(linear, images, TARGET, random(3, SIDE, SIDE, seed=5), baseline=BASELINE)
    assert (unexplained > 0.7).all()


def test_infidelity_is_captum_s_with_optimal_scaling_over_the_mean_squared_fall(images):
    maps = evidence(images) + 2 * random(3, SIDE, SIDE, seed=6)
    squares = _squares(40, (SIDE, SIDE), seed=3)

    def covered(inputs: Tensor) -> tuple[Tensor, Tensor]:
        masks = torch.zeros(40, 1, SIDE, SIDE)
        for mask, square in zip(masks, squares, strict=True):
            mask[:, *square] = 1
        masks = masks.repeat(3, 3, 1, 1)
        return masks, torch.where(masks > 0, BASELINE, inputs)

    def theirs(attributions: Tensor, normalize: bool) -> Tensor:
        spread = attributions.unsqueeze(1).expand(-1, 3, -1, -1) / 3
        return captum_infidelity(
            curved, covered, images, spread, target=TARGET, n_perturb_samples=40, normalize=normalize
        )

    expected = theirs(maps, True) / theirs(0 * maps, False)
    ours = infidelity(curved, images, TARGET, maps, baseline=BASELINE, samples=40, seed=3)
    torch.testing.assert_close(ours, expected, atol=1e-4, rtol=1e-3)
    assert (ours > 0.02).all()


def test_infidelity_is_undefined_where_the_map_is_blank_or_nothing_falls(images):
    maps = evidence(images)
    maps[1] = 0
    images[2] = BASELINE
    unexplained = infidelity(linear, images, TARGET, maps, baseline=BASELINE)
    assert unexplained.isnan().tolist() == [False, True, True]


def test_squares_lie_inside_and_reach_the_edges():
    squares = _squares(2000, (10, 17), seed=0)
    rows, columns = zip(*squares, strict=True)
    assert {part.stop - part.start for part in rows} == {2}
    assert {part.stop - part.start for part in columns} == {4}
    assert {part.start for part in rows} == set(range(9))
    assert {part.start for part in columns} == set(range(14))


def test_a_map_that_never_changes_has_no_sensitivity(images):
    fixed = random(1, 4, 4)
    moves = sensitivity(lambda images, target: fixed.expand(len(images), -1, -1), images, TARGET)
    assert moves.tolist() == [0, 0, 0]


def test_a_linear_map_moves_by_its_share_of_the_change(images):
    """The map is the picture's first channel: the change's length over the picture's own."""

    def first(images: Tensor, target: Tensor) -> Tensor:
        return images[:, 0]

    generator = torch.Generator().manual_seed(4)
    changes = [0.1 * (2 * torch.rand(3, 3, SIDE, SIDE, generator=generator) - 1) for _ in range(5)]
    farthest = torch.stack([change[:, 0].flatten(1).norm(dim=1) for change in changes]).amax(0)
    expected = farthest / images[:, 0].flatten(1).norm(dim=1)
    moves = sensitivity(first, images, TARGET, radius=0.1, samples=5, seed=4)
    torch.testing.assert_close(moves, expected)


def test_each_copy_of_an_image_is_explained_for_its_own_target(images):
    def by_target(images: Tensor, target: Tensor) -> Tensor:
        return target.float().add(1).view(-1, 1, 1).expand(-1, 2, 2)

    assert sensitivity(by_target, images, TARGET).tolist() == [0, 0, 0]


def test_a_map_that_is_the_same_in_all_rows_is_as_sensitive_as_one_row(images):
    def one_row(images, target):
        return images.square().mean((1, 2))[:, None]

    def all_rows(images, target):
        return one_row(images, target).expand(-1, 5, -1)

    torch.testing.assert_close(
        sensitivity(all_rows, images, TARGET, seed=2), sensitivity(one_row, images, TARGET, seed=2)
    )


def test_sensitivity_is_undefined_where_the_map_is_blank_and_leaves_torch_s_generator_alone(images):
    state = torch.get_rng_state()
    images[1] = 0

    def where_bright(images: Tensor, target: Tensor) -> Tensor:
        return (images[:, 0] - 1).clamp(min=0)

    assert sensitivity(where_bright, images, TARGET).isnan().tolist() == [False, True, False]
    assert torch.equal(state, torch.get_rng_state())
