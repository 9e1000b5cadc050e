"""Estimates with intervals as text: "0.23 (0.20 to 0.26)"."""

from __future__ import annotations

import math

from kdviz.language import _, decimal, plural, with_interval
from kdviz.types import Gain, Interval


def score_text(over: Interval, *, signed: bool = False) -> str:
    """An agreement or a difference of two: "0.23 (0.20 to 0.26)". signed: with a plus sign above 0."""
    return _text(over, signed=signed)


def gain_text(gain: Gain) -> str:
    """A gain with its interval and number of images: "+0.23 (0.20 to 0.26) on 2,000 images"."""
    if math.isnan(gain.value):
        return _("undefined")
    images = plural("{count} image", "{count} images", gain.n)
    return _("{value} on {images}").format(value=score_text(gain, signed=True), images=images)


def accuracy_gain_text(gain: Gain) -> str:
    """A gain in accuracy with its interval: "+26.2 points (18.0 to 34.1) on 300 images"."""
    text = _("{points} points").format(points=decimal(100 * gain.value, 1, sign=True))
    low, high = (decimal(100 * end, 1) for end in (gain.low, gain.high))
    text = with_interval(text, low, high) if math.isfinite(gain.low) else text
    images = plural("{count} image", "{count} images", gain.n)
    return _("{value} on {images}").format(value=text, images=images)


def percent_text(over: Interval) -> str:
    """A share in percent: "84.1 % (82.0 to 86.2)"."""
    return _text(over, scale=100, digits=1, unit="\N{NO-BREAK SPACE}%")


def points_text(over: Interval) -> str:
    """A difference of two shares in percentage points, with its sign: "+58.0 (41.2 to 70.1)"."""
    return _text(over, scale=100, digits=1, signed=True)


def _text(over: Interval, *, scale: int = 1, digits: int = 2, unit: str = "", signed: bool = False) -> str:
    """The word "undefined" for NaN; without an interval if its ends are NaN."""
    if not math.isfinite(over.value):
        return _("undefined")
    value = decimal(scale * over.value, digits, sign=signed) + unit
    low, high = (decimal(scale * end, digits) for end in (over.low, over.high))
    return with_interval(value, low, high) if math.isfinite(over.low) else value
