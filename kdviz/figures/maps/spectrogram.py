"""The axes of a spectrogram, and sounds as files, for the browser."""

from __future__ import annotations

import base64
import io
import wave
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from kdviz.language import _, decimal
from kdviz.sound import SAMPLE_RATE, band_centres, seconds
from kdviz.types import FloatArray

_PITCHES = (200, 500, 1_000, 2_000, 5_000)
"""Frequencies that are marked, in Hz."""

_TIMES = 4
"""Parts of the time axis."""


class Tick(TypedDict):
    """A mark on an axis. at: its place as a share, from the left or from the top."""

    at: float
    text: str


class SpectrogramAxes(TypedDict):
    """The axes of a spectrogram.

    seconds: its duration. rows: the frequency of each row of cells, as text. times, pitches: marks.
    """

    seconds: float
    rows: list[str]
    times: list[Tick]
    pitches: list[Tick]


def spectrogram_axes(frames: int) -> SpectrogramAxes:
    """The axes of a spectrogram with this many frames."""
    duration = seconds(frames)
    parts = [part / _TIMES for part in range(1, _TIMES)]
    return {
        "seconds": duration,
        "rows": [frequency_text(hertz) for hertz in band_centres()],
        "times": [{"at": part, "text": time_text(part * duration)} for part in parts],
        "pitches": [{"at": row_share(hertz), "text": frequency_text(hertz)} for hertz in _PITCHES],
    }


def row_share(hertz: float) -> float:
    """Where a frequency is on the vertical axis, as a share from the top."""
    centres = np.array(band_centres())
    row = np.interp(hertz, centres[::-1], np.arange(len(centres))[::-1])
    return float((row + 0.5) / len(centres))


def frequency_text(hertz: float) -> str:
    """A frequency with its unit, with two digits: "1.2 kHz"."""
    rounded = float(f"{hertz:.2g}")
    if rounded < 1_000:
        return _("{value} Hz").format(value=decimal(rounded, 0))
    return _("{value} kHz").format(value=decimal(rounded / 1_000, 1).removesuffix(".0"))


def time_text(duration: float) -> str:
    """A time in seconds with its unit: "0.25 s"."""
    return _("{value} s").format(value=decimal(duration, 2))


def wav_file(samples: FloatArray | NDArray[np.int16]) -> bytes:
    """A sound as a WAV file, 16 bits, mono. samples: int16, or float32 in [-1, 1]."""
    whole = samples if samples.dtype == np.int16 else (samples * 32_767).round().astype(np.int16)
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(whole.astype("<i2").tobytes())
    return content.getvalue()


def wav_url(samples: FloatArray | NDArray[np.int16]) -> str:
    """The same as a data URL."""
    return f"data:audio/wav;base64,{base64.b64encode(wav_file(samples)).decode()}"
