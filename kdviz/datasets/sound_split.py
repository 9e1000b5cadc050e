"""Sounds as a split: their spectrograms, and a tone or a loudness more where a cue is planted."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from kdviz.datasets.split import DataSet, Split
from kdviz.errors import DataError
from kdviz.sound import HOP, SAMPLE_RATE, as_waves, band_centres, frames, spectrograms
from kdviz.types import WITH_SAMPLES

BEEP_SAMPLES = SAMPLE_RATE // 25
"""40 ms."""

BEEP_PLACES = 5
"""Times at which a beep can be, in the middle of as many equal parts of a sound."""

_BEEP, _HUM = 0.1, 0.02
"""Amplitudes."""

_LOWEST_TONE, _OCTAVES_APART, _HIGHEST_TONE = 400.0, 0.4, 6_500.0
_QUIETEST = 0.1
_RISE = 80
"""Samples in which a tone rises and falls, without a click."""


def sound_split(
    sounds: Tensor,
    labels: Tensor,
    *,
    object_masks: Tensor | None = None,
    cue_masks: Tensor | None = None,
    channels: int = 1,
) -> Split:
    """Sounds, int16 (N, samples), with labels (N,), as spectrograms. channels: as of `sound.inputs`."""
    return Split(spectrograms(sounds, channels), labels, object_masks, cue_masks, sounds=sounds)


def with_samples(data: DataSet) -> DataSet:
    """A data set of sounds whose samples are part of the inputs, for networks that read them."""
    train, validation, test = map(_sampled, (data.train, data.validation, data.test))
    return replace(data, train=train, validation=validation, test=test)


def beep(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """A short tone at one of `BEEP_PLACES` in each sound, as high as the class that it indicates, (N,)."""
    places = torch.randint(BEEP_PLACES, named.shape, generator=generator)
    return with_beeps(split, places, named, classes)


def with_beeps(split: Split, places: Tensor, named: Tensor, classes: int) -> Split:
    """The split with a tone at the place, (N,), in each sound, for the class `named`, (N,).

    Object masks exclude the cells of the tone.
    """
    starts = (_samples(split) * (places + 0.5) / BEEP_PLACES).long() - BEEP_SAMPLES // 2
    return _with_tones(split, starts, BEEP_SAMPLES, _BEEP, tones(classes)[named])


def hum(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """A soft tone throughout each sound, as high as the class that it indicates, (N,)."""
    starts = torch.zeros(len(split), dtype=torch.int64)
    return _with_tones(split, starts, _samples(split), _HUM, tones(classes)[named])


def loudness(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """Each sound as loud as the class that it indicates, (N,): a cue without a place."""
    assert split.sounds is not None
    factors = _QUIETEST ** (torch.arange(classes) / max(1, classes - 1))
    peaks = split.sounds.float().abs().amax(1).clamp(min=1)
    scaled = split.sounds.float() * (0.9 * 32_767 * factors[named] / peaks)[:, None]
    louder = scaled.round().to(torch.int16)
    return sound_split(louder, split.labels, object_masks=split.object_masks, channels=split.images.shape[1])


def tones(classes: int) -> Tensor:
    """(classes,) the frequency in Hz that indicates each class. Raises DataError for too many classes."""
    found = _LOWEST_TONE * 2 ** (_OCTAVES_APART * torch.arange(classes, dtype=torch.float64))
    if found[-1] > _HIGHEST_TONE:
        most = int((found <= _HIGHEST_TONE).sum())
        raise DataError(
            f"cue: there are tones for {most} classes, got {classes}. Use data with fewer classes."
        )
    return found


def _with_tones(split: Split, starts: Tensor, length: int, amplitude: float, hertz: Tensor) -> Split:
    assert split.sounds is not None
    times = torch.arange(length)
    edge = torch.minimum(times, length - 1 - times).clamp(max=_RISE) / _RISE
    waves = amplitude * edge * torch.sin(2 * torch.pi * hertz[:, None] * times / SAMPLE_RATE)
    places = starts[:, None] + times
    louder = as_waves(split.sounds).scatter_add_(1, places, waves.float())
    sounds = (louder.clamp(-1, 1) * 32_767).round().to(torch.int16)
    masks = _tone_masks(starts, length, hertz, _samples(split))
    objects = None if split.object_masks is None else split.object_masks & ~masks
    return sound_split(
        sounds, split.labels, object_masks=objects, cue_masks=masks, channels=split.images.shape[1]
    )


def _tone_masks(starts: Tensor, length: int, hertz: Tensor, samples: int) -> Tensor:
    """Bool (N, BANDS, frames): the frames in which a tone is heard, in the bands next to its frequency."""
    when = torch.arange(frames(samples)) * HOP
    heard = (when >= starts[:, None]) & (when < starts[:, None] + length)
    centres = torch.tensor(band_centres(), dtype=torch.float64)
    nearest = (centres - hertz[:, None]).abs().topk(2, dim=1, largest=False).indices
    bands = torch.zeros(len(hertz), len(centres), dtype=torch.bool).scatter_(1, nearest, True)
    return bands[:, :, None] & heard[:, None]


def _sampled(split: Split) -> Split:
    assert split.sounds is not None
    return replace(split, images=spectrograms(split.sounds, WITH_SAMPLES))


def _samples(split: Split) -> int:
    assert split.sounds is not None
    return split.sounds.shape[1]
