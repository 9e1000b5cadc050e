"""How long a user's own sounds are heard, in seconds: one length for all clips of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

OWN_SOUNDS = "audio-folder"
"""The data set whose length of clips is the user's choice."""

SHORTEST, LONGEST = 0.5, 4.0
"""Bounds of the length."""

USUAL = 1.0
"""The length of the sounds that come with kdviz."""

FRAMES_A_SECOND = 100
"""Columns of a spectrogram."""

_STEP = 0.5


def frames_in(seconds: float) -> int:
    """Frames of clips of this length."""
    return round(seconds * FRAMES_A_SECOND)


def fitting_seconds(lengths: Sequence[float]) -> float:
    """The length that suits sounds of these lengths: their median, rounded up to half a second.

    A frame more does not count: encoders append a few milliseconds.
    """
    steps = math.ceil(round((median(lengths) - 1 / FRAMES_A_SECOND) / _STEP, 6))
    return min(max(steps * _STEP, SHORTEST), LONGEST)
