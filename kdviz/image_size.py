"""Image sizes as text: 32 for squares, "40x100" for height x width."""

from __future__ import annotations

import re

from kdviz.errors import ConfigError

SMALLEST_SIDE, LARGEST_SIDE = 16, 512
"""Bounds on the sides, in pixels, to which a user's own images are resized."""


def sides(size: int | str | None) -> tuple[int, int]:
    """Height and width in pixels. Raises ConfigError for no or invalid text, or a side out of bounds."""
    numbers = re.fullmatch(r"(\d{1,9})(?:\s*[x×]\s*(\d{1,9}))?", str(size).strip().lower())
    if numbers:
        height, width = int(numbers[1]), int(numbers[2] or numbers[1])
        if min(height, width) >= SMALLEST_SIDE and max(height, width) <= LARGEST_SIDE:
            return height, width
    wrong = "it is empty" if size in (None, "") else f"{str(size)!r} is not allowed"
    raise ConfigError(
        f"image_size: {wrong}. Give {SMALLEST_SIDE} to {LARGEST_SIDE} px: the side of a square, such as 64, "
        "or height x width, such as 40x100."
    )


def written(height: int, width: int) -> int | str:
    """The inverse of `sides`: one number for a square, else such as "40x100"."""
    return height if height == width else f"{height}x{width}"
