"""Sounds: spectrograms, heard earlier or later in training, and a user's recordings."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from kdviz.datasets import Normalizer
from kdviz.datasets.sound_file import sound
from kdviz.explainers import absent_pixels
from kdviz.sound import HOP, inputs, spectrograms

SHIFTS = (0, -12, -9, -6, -3, 3, 6, 9, 12)
"""Frames by which a sound is heard later in training, by variant."""


def shifted(sounds: Tensor, index: Tensor, variant: Tensor) -> Tensor:
    """Spectrograms (B, C, F, T), or masks (B, F, T), moved in time by their variants (B,).

    What leaves at one end enters at the other: most clips begin and end in the noise of their room.
    """
    length = sounds.shape[-1]
    moves = torch.tensor(SHIFTS, device=sounds.device)[variant]
    places = (torch.arange(length, device=sounds.device) - moves[:, None]) % length
    rows = places.view(len(sounds), *[1] * (sounds.ndim - 2), length)
    return sounds.gather(-1, rows.expand(sounds.shape))


def baseline(name: str, images: Tensor, normalizer: Normalizer) -> Tensor:
    """The baseline of that name for spectrograms (N, C, F, T); "mean", the usual one, is silence.

    Raises ConfigError if unknown.
    """
    silence = normalizer.normalize(inputs(torch.zeros(1, HOP), images.shape[1]))[0, :, :1]
    return absent_pixels("silence" if name == "mean" else name, images, black=silence, modality="audio")


def read(
    file: bytes, input_shape: tuple[int, ...], *, padding: Sequence[float] | None = None
) -> tuple[Tensor, bool]:
    """A sound file as its spectrogram, uint8 (1, 1, F, T), and whether only its loudest part is heard.

    Raises DataError with one line for one that cannot be read.
    """
    samples, cut = sound(file, input_shape[-1] * HOP)
    return spectrograms(samples[None], input_shape[0]), cut
