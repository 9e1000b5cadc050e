"""Sounds: spectrograms, heard earlier or later, louder or in noise in training, and a user's recordings."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from kdviz.datasets import Normalizer
from kdviz.datasets.sound_file import sound
from kdviz.explainers import absent_pixels
from kdviz.sound import HOP, as_waves, inputs, spectrograms
from kdviz.types import AugmentationSpec

SHIFTS = (0, -12, -9, -6, -3, 3, 6, 9, 12)
"""Frames by which a sound is heard later in training, by variant."""


def shifted(sounds: Tensor, index: Tensor, variant: Tensor) -> Tensor:
    """Spectrograms (B, C, F, T), or masks (B, F, T), moved in time by their variants (B,).

    What leaves at one end enters at the other: most clips begin and end in the noise of their room.
    """
    return _moved(sounds, _moves(variant))


def disturbed(
    samples: Tensor,
    index: Tensor,
    variant: Tensor,
    *,
    augmentation: AugmentationSpec,
    seed: int,
    channels: int,
) -> Tensor:
    """`disturbed_waves` as networks take them, uint8 (B, C, F, T). channels: as of `sound.inputs`."""
    return inputs(disturbed_waves(samples, index, variant, augmentation, seed), channels)


def disturbed_waves(
    samples: Tensor, index: Tensor, variant: Tensor, augmentation: AugmentationSpec, seed: int
) -> Tensor:
    """Sounds, int16 (B, samples), shifted, then louder or quieter, then in white noise, in [-1, 1].

    Variant 0 is as it is. Gain and noise depend on seed, index and variant alone: a view is the same in every
    epoch and for every network.
    """
    waves = _moved(as_waves(samples), HOP * _moves(variant))
    rows = zip(index.tolist(), variant.tolist(), strict=True)
    gains, noises = zip(*(_drawn(augmentation, samples.shape[1], seed, *row) for row in rows), strict=True)
    scaled = waves * torch.stack(gains)[:, None].to(waves)
    power = scaled.square().mean(1, keepdim=True).sqrt()
    return (scaled + power * torch.stack(noises).to(waves)).clamp(-1, 1)


def _drawn(
    augmentation: AugmentationSpec, samples: int, seed: int, index: int, variant: int
) -> tuple[Tensor, Tensor]:
    """The factor of a sound, and the noise for one whose root mean square is 1, (samples,)."""
    gain, noise = torch.ones(()), torch.zeros(samples)
    if variant == 0:
        return gain, noise
    generator = torch.Generator().manual_seed((seed * 1_000_003 + index) * len(SHIFTS) + variant)
    turn, depth = torch.rand(2, generator=generator)
    gain = 10 ** (augmentation.gain_db * (2 * turn - 1) / 20)
    if augmentation.noise_db is not None:
        lowest, highest = augmentation.noise_db
        noise = torch.randn(samples, generator=generator)
        noise = noise / noise.square().mean().sqrt() * 10 ** (-(lowest + (highest - lowest) * depth) / 20)
    return gain, noise


def _moves(variant: Tensor) -> Tensor:
    return torch.tensor(SHIFTS, device=variant.device)[variant]


def _moved(sounds: Tensor, moves: Tensor) -> Tensor:
    """Sounds (B, …, T), each moved cyclically along the last dimension."""
    length = sounds.shape[-1]
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
