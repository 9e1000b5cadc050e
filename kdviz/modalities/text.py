"""Texts: numbers of words, their augmentation and their baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.datasets import Normalizer
from kdviz.datasets.text_split import numbered, words_read
from kdviz.errors import DataError
from kdviz.explainers import absent_pixels
from kdviz.vocabulary import PAD

MAX_CHARACTERS = 100_000

_MOST_HIDDEN, _SEEDS_EACH = 0.5, 16


@dataclass(frozen=True, eq=False)
class WordNumbers(Normalizer):
    """Numbers of words, which networks take as they are."""

    def normalize(self, images: Tensor) -> Tensor:
        """Integers (N, C, L) on any device -> int64 (N, C, L) on `device`."""
        return images.to(self.device).long()


def normalizer(mean: Sequence[float], std: Sequence[float], device: torch.device) -> Normalizer:
    """Texts have no mean."""
    nothing = torch.empty(0, device=device)
    return WordNumbers(nothing, nothing)


def with_words_hidden(texts: Tensor, index: Tensor, variant: Tensor) -> Tensor:
    """Texts (B, C, L) with words hidden, for an index (B,) and a variant (B,) always the same.

    None in variant 0, else up to half of the words, another share in each text. A network that is trained so
    has seen texts with absent words: what it says of them, when words are removed to explain it, is no guess.
    """
    seeds = index * _SEEDS_EACH + variant
    shares = _MOST_HIDDEN * _noise(seeds)
    places = torch.arange(texts.shape[-1], device=texts.device)
    chances = _noise(seeds[:, None] * 100_003 + places + 1)
    hidden = (chances < shares[:, None]) & (variant > 0)[:, None]
    return texts.masked_fill(hidden[:, None], PAD)


def unchanged(masks: Tensor, index: Tensor, variant: Tensor) -> Tensor:
    """Masks (B, L), which hidden words do not move."""
    return masks


def baseline(name: str, images: Tensor, normalizer: Normalizer) -> Tensor:
    """The baseline of that name for texts (N, 1, L); "mean", the usual one, is no word.

    Raises ConfigError if unknown.
    """
    nothing = torch.zeros(1, 1, dtype=torch.long)
    return absent_pixels("pad" if name == "mean" else name, images, black=nothing, modality="text")


def read(
    file: bytes, input_shape: tuple[int, ...], *, padding: Sequence[float] | None = None
) -> tuple[Tensor, bool]:
    """A text in UTF-8 as numbers (1, 1, L), and whether its end is not read.

    Raises DataError with one line for one that is empty, too long, or no text.
    """
    try:
        text = file.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError("text: this is not text in UTF-8. Save it as UTF-8, or paste it.") from None
    if len(text) > MAX_CHARACTERS:
        raise DataError(f"text: it has {len(text):,} characters, at most {MAX_CHARACTERS:,} are read.")
    channels, length = input_shape
    numbers = numbered([text], length + 1, channels)
    if not words_read(numbers).any():
        raise DataError("text: it has no words. Type at least one.")
    return numbers[..., :-1], bool(numbers[:, 0, -1].ne(PAD).any())


def _noise(seeds: Tensor) -> Tensor:
    """A number in [0, 1) for each integer, as if at random: the same on every device."""
    mixed = (seeds * 747_796_405 + 2_891_336_453) & 0xFFFFFFFF
    mixed = ((mixed >> ((mixed >> 28) + 4)) ^ mixed) * 277_803_737 & 0xFFFFFFFF
    return (((mixed >> 22) ^ mixed) & 0xFFFFFF).float() / 0x1000000
