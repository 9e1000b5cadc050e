"""A user's sound, as a run's networks hear it. It stays in memory."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from kdviz.comparison.models.snapshots import RunImages
from kdviz.datasets.sound_file import SUFFIXES, sound
from kdviz.sound import HOP, spectrograms

SOUND_TYPES = tuple(suffix.removeprefix(".") for suffix in SUFFIXES)
"""File extensions of sounds."""


@dataclass(frozen=True, eq=False)
class OwnSound:
    """A clip, int16 (samples,), and the networks' input, uint8 (1, C, F, T). cut: whether it was longer."""

    samples: Tensor
    image: Tensor
    cut: bool


def prepare_sound(file: bytes, images: RunImages) -> OwnSound:
    """A sound file in the format of a run's sounds. Raises DataError with one line for one that cannot be."""
    channels, _bands, length = images.test.images.shape[1:]
    samples, cut = sound(file, length * HOP)
    return OwnSound(samples, spectrograms(samples[None], channels), cut)
