import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from kdviz.datasets.image_file import TooManyPixelsError, picture

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def png_header(width, height):
    """A PNG that claims a size and holds nothing."""
    chunks = b"IHDR" + struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0), b"IDAT"
    checked = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    ]
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(checked))


def test_a_picture_of_the_right_size_keeps_every_pixel():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    read, enlarged = picture(encoded(Image.fromarray(pixels)), (16, 16))
    np.testing.assert_array_equal(read, pixels.transpose(2, 0, 1))
    assert not enlarged


@pytest.mark.parametrize(("width", "height"), [(90, 30), (30, 90)])
def test_only_the_middle_square_is_kept(width, height):
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, ((width - 30) // 2, (height - 30) // 2, (width + 30) // 2, (height + 30) // 2))
    read, _ = picture(encoded(image), (30, 30))
    assert np.unique(read.reshape(3, -1).T, axis=0).tolist() == [list(BLUE)]


def test_a_photograph_taken_sideways_is_turned_upright():
    """Orientation 6: the stored picture must be turned clockwise, so that its left side is the top."""
    image = Image.new("RGB", (16, 16), RED)
    image.paste(BLUE, (8, 0, 16, 16))
    turned = Image.Exif()
    turned[274] = 6
    read, _ = picture(encoded(image, exif=turned), (16, 16))
    assert read[:, 0, 8].tolist() == list(RED)
    assert read[:, 15, 8].tolist() == list(BLUE)


def test_a_small_picture_is_enlarged_and_said_to_be():
    read, enlarged = picture(encoded(Image.new("RGB", (10, 40), RED)), (32, 32))
    assert read.shape == (3, 32, 32)
    assert enlarged


def test_a_large_photograph_keeps_its_colours_though_it_is_unpacked_coarsely():
    image = Image.new("RGB", (1600, 1200), RED)
    image.paste(BLUE, (800, 0, 1600, 1200))
    read, enlarged = picture(encoded(image, "JPEG", quality=95), (32, 32))
    assert abs(read[:, :, 4].astype(int) - np.array(RED)[:, None]).max() < 8
    assert abs(read[:, :, 28].astype(int) - np.array(BLUE)[:, None]).max() < 8
    assert not enlarged


def test_grey_of_16_bits_keeps_its_upper_8():
    levels = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    read, _ = picture(encoded(Image.fromarray(levels)), (16, 16))
    np.testing.assert_array_equal(read, np.tile(np.arange(256).reshape(16, 16), (3, 1, 1)))


def test_what_is_transparent_is_laid_on_white():
    read, _ = picture(encoded(Image.new("RGBA", (16, 16), (*RED, 0))), (16, 16))
    assert (read == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_every_kind_of_colour_becomes_rgb(mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    read, _ = picture(encoded(Image.new("RGB", (16, 16), WHITE).convert(mode), kind), (16, 16))
    assert read.shape == (3, 16, 16)
    assert (read == 255).all()


@pytest.mark.parametrize(("width", "height"), [(8001, 8000), (10_000, 9_000), (60_000, 60_000)])
def test_a_picture_that_would_fill_the_memory_is_not_unpacked(width, height):
    with pytest.raises(TooManyPixelsError):
        picture(png_header(width, height), (32, 32))


def test_postscript_is_not_run():
    with pytest.raises(OSError, match="cannot identify image file"):
        picture(io.BytesIO(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n"), (32, 32))
