"""What is true of every modality, and of images by hand."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from kdviz.agreement import measures_for
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError
from kdviz.modalities import MODALITIES, modality_of

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", MODALITIES)
def test_an_entry_is_whole(name):
    spec = MODALITIES[name]
    assert spec.name == name
    assert spec.about.endswith(".")
    assert spec.dimensions in (1, 2)
    assert measures_for(spec.dimensions)


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_has_one(name):
    assert modality_of(name) is MODALITIES[DATASETS[name].modality]


def test_an_image_is_mirrored_left_to_right_where_chosen():
    images = torch.arange(24, dtype=torch.uint8).view(2, 1, 3, 4)
    found = MODALITIES["image"].augment(images, torch.tensor([False, True]))
    assert torch.equal(found[0], images[0])
    assert found[1, 0].tolist() == [row[::-1] for row in images[1, 0].tolist()]


def test_an_image_is_normalized_by_channel():
    normalizer = MODALITIES["image"].normalizer((0.2, 0.5), (0.1, 0.25), CPU)
    found = normalizer.normalize(torch.full((1, 2, 3, 4), 51, dtype=torch.uint8))
    torch.testing.assert_close(found[0, :, 0, 0], torch.tensor([0.0, -1.2]), atol=1e-6, rtol=0)
    assert found.shape == (1, 2, 3, 4)


def test_an_absent_pixel_is_black_or_the_mean():
    image, images = MODALITIES["image"], torch.ones(2, 3, 4, 5)
    normalizer = image.normalizer((0.2, 0.5, 0.1), (0.1, 0.25, 0.5), CPU)
    black = image.baseline("black", images, normalizer)
    torch.testing.assert_close(black[0, :, 1, 2], torch.tensor([-2.0, -2.0, -0.2]))
    assert (image.baseline("mean", images, normalizer) == 0).all()
    with pytest.raises(ConfigError, match="baseline: unknown name 'white'"):
        image.baseline("white", images, normalizer)


def test_a_picture_is_read_at_the_height_and_width_of_the_input():
    pixels = np.random.default_rng(0).integers(256, size=(40, 100, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    colour, enlarged = MODALITIES["image"].read(file.getvalue(), (3, 40, 100))
    assert np.array_equal(colour[0].permute(1, 2, 0).numpy(), pixels)
    assert not enlarged
    grey, enlarged = MODALITIES["image"].read(file.getvalue(), (1, 80, 100))
    assert grey.shape == (1, 1, 80, 100)
    assert enlarged
