"""A person's picture, against Pillow by hand."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from kdviz.comparison import MAX_PICTURE_MB, RunImages, prepare_image
from kdviz.datasets import Split
from kdviz.errors import DataError


def images(channels=3, size=16):
    split = Split(torch.zeros(1, channels, size, size, dtype=torch.uint8), torch.zeros(1, dtype=torch.int64))
    return RunImages(("a", "b"), split, None, (0.5,) * channels, (0.5,) * channels, split.images)


ROUGH = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
PHOTO = np.asarray(Image.fromarray(ROUGH).resize((60, 40), Image.Resampling.BICUBIC))


def as_file(picture, form="PNG", **options):
    content = io.BytesIO()
    picture.save(content, form, **options)
    return content.getvalue()


def by_hand(picture, size):
    """The middle square, resized by Pillow's bicubic filter."""
    spare = (picture.width - picture.height) // 2
    square = picture.crop((spare, 0, spare + picture.height, picture.height))
    return np.asarray(square.resize((size, size), Image.Resampling.BICUBIC))


def test_a_picture_is_cropped_and_resized_as_by_hand():
    picture = Image.fromarray(PHOTO)
    image, enlarged = prepare_image(as_file(picture), images())
    assert not enlarged
    assert image.dtype == torch.uint8
    shown = image[0].permute(1, 2, 0).numpy().astype(int)
    np.testing.assert_allclose(shown, by_hand(picture, 16), atol=4)


@pytest.mark.parametrize(("size", "shape"), [((60, 40), (16, 11)), ((20, 50), (6, 16))])
def test_all_of_a_picture_fits_between_bars_of_the_mean_colour(size, shape):
    """Oracle: Pillow's own resizing; 0.5 of the mean is the byte 128."""
    whole = Image.fromarray(PHOTO).resize(size)
    image, enlarged = prepare_image(as_file(whole), images(), letterbox=True)
    assert not enlarged
    shown = image[0].permute(1, 2, 0).numpy().astype(int)
    (width, height), expected = shape, np.full((16, 16, 3), 128)
    top, left = (16 - height) // 2, (16 - width) // 2
    expected[top : top + height, left : left + width] = np.asarray(
        whole.resize(shape, Image.Resampling.BICUBIC)
    )
    rows = slice(top, top + height)
    np.testing.assert_allclose(shown[rows, left : left + width], expected[rows, left : left + width], atol=4)
    outside = np.ones((16, 16), bool)
    outside[rows, left : left + width] = False
    assert (shown[outside] == 128).sum() >= 3 * outside.sum() * 0.8


def test_it_is_grey_where_the_runs_images_are_grey():
    """Oracle: Pillow's own luma."""
    image, _enlarged = prepare_image(as_file(Image.fromarray(PHOTO)), images(channels=1))
    expected = Image.fromarray(
        prepare_image(as_file(Image.fromarray(PHOTO)), images())[0][0].permute(1, 2, 0).numpy()
    )
    assert image.shape == (1, 1, 16, 16)
    np.testing.assert_allclose(image[0, 0].numpy().astype(int), np.asarray(expected.convert("L")), atol=1)


def test_a_photograph_is_rotated_by_its_exif_orientation():
    picture = Image.fromarray(PHOTO[:, :40])
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise is due
    turned, _enlarged = prepare_image(as_file(picture, exif=exif), images())
    upright, _enlarged = prepare_image(as_file(picture.transpose(Image.Transpose.ROTATE_270)), images())
    torch.testing.assert_close(turned, upright)


def test_a_smaller_image_is_enlarged_and_flagged():
    assert prepare_image(as_file(Image.fromarray(PHOTO)), images(size=64))[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"not a picture",
            "picture: this file cannot be read as a picture. These can: JPEG, PNG, WEBP, BMP, GIF, TIFF, PPM.",
        ),
        (
            as_file(Image.fromarray(PHOTO))[:200],
            "picture: this file cannot be read as a picture. These can: JPEG, PNG, WEBP, BMP, GIF, TIFF, PPM.",
        ),
        (
            bytes((MAX_PICTURE_MB + 1) * 2**20),
            "picture: the file has 21 MB, at most 20 are read.",
        ),
        (
            as_file(Image.new("1", (9000, 9000))),
            "picture: it has more than 64 million pixels. Make it smaller.",
        ),
    ],
    ids=["nonsense", "cut off", "too large", "too many pixels"],
)
def test_a_bad_file_is_refused_in_one_line(content, message):
    with pytest.raises(DataError) as caught:
        prepare_image(content, images())
    assert str(caught.value) == message
