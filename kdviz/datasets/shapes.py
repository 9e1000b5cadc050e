"""Shapes: eight generated shapes of random position, size and colour on noise, with exact masks."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.datasets.split import DataSet, Split, with_validation
from kdviz.progress import Message, Report

Coordinates = NDArray[np.float32]
Inside = NDArray[np.bool_]

SIZE = 32
TRAIN_COUNT, TEST_COUNT = 6_000, 2_000
RADII = (5.5, 12.0)
"""Smallest and largest half-width of an object, in pixels."""

# Backgrounds are dark, objects have a bright channel, and noise cannot close the gap from .52 to .58:
# whether a pixel belongs to the object can be read from its brightest channel.
_GROUND = (0.05, 0.40)
_BRIGHTNESS = (0.70, 1.00)
_NOISE = 0.12


def _star(u: Coordinates, v: Coordinates) -> Inside:
    """Five straight-edged points, one up: within a tip's own fifth, on the inner side of its edge."""
    tip, notch = np.pi / 5, 0.42
    angle = np.abs((np.arctan2(u, -v) + tip) % (2 * tip) - tip)
    along, across = np.hypot(u, v) * np.cos(angle), np.hypot(u, v) * np.sin(angle)
    edge_along, edge_across = 1 - notch * np.cos(tip), notch * np.sin(tip)
    return np.asarray(along * edge_across + across * edge_along <= edge_across)


def _heart(u: Coordinates, v: Coordinates) -> Inside:
    x, y = 1.2 * u, 0.15 - 1.15 * v
    return np.asarray((x**2 + y**2 - 1) ** 3 <= x**2 * y**3)


# Inside or not, at u (rightwards) and v (downwards) from the centre, in half-widths. Each is its own
# mirror image, so that flips keep the class.
_OUTLINES: dict[str, Callable[[Coordinates, Coordinates], Inside]] = {
    "circle": lambda u, v: u**2 + v**2 <= 1,
    "square": lambda u, v: np.maximum(abs(u), abs(v)) <= 0.85,
    "triangle": lambda u, v: (v <= 0.8) & (2 * abs(u) <= v + 1),
    "diamond": lambda u, v: abs(u) + abs(v) <= 1,
    "cross": lambda u, v: (np.minimum(abs(u), abs(v)) <= 0.28) & (np.maximum(abs(u), abs(v)) <= 1),
    "ring": lambda u, v: (u**2 + v**2 <= 1) & (u**2 + v**2 >= 0.3),
    "star": _star,
    "heart": _heart,
}
CLASSES = tuple(_OUTLINES)


def load_shapes(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """6,000 + 2,000 images, always the same."""
    report(Message("Drawing shapes"), 0.0)
    dataset = _shapes()
    report(Message("Drawing shapes"), 1.0)
    return dataset


@lru_cache(maxsize=1)
def _shapes() -> DataSet:
    train, test = draw(TRAIN_COUNT, seed=0), draw(TEST_COUNT, seed=1)
    return with_validation("shapes", CLASSES, train, test)


def draw(count: int, *, seed: int) -> Split:
    """`count` images, class by class in turn, generated from a seed."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(CLASSES)
    masks = _masks(labels, rng)
    ground = rng.uniform(*_GROUND, (count, 1, 1, 1)).astype(np.float32)
    colours = _colours(count, rng)[:, :, None, None]
    images = np.where(masks[:, None], colours, ground)
    images += rng.random(images.shape, dtype=np.float32) * (2 * _NOISE) - _NOISE
    pixels = (images.clip(0, 1) * 255).round().astype(np.uint8)
    return Split(torch.from_numpy(pixels), torch.from_numpy(labels), torch.from_numpy(masks))


def _masks(labels: NDArray[np.int64], rng: np.random.Generator) -> Inside:
    """(N, H, W), true if a pixel's centre is inside the outline; the object is completely in the image."""
    radius = rng.uniform(*RADII, len(labels))
    x, y = (radius + rng.random(len(labels)) * (SIZE - 2 * radius) for _ in range(2))
    centres = np.arange(SIZE) + 0.5
    u = ((centres - x[:, None]) / radius[:, None]).astype(np.float32)[:, None, :]
    v = ((centres - y[:, None]) / radius[:, None]).astype(np.float32)[:, :, None]
    masks = np.empty((len(labels), SIZE, SIZE), dtype=bool)
    for label, inside in enumerate(_OUTLINES.values()):
        own = labels == label
        masks[own] = inside(*np.broadcast_arrays(u[own], v[own]))
    return masks


def _colours(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(N, 3) bright colours of any hue, from grey to saturated."""
    hue, saturation = rng.random(count), rng.random(count)
    brightness = rng.uniform(*_BRIGHTNESS, count)
    rows = [colorsys.hsv_to_rgb(*hsv) for hsv in zip(hue, saturation, brightness, strict=True)]
    return np.array(rows, dtype=np.float32)
