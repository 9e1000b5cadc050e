"""How networks made elsewhere expect their pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from kdviz.errors import ConfigError


@dataclass(frozen=True)
class PixelScale:
    """Pixels in [0, 1] minus `mean`, divided by `std`; a number for each of three colours."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


PIXEL_SCALES: Mapping[str, PixelScale] = {
    "imagenet": PixelScale((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),  # torchvision's transforms
    "cifar10": PixelScale((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),  # of its training images
    "cifar100": PixelScale((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "unit": PixelScale((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "half": PixelScale((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}
"""By name: "unit" is [0, 1] and "half" is [−1, 1]."""


def pixel_scale(text: str | None) -> PixelScale | None:
    """A scale by its name, or from numbers: "0.5,0.5,0.5/0.2,0.2,0.2", or one for all colours, "0.5/0.2".

    None for None. Raises ConfigError with one line.
    """
    if text is None:
        return None
    if text in PIXEL_SCALES:
        return PIXEL_SCALES[text]
    try:
        mean, std = (tuple(map(float, part.split(","))) for part in text.split("/"))
    except ValueError:
        mean = std = ()
    mean, std = (3 * numbers if len(numbers) == 1 else numbers for numbers in (mean, std))
    if (len(mean), len(std)) != (3, 3) or not all(map(isfinite, mean + std)) or min(std) <= 0:
        raise ConfigError(
            f"teacher_input: {text!r} is neither one of {', '.join(PIXEL_SCALES)} nor three means and three "
            "deviations above 0, as 0.5,0.5,0.5/0.2,0.2,0.2."
        )
    return PixelScale(mean, std)
