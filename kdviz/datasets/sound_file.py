"""A user's sound file as a clip of fixed length: mono, 16 kHz, its loudest part."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.errors import DataError
from kdviz.sound import SAMPLE_RATE

FORMATS = ("wav", "flac", "ogg", "opus", "mp3", "aiff")
SUFFIXES = tuple(f".{kind}" for kind in (*FORMATS, "aif", "oga"))

MAX_SOUND_MB = 50
MAX_SECONDS = 600
RATES = range(1_000, 192_001)
"""Samples a second."""

_BLOCK, _FINEST = 1 << 16, 10_000
_SHORTEST = 0.05
"""Seconds."""

_QUIET = 1e-4
"""A peak below it, of 1, is silence."""

_UNREADABLE = f"sound: this file cannot be read as a sound. These can: {', '.join(FORMATS)}."

FloatSamples = NDArray[np.float32]


def sound(file: bytes, samples: int) -> tuple[Tensor, bool]:
    """A sound file as a clip, int16 (samples,), and whether it is longer, so that a part is heard.

    Channels are averaged, and any rate becomes 16 kHz. Of a longer sound the loudest part is taken; a shorter
    one is in the middle of silence. Raises DataError with one line for a file that is too large, too long,
    too short, silent or unreadable.
    """
    if len(file) > MAX_SOUND_MB * 2**20:
        raise DataError(f"sound: the file has {len(file) / 2**20:.0f} MB, at most {MAX_SOUND_MB} are read.")
    wave = resampled(*_decoded(file))
    if len(wave) < _SHORTEST * SAMPLE_RATE:
        raise DataError(
            f"sound: it lasts {1000 * len(wave) // SAMPLE_RATE} ms, at least {1000 * _SHORTEST:.0f} are "
            "needed."
        )
    if not np.isfinite(wave).all() or np.abs(wave).max() < _QUIET:
        raise DataError("sound: nothing can be heard in it. Record it louder.")
    return torch.from_numpy(_as_int16(loudest(wave, samples))), len(wave) > samples


def seconds_of(file: bytes) -> float:
    """How long a sound file is, by its header. Raises DataError for one that `sound` would refuse by it."""
    import soundfile  # slow to import

    try:
        with soundfile.SoundFile(_Bytes(file)) as opened:
            seconds = float(opened.frames / opened.samplerate)
    except Exception:  # a broken file can raise anything
        raise DataError(_UNREADABLE) from None
    if not _SHORTEST <= seconds <= MAX_SECONDS:
        raise DataError(f"sound: it lasts {seconds:.2f} s, {_SHORTEST} to {MAX_SECONDS} are read.")
    return seconds


def resampled(wave: FloatSamples, rate: int) -> FloatSamples:
    """A sound at 16 kHz, by a polyphase filter.

    Of an unusual rate the ratio is rounded to a denominator of 10,000: else the filter may have millions of
    weights. That changes times by less than 1 in 10,000.
    """
    if rate == SAMPLE_RATE:
        return wave
    from scipy.signal import resample_poly  # slow to import

    ratio = Fraction(SAMPLE_RATE, rate).limit_denominator(_FINEST)
    found: FloatSamples = resample_poly(wave, ratio.numerator, ratio.denominator).astype(np.float32)
    return found


def loudest(wave: FloatSamples, samples: int) -> FloatSamples:
    """The part of a sound with the most energy, of this length; a shorter one between two silences."""
    missing = samples - len(wave)
    if missing >= 0:
        return np.pad(wave, (missing // 2, missing - missing // 2))
    energy = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    start = int((energy[samples:] - energy[:-samples]).argmax())
    return wave[start : start + samples]


class _Bytes(io.BytesIO):
    """A file in which a place before its beginning, which a broken header may name, is its beginning."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        try:
            return super().seek(offset, whence)
        except (ValueError, OverflowError):
            return super().seek(0)


def _decoded(file: bytes) -> tuple[FloatSamples, int]:
    """Samples of the mean of all channels, and their rate."""
    import soundfile  # slow to import

    try:
        with soundfile.SoundFile(_Bytes(file)) as opened:
            rate = opened.samplerate
            wave = _mono(opened, MAX_SECONDS * rate) if rate in RATES else np.zeros(0, np.float32)
    except Exception:  # a broken file can raise anything
        raise DataError(_UNREADABLE) from None
    if rate not in RATES:
        raise DataError(
            f"sound: it has {rate:,} samples a second, {RATES.start:,} to {RATES.stop - 1:,} can be read. "
            "Save it with another rate."
        )
    if len(wave) > MAX_SECONDS * rate:
        raise DataError(f"sound: it lasts more than {MAX_SECONDS // 60} minutes. Cut a part out of it.")
    return wave, rate


def _mono(opened: Any, most: int) -> FloatSamples:
    """The mean of all channels, no longer than a block more than `most`: a header may promise any length."""
    parts, length = [np.zeros(0, np.float32)], 0
    while length <= most and len(part := opened.read(_BLOCK, dtype="float32", always_2d=True)):
        parts.append(part.mean(1))
        length += len(part)
    return np.concatenate(parts)


def _as_int16(wave: FloatSamples) -> NDArray[np.int16]:
    return (np.clip(wave, -1, 1) * 32_767).round().astype(np.int16)
