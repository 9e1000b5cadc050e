from math import cos, pi, radians, sin, sqrt

import numpy as np
import pytest
import torch
from matplotlib.path import Path as Polygon

from kdviz.datasets import load, shapes
from kdviz.datasets.shapes import CLASSES, draw

# Areas by school geometry, for a half-width of 1. The heart's curve (x² + y² − 1)³ = x²y³ encloses 3.6612.
AREAS = {
    "circle": pi,
    "square": 1.7**2,
    "triangle": 1.8**2 / 2,
    "diamond": 2.0,
    "cross": 2 * 2 * 0.56 - 0.56**2,
    "ring": 0.7 * pi,
    "star": 5 * 0.42 * sin(radians(36)),
    "heart": 3.6612 / (1.2 * 1.15),
}


def star_corners():
    lengths_and_turns = [(1 if turn % 2 == 0 else 0.42, radians(36 * turn)) for turn in range(10)]
    return [(length * sin(turn), -length * cos(turn)) for length, turn in lengths_and_turns]


CORNERS = {
    "star": star_corners(),
    "triangle": [(0, -1), (0.9, 0.8), (-0.9, 0.8)],
    "diamond": [(0, -1), (1, 0), (0, 1), (-1, 0)],
    "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
}


@pytest.fixture(scope="module")
def drawn():
    return draw(4000, seed=3)


def test_a_mask_is_exactly_the_pixels_with_the_objects_brightness(drawn):
    """Grounds end at .52 and objects begin at .58, in the brightest channel, whatever the noise."""
    assert torch.equal(drawn.object_masks, drawn.images.amax(1) > 0.55 * 255)


@pytest.mark.parametrize("name", CLASSES)
def test_objects_have_the_area_of_their_outline(drawn, name):
    """Pixels counted on average are area times mean squared radius: none is cut off, none is smeared."""
    low, high = shapes.RADII
    mean_square = (high**3 - low**3) / 3 / (high - low)
    of_class = drawn.object_masks[drawn.labels == CLASSES.index(name)]
    pixels = of_class.sum((1, 2)).double()
    error = pixels.std().item() / sqrt(len(pixels))
    assert pixels.mean().item() == pytest.approx(AREAS[name] * mean_square, abs=4 * error)


@pytest.mark.parametrize("name", CORNERS)
def test_a_straight_edged_outline_is_its_polygon(name):
    points = np.random.default_rng(0).uniform(-1.1, 1.1, (5000, 2))
    inside = shapes._OUTLINES[name](points[:, 0], points[:, 1])
    np.testing.assert_array_equal(inside, Polygon(CORNERS[name]).contains_points(points))


@pytest.mark.parametrize("name", CLASSES)
def test_a_mirrored_shape_is_the_same_shape(name):
    u, v = np.random.default_rng(0).uniform(-1, 1, (2, 5000))
    np.testing.assert_array_equal(shapes._OUTLINES[name](u, v), shapes._OUTLINES[name](-u, v))


def test_objects_of_every_size_lie_all_over_the_image(drawn):
    widths = drawn.object_masks.any(1).sum(1)
    assert widths.min() <= 10
    assert widths.max() >= 23
    reached = drawn.object_masks.any(0)
    assert reached.any(0).all()
    assert reached.any(1).all()
    assert reached.float().mean() > 0.95


def test_the_same_seed_draws_the_same_images_and_another_seed_others():
    first, again, other = draw(16, seed=1), draw(16, seed=1), draw(16, seed=2)
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.object_masks, again.object_masks)
    assert not torch.equal(first.images, other.images)


def test_the_splits_are_balanced_and_share_no_image(heard):
    data = load("shapes", data=None, image_size=32, report=heard)
    splits = (data.train, data.validation, data.test)
    assert [torch.bincount(split.labels).unique().tolist() for split in splits] == [[625], [125], [250]]
    rows = torch.cat([split.images.flatten(1) for split in splits]).numpy()
    assert len({row.tobytes() for row in rows}) == 8000
    assert heard[-1] == ("Drawing shapes", 1.0)
