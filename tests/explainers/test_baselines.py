"""What stands in for an absent pixel."""

import pytest
import torch
from scipy.ndimage import gaussian_filter

from kdviz.errors import ConfigError
from kdviz.explainers import BASELINES, EXPLAINERS, absent_pixels, completeness_gap, explain

OF_IMAGES = [name for name, spec in BASELINES.items() if spec.modality == "image"]
TARGET = torch.tensor([0, 2, 1])
BLACK = torch.tensor([-1.0, -2.0, -3.0])[:, None, None]


@pytest.fixture
def images(random):
    return random(3, 3, 16, 24)


@pytest.mark.parametrize("name", OF_IMAGES)
def test_there_is_one_baseline_for_each_image(images, name):
    baseline = absent_pixels(name, images, black=BLACK)
    assert baseline.shape == images.shape
    assert baseline.isfinite().all()


def test_black_is_black_and_the_mean_colour_is_zero(images):
    assert (absent_pixels("black", images, black=BLACK) == BLACK).all()
    assert (absent_pixels("mean", images, black=BLACK) == 0).all()


def test_blur_is_scipy_s_gaussian_an_eighth_of_the_side_wide(images):
    expected = gaussian_filter(images.double().numpy(), (0, 0, 2, 3), mode="mirror", radius=(0, 0, 6, 9))
    blurred = absent_pixels("blur", images, black=BLACK)
    torch.testing.assert_close(blurred, torch.from_numpy(expected).float(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("method", [name for name, spec in EXPLAINERS.items() if spec.complete])
@pytest.mark.parametrize("name", OF_IMAGES)
def test_a_complete_method_sums_to_the_rise_from_any_baseline(random, small, name, method):
    network, images = small("vit-tiny"), random(3, 3, 16, 16)
    baseline = absent_pixels(name, images, black=BLACK)
    steps = {"steps": 128} if method == "integrated-gradients" else {}
    attribution = explain(method, network, images, TARGET, baseline=baseline, **steps)
    assert (completeness_gap(network, images, TARGET, attribution, baseline) < 0.02).all()


def test_an_unknown_baseline_is_answered_with_the_nearest_one(images):
    with pytest.raises(ConfigError) as error:
        absent_pixels("blurred", images, black=BLACK)
    assert str(error.value) == (
        "baseline: unknown name 'blurred'. Did you mean 'blur'? Known: black, blur, mean."
    )
