"""Each measure against the definition or another library, and what must not change it."""

from math import fsum, sqrt

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity
from torch.nn import functional as F

from kdviz.agreement import MEASURES, agreement
from kdviz.agreement.measures import cosine, pearson, pointing, spearman, ssim, top_20_iou
from kdviz.errors import ConfigError, ShapeError

every_measure = pytest.mark.parametrize("name", list(MEASURES))


def random_maps(seed, n=12, size=(7, 7)):
    return torch.randn(n, *size, generator=torch.Generator().manual_seed(seed))


def textbook_pearson(a, b):
    """The definition, in plain floats."""
    ma, mb = fsum(a) / len(a), fsum(b) / len(b)
    spread = fsum((p - ma) ** 2 for p in a) * fsum((q - mb) ** 2 for q in b)
    return fsum((p - ma) * (q - mb) for p, q in zip(a, b, strict=True)) / sqrt(spread)


def textbook_top_20_iou(a, b):
    """Sets of places: sort the cells and take the first fifth."""
    count = round(len(a) / 5)
    top_a, top_b = (set(sorted(range(len(m)), key=lambda i: -m[i])[:count]) for m in (a, b))
    return len(top_a & top_b) / len(top_a | top_b)


def by_hand(formula, a, b):
    pairs = zip(a.flatten(1).tolist(), b.flatten(1).tolist(), strict=True)
    return torch.tensor([formula(p, q) for p, q in pairs], dtype=torch.float64)


def relu_maps(seed):
    """About half the cells are tied at zero, as after Grad-CAM's ReLU."""
    return random_maps(seed).relu()


@pytest.mark.parametrize("maps", [random_maps, relu_maps])
def test_cosine_is_torchs(maps):
    a, b = maps(0), maps(1)
    expected = F.cosine_similarity(a.flatten(1).double(), b.flatten(1).double())
    torch.testing.assert_close(cosine(a, b), expected)


@pytest.mark.parametrize("maps", [random_maps, relu_maps])
def test_pearson_is_the_textbooks(maps):
    a, b = maps(0), maps(1)
    torch.testing.assert_close(pearson(a, b), by_hand(textbook_pearson, a, b))


@pytest.mark.parametrize("maps", [random_maps, relu_maps])
def test_spearman_is_scipys_ties_included(maps):
    a, b = maps(0), maps(1)
    torch.testing.assert_close(spearman(a, b), by_hand(lambda p, q: float(spearmanr(p, q).statistic), a, b))


@pytest.mark.parametrize(
    ("size", "window"), [((4, 4), 3), ((5, 8), 3), ((7, 7), 3), ((10, 10), 5), ((14, 14), 7), ((32, 32), 7)]
)
def test_ssim_is_scikit_images_with_a_window_that_fits_the_map(size, window):
    a, b = random_maps(0, size=size).double(), random_maps(1, size=size).double()
    expected = [
        structural_similarity(
            p / np.abs(p).max(),
            q / np.abs(q).max(),
            win_size=window,
            data_range=1.0,
            use_sample_covariance=False,
        )
        for p, q in zip(a.numpy(), b.numpy(), strict=True)
    ]
    torch.testing.assert_close(ssim(a, b), torch.tensor(expected, dtype=torch.float64))


def test_top_20_iou_is_that_of_two_sets_of_places():
    a, b = random_maps(0), random_maps(1)
    torch.testing.assert_close(top_20_iou(a, b), by_hand(textbook_top_20_iou, a, b))


def test_zeros_left_by_a_relu_are_not_drawn_upon_to_fill_the_top_fifth():
    few, fewer = torch.zeros(2, 1, 10, 10)
    few[0, 0, :4], fewer[0, 0, :2] = 1.0, 1.0
    assert top_20_iou(few, fewer).item() == 2 / 4


def textbook_pointing(a, b):
    """Of square maps: the place of the highest cell, found by looking at each; none is as high as another."""
    side = round(sqrt(len(a)))
    (ra, ca), (rb, cb) = (divmod(max(range(len(m)), key=m.__getitem__), side) for m in (a, b))
    return 1 - sqrt((ra - rb) ** 2 + (ca - cb) ** 2) / sqrt(2 * (side - 1) ** 2)


def test_pointing_is_the_distance_between_the_two_highest_cells():
    a, b = random_maps(0, size=(6, 6)), random_maps(1, size=(6, 6))
    torch.testing.assert_close(pointing(a, b), by_hand(textbook_pointing, a, b))


def test_pointing_at_opposite_corners_is_0_and_at_several_places_is_their_middle():
    first, last, both = torch.zeros(3, 1, 3, 5)
    first[0, 0, 0] = last[0, 2, 4] = both[0, 0, 0] = both[0, 2, 4] = 1.0
    assert pointing(first, last).item() == pytest.approx(0, abs=1e-12)
    assert pointing(first, both).item() == pytest.approx(0.5)


@every_measure
def test_equal_maps_score_1(name):
    maps = random_maps(0)
    torch.testing.assert_close(MEASURES[name].measure(maps, maps), torch.ones(12, dtype=torch.float64))


@every_measure
def test_scores_stay_in_the_stated_range(name):
    spec, maps = MEASURES[name], random_maps(0, n=200, size=(4, 4))
    for other in (random_maps(1, n=200, size=(4, 4)), -maps, maps):
        scores = spec.measure(maps, other)
        assert scores.min() >= spec.low
        assert scores.max() <= spec.high


@every_measure
def test_neither_model_comes_first(name):
    measure, a, b = MEASURES[name].measure, random_maps(0), random_maps(1)
    torch.testing.assert_close(measure(a, b), measure(b, a))


@every_measure
def test_the_unit_of_a_map_does_not_matter(name):
    measure, a, b = MEASURES[name].measure, random_maps(0), random_maps(1)
    torch.testing.assert_close(measure(a * 1e-12, b * 1e9), measure(a, b), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["pearson", "spearman", "top-20-iou", "pointing"])
def test_the_level_of_a_map_does_not_matter_where_only_order_or_spread_counts(name):
    measure, a, b = MEASURES[name].measure, random_maps(0).double(), random_maps(1).double()
    torch.testing.assert_close(measure(a + 5, b), measure(a, b))


@pytest.mark.parametrize("name", ["spearman", "top-20-iou", "pointing"])
def test_only_the_order_of_cells_matters_to_rank_measures(name):
    measure, a, b = MEASURES[name].measure, random_maps(0), random_maps(1)
    torch.testing.assert_close(measure(a.exp(), b), measure(a, b))


@every_measure
def test_an_images_score_does_not_depend_on_the_rest_of_the_batch(name):
    measure, a, b = MEASURES[name].measure, random_maps(0), random_maps(1)
    order = torch.randperm(12, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(measure(a[order], b[order]), measure(a, b)[order])
    torch.testing.assert_close(measure(a[3:4], b[3:4]), measure(a, b)[3:4])


@every_measure
@pytest.mark.parametrize("blank", [0.0, torch.nan, torch.inf])
def test_an_undefined_map_scores_nan_and_spoils_no_other(name, blank):
    measure, a, b = MEASURES[name].measure, random_maps(0), random_maps(1)
    whole = measure(a, b)
    a[2], b[5, 0, 0], b[7, 0, 0] = blank, torch.nan, torch.inf
    spoilt = torch.isin(torch.arange(12), torch.tensor([2, 5, 7]))
    torch.testing.assert_close(measure(a, b), whole.where(~spoilt, torch.nan), equal_nan=True)


@pytest.mark.parametrize("name", ["pearson", "spearman", "ssim", "top-20-iou", "pointing"])
@pytest.mark.parametrize("level", [0.1, 0.667, -3.3e7])
def test_a_flat_map_has_no_agreement_even_with_itself(name, level):
    flat, varied = torch.full((1, 7, 7), level), torch.arange(49.0).view(1, 7, 7)
    assert MEASURES[name].measure(flat, varied).isnan().all()
    assert MEASURES[name].measure(flat, flat).isnan().all()


def test_a_flat_map_has_a_direction_so_its_cosine_is_defined():
    flat = torch.full((1, 2, 2), 0.5)
    assert cosine(flat, torch.tensor([[[1.0, 0.0], [0.0, 0.0]]])).item() == pytest.approx(0.5)


def test_ssim_is_undefined_where_its_smallest_window_does_not_fit():
    assert ssim(random_maps(0, size=(2, 9)), random_maps(1, size=(2, 9))).isnan().all()


@every_measure
def test_numpy_maps_are_taken_too_and_no_maps_give_no_scores(name):
    measure, a, b = MEASURES[name].measure, random_maps(0), random_maps(1)
    torch.testing.assert_close(measure(a.numpy(), b.numpy()), measure(a, b))
    assert measure(a[:0], b[:0]).shape == (0,)


@every_measure
def test_maps_of_two_sizes_are_refused_in_one_line(name):
    with pytest.raises(ShapeError) as refused:
        MEASURES[name].measure(torch.zeros(2, 4, 4), torch.zeros(2, 7, 7))
    assert str(refused.value) == (
        "maps: must have one shape (N, *S), got (2, 4, 4) and (2, 7, 7). Bring them to one size first."
    )


def test_a_mistyped_measure_is_answered_with_the_nearest_one():
    with pytest.raises(ConfigError) as refused:
        agreement(random_maps(0), random_maps(1), measure="Cosin")
    assert str(refused.value) == (
        "measure: unknown name 'Cosin'. Did you mean 'cosine'? "
        "Known: cosine, pearson, pointing, spearman, ssim, top-20-iou."
    )
