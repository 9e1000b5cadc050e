"""Pixels that are normalized come back."""

import torch

from kdviz.datasets import Normalizer

NORMALIZER = Normalizer.of([0.2, 0.5, 0.7], [0.1, 0.3, 0.9], torch.device("cpu"))


def test_normalized_pixels_come_back():
    every = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16).expand(2, 3, 16, 16)
    pixels = NORMALIZER.pixels(NORMALIZER.normalize(every))
    assert pixels.shape == (2, 16, 16, 3)
    assert (pixels == every.permute(0, 2, 3, 1).numpy()).all()


def test_what_no_pixel_shows_is_clamped():
    below, above = NORMALIZER.pixels(torch.tensor([-100.0, 100.0]).view(2, 1, 1, 1).expand(2, 3, 1, 1))
    assert below.max() == 0
    assert above.min() == 255
