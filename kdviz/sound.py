"""Sounds: their log-mel spectrogram as a picture, and what is left of one under a mask.

A spectrogram is drawn and stored as a grey picture: its first row is the highest band, a column is a frame.
Networks that read the samples themselves find them behind it, in cells of the same frames.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.clip_seconds import FRAMES_A_SECOND
from kdviz.types import WITH_SAMPLES

SAMPLE_RATE = 16_000
"""Samples a second, of all sounds that networks hear."""

HOP = SAMPLE_RATE // FRAMES_A_SECOND
"""Samples from one frame to the next: 10 ms."""

BANDS = 40
LOWEST, HIGHEST = 60.0, 7_600.0
"""Edges of the lowest and of the highest band, in Hz."""

_QUIET, _LOUD, _PAUSE = 0.2, 0.25, 10
"""Share of the frames that are called quiet; of the way from their level to the peak, above which a frame is
loud; frames of a pause within the loud part, at most."""

_SILENT, _SOFT = 1.0, 57.0
"""Level up to which nothing is heard; of a sound in silence, levels from its peak to a soft end, 20 dB."""

_WINDOW, _FFT = 400, 512
_MU = 255
_LOG_MU = float(np.log(1 + _MU))
_FLOOR = 1e-5
_QUIETEST, _LOUDEST = float(np.log(_FLOOR)), float(np.log((_WINDOW / 4) ** 2))
"""Logarithms of the power at level 0, and of a sine of amplitude 1, at level 255."""

_HZ_PER_MEL, _LINEAR_TO_HZ, _LOG_STEP = 200 / 3, 1_000.0, float(np.log(6.4) / 27)


def frames(samples: int) -> int:
    """Frames of a sound with this many samples."""
    return samples // HOP


def seconds(frames: float) -> float:
    """How long this many frames last."""
    return frames * HOP / SAMPLE_RATE


def as_waves(samples: Tensor) -> Tensor:
    """Samples, int16, as float32 in [-1, 1)."""
    return samples.float() / 32_768


def log_mel(waves: Tensor, bands: Tensor | None = None) -> Tensor:
    """Log-mel spectrograms (N, BANDS, frames) of sounds (N, samples) in [-1, 1]; the lowest band first.

    The power of a short-time Fourier transform (Hann window of 25 ms, 512 points, frames centred at multiples
    of `HOP`) in triangular bands, and log(power + 1e-5). Can be differentiated with respect to the sounds.
    bands: `mel_bands`, where they are kept with a module.
    Source: Davis & Mermelstein 1980, doi:10.1109/TASSP.1980.1163420; bands as in Slaney's Auditory Toolbox.
    """
    power = _transformed(waves).abs().square()[..., : frames(waves.shape[-1])]
    return torch.log((mel_bands().to(waves) if bands is None else bands) @ power + _FLOOR)


def spectrograms(waves: Tensor, channels: int = 1) -> Tensor:
    """Sounds, int16 (N, samples), as pictures: uint8 (N, 1, BANDS, frames), 255 for a sine of amplitude 1.

    A level is 0.35 dB. channels: as of `inputs`.
    """
    return torch.cat([inputs(as_waves(some), channels) for some in torch.split(waves, 256)])


def pictures(waves: Tensor, bands: Tensor | None = None) -> Tensor:
    """The same of sounds in [-1, 1], all at once. bands: as of `log_mel`."""
    return _levels(log_mel(waves, bands)).flip(1)[:, None]


def inputs(waves: Tensor, channels: int, bands: Tensor | None = None) -> Tensor:
    """Sounds in [-1, 1] as networks take them, uint8 (N, channels, BANDS, frames).

    channels: 1 for the spectrogram alone, `WITH_SAMPLES` for the samples as well, `companded`. bands: as of
    `log_mel`.
    """
    spectrogram = pictures(waves, bands)
    return torch.cat([spectrogram, companded(waves)], 1) if channels == WITH_SAMPLES else spectrogram


def companded(waves: Tensor) -> Tensor:
    """Samples (N, samples) in [-1, 1] in 256 levels, finer where they are quiet: uint8 (N, 4, BANDS, frames).

    A frame's 160 samples run through the channels of one row after the other. Silence is level 128.
    Source: μ-law, ITU-T G.711; as in WaveNet, van den Oord et al. 2016, arXiv:1609.03499, sec. 2.2.
    """
    cut = waves[:, : frames(waves.shape[1]) * HOP].clamp(-1, 1)
    levels = (cut.sign() * torch.log1p(_MU * cut.abs()) / _LOG_MU + 1) / 2
    rows = levels.mul(_MU).round().byte().reshape(-1, frames(waves.shape[1]), BANDS, WITH_SAMPLES - 1)
    return rows.permute(0, 3, 2, 1)


def in_order_of_time(cells: Tensor) -> Tensor:
    """The cells of `companded` sounds, (N, 4, BANDS, frames), as (N, samples)."""
    return cells.permute(0, 3, 2, 1).flatten(1)


def drawn(images: Tensor) -> Tensor:
    """What is drawn of raw inputs (N, C, *S): of sounds with their samples the spectrogram, else all."""
    return images[:, :1] if images.shape[1] == WITH_SAMPLES else images


def loud_part(picture: Tensor) -> Tensor:
    """Which frames of a spectrogram (BANDS, T) are its loud part, from beginning to end, bool (T,).

    A frame's level is its mean over the bands, in dB. Loud is a frame above a quarter of the way from the
    noise floor, below which the quiet fifth of the frames is, to the loudest frame. Where a recording ends
    early, the silence after it is no floor: it is that of the rest, or 20 dB below the peak if all of the
    rest is louder. Loud frames that are at most 100 ms apart are one part, with the pauses; of several the
    one with most above that threshold is meant, so that a click is not. None of a sound that is equally loud
    throughout.
    Source: Rabiner & Sambur 1975, Bell System Technical Journal 54(2), whose thresholds are likewise between
    a clip's own silence and peak (there of amplitudes, and with a count of zero crossings for fricatives,
    which the bands above 3 kHz show here).
    """
    levels = picture.float().mean(0)
    peak, frames = levels.max(), torch.arange(len(levels))
    if peak <= _SILENT:
        return torch.zeros_like(frames).bool()
    of_rest = levels[levels > _SILENT].quantile(_QUIET)
    floor = torch.minimum(of_rest, torch.maximum(levels.quantile(_QUIET), peak - _SOFT))
    excess = levels - (floor + _LOUD * (peak - floor))
    loud = (excess > 0).nonzero().flatten()
    parts = torch.tensor_split(loud, (loud.diff() > _PAUSE).nonzero().flatten() + 1)
    most = max(parts, key=lambda part: float(excess[part].sum()))
    return (frames >= most[0]) & (frames <= most[-1]) if len(most) else torch.zeros_like(frames).bool()


def loud_cells(pictures: Tensor) -> Tensor:
    """All bands of each spectrogram's `loud_part`: uint8 (N, 1, BANDS, T) -> bool (N, BANDS, T)."""
    parts = torch.stack([loud_part(picture[0]) for picture in pictures])
    return parts[:, None].repeat(1, pictures.shape[2], 1)


def masked(wave: Tensor, mask: Tensor) -> Tensor:
    """A sound (samples,) with the power of each cell multiplied by its weight, float32 in [-1, 1].

    wave: int16. mask: (BANDS, frames) in [0, 1], as a picture. Phase and loudness are those of the sound:
    under a mask of ones it is unchanged. A frequency has the weight of the bands around it.
    """
    given = as_waves(wave)
    amplitude = mask.float().flip(0).clamp(0, 1).sqrt()
    last = amplitude[:, -1:]
    spectrum = _transformed(given[None])[0]
    weights = _band_weights() @ torch.cat([amplitude, last], dim=1)[:, : spectrum.shape[1]]
    sound: Tensor = torch.istft(
        spectrum * weights, _FFT, HOP, _WINDOW, window=torch.hann_window(_WINDOW), length=len(given)
    )
    return sound.clamp(-1, 1)


@cache
def mel_bands() -> Tensor:
    """Triangular bands (BANDS, 257) with peak 1, evenly spaced in mel, the lowest first."""
    edges = _edges()
    low, peak, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    at = _frequencies()
    return torch.minimum((at - low) / (peak - low), (high - at) / (high - peak)).clamp(min=0).float()


@cache
def band_centres() -> tuple[float, ...]:
    """The frequency of each row of a spectrogram in Hz, the highest first."""
    return tuple(reversed(_edges()[1:-1].tolist()))


def _edges() -> Tensor:
    """Peaks of bands in Hz, with an end before and behind: a band reaches from its neighbours' peaks."""
    return _hz(torch.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2, dtype=torch.float64))


def _transformed(waves: Tensor) -> Tensor:
    return torch.stft(
        waves, _FFT, HOP, _WINDOW, window=torch.hann_window(_WINDOW).to(waves), return_complex=True,
        pad_mode="constant",
    )  # fmt: skip


def _levels(spectra: Tensor) -> Tensor:
    """uint8."""
    return ((spectra - _QUIETEST) / (_LOUDEST - _QUIETEST)).clamp(0, 1).mul(255).round().byte()


def _frequencies() -> Tensor:
    return torch.arange(_FFT // 2 + 1, dtype=torch.float64) * SAMPLE_RATE / _FFT


@cache
def _band_weights() -> Tensor:
    """(257, BANDS): each frequency between the centres of two bands, or beyond the last; rows add up to 1."""
    centres = torch.tensor(band_centres()[::-1], dtype=torch.float64)
    place = np.interp(_frequencies().numpy(), centres.numpy(), np.arange(BANDS))
    below = torch.from_numpy(place).floor().long()
    above = (below + 1).clamp(max=BANDS - 1)
    share = (torch.from_numpy(place) - below)[:, None]
    return ((1 - share) * F.one_hot(below, BANDS) + share * F.one_hot(above, BANDS)).float()


def _mel(hz: float) -> float:
    """Linear below 1 kHz, logarithmic above."""
    if hz < _LINEAR_TO_HZ:
        return hz / _HZ_PER_MEL
    return _LINEAR_TO_HZ / _HZ_PER_MEL + float(np.log(hz / _LINEAR_TO_HZ)) / _LOG_STEP


def _hz(mel: Tensor) -> Tensor:
    bend = _LINEAR_TO_HZ / _HZ_PER_MEL
    return torch.where(
        mel < bend, mel * _HZ_PER_MEL, _LINEAR_TO_HZ * torch.exp(_LOG_STEP * (mel - bend).clamp(min=0))
    )
