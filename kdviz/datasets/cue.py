"""Planted cues: a patch or a tint in every image that predicts the class, or is drawn at random."""

from __future__ import annotations

import colorsys

import numpy as np
import torch
from torch import Tensor

from kdviz.datasets.cue_registry import CUES
from kdviz.datasets.split import Split
from kdviz.errors import DataError, unknown_name

_TINT = 0.25
"""Share of the hue in the blend; the contrast of the image is reduced to the rest."""

_CHUNK = 1024
"""Images blended at a time: as floating point they need four times the memory."""


def plant(split: Split, cue: str, *, classes: int, strength: float | None, seed: int) -> Split:
    """The split with a cue in every image.

    A patch is at `cue_masks`, and object masks exclude what it hides. A tint is everywhere: no `cue_masks`.
    strength: probability that the cue indicates the image's own label, else it indicates another class; None
    makes it independent of the class. A hue-patch and a tint turn greyscale images into RGB; "none" returns
    the split itself. Raises DataError if the border has no room for that many positions.
    """
    if cue not in CUES:
        raise DataError(unknown_name("cue", cue, CUES))
    make = CUES[cue].plant
    if make is None:
        return split
    generator = torch.Generator().manual_seed(seed)
    named = indicated_classes(split.labels, classes, strength, generator)
    planted: Split = make(split, named, classes=classes, generator=generator)
    return planted


def hue_patch(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """A patch in a random corner of each image, in the colour of the class that it indicates, (N,)."""
    corner = torch.randint(4, (len(split),), generator=generator)
    return painted(split, rim_places(4, *split.images.shape[-2:])[corner], hues(classes)[named])


def place_patch(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """A white patch in each image, at the position of the class that it indicates, (N,)."""
    places = rim_places(classes, *split.images.shape[-2:])[named]
    return painted(split, places, torch.full((1, 1), 255, dtype=torch.uint8))


def tint(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """Each image tinted in the colour of the class that it indicates, (N,)."""
    return _tinted(split, hues(classes)[named])


def patch_side(height: int) -> int:
    """Side of a patch in pixels: 6 in an image of 32."""
    return round(6 / 32 * height)


def hues(classes: int) -> Tensor:
    """(classes, 3) uint8, saturated colours at equal distances on the hue circle."""
    rows = [colorsys.hsv_to_rgb(index / classes, 1, 1) for index in range(classes)]
    return (torch.tensor(rows) * 255).round().to(torch.uint8)


def rim_places(count: int, height: int, width: int) -> Tensor:
    """(count, 2) rows and columns of the upper left pixels of patches, evenly spaced along the border.

    Clockwise from the upper left corner; 4 are the corners. Raises DataError if two coincide.
    """
    down, right = height - patch_side(height), width - patch_side(height)
    around = 2 * (down + right)
    if count > around:
        raise DataError(
            f"cue: place-patch has room for {around} classes in an image of {width} x {height}, got {count}. "
            "Use 'hue-patch' or larger images."
        )
    turns = [0, right, right + down, 2 * right + down, around]
    along = np.arange(count) * around / count
    rows = np.interp(along, turns, [0, 0, down, down, 0])
    columns = np.interp(along, turns, [0, right, right, 0, 0])
    # Always round half up: rounding to even would let two neighbours overlap.
    return torch.from_numpy(np.floor(np.stack([rows, columns], axis=1) + 0.5).astype(np.int64))


def indicated_classes(
    labels: Tensor, classes: int, strength: float | None, generator: torch.Generator
) -> Tensor:
    """(N,) the class that each cue indicates, with the `strength` of `plant`."""
    if strength is None:
        return torch.randint(classes, labels.shape, generator=generator)
    others = (labels + torch.randint(1, classes, labels.shape, generator=generator)) % classes
    return torch.where(torch.rand(labels.shape, generator=generator) < strength, labels, others)


def painted(split: Split, places: Tensor, colours: Tensor) -> Split:
    """The split with a patch in each image, at its position, in its colour.

    places: int64 (N, 2), rows and columns of upper left pixels. colours: uint8 (N or 1, C), C 1 or 3.
    Grey images become RGB where colours are. Object masks exclude what the patch hides.
    """
    channels = max(split.images.shape[1], colours.shape[1])
    images = split.images.expand(-1, channels, -1, -1).clone()
    span = torch.arange(patch_side(images.shape[-2]))
    where = (
        torch.arange(len(split))[:, None, None],
        (places[:, :1] + span)[:, :, None],
        (places[:, 1:] + span)[:, None, :],
    )
    images.movedim(1, -1)[where] = colours[:, None, None, :]
    masks = torch.zeros(len(split), *images.shape[-2:], dtype=torch.bool)
    masks[where] = True
    objects = None if split.object_masks is None else split.object_masks & ~masks
    return Split(images, split.labels, objects, masks)


def _tinted(split: Split, colours: Tensor) -> Split:
    """The split with each image blended with its colour, (N, 3)."""
    images = split.images.expand(-1, 3, -1, -1)
    chunks = zip(torch.split(images, _CHUNK), torch.split(colours[:, :, None, None], _CHUNK), strict=True)
    tinted = [
        torch.lerp(pixels.float(), colour.float(), _TINT).round().to(torch.uint8) for pixels, colour in chunks
    ]
    return Split(torch.cat(tinted), split.labels, split.object_masks)
