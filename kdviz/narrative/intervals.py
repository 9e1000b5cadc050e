"""Estimates with intervals as text: "0.23 (0.20 to 0.26)"."""

from __future__ import annotations

import math

from kdviz.agreement import share_interval
from kdviz.figures.style import too_few_maps
from kdviz.language import _, decimal, interval_ends, percent_sign, plural, with_interval
from kdviz.types import Agreement, ArmResult, Gain, Interval


def score_text(over: Interval, *, signed: bool = False, digits: int = 2) -> str:
    """An agreement or a difference of two: "0.23 (0.20 to 0.26)". signed: with a plus sign above 0."""
    return _text(over, signed=signed, digits=digits)


def agreement_text(found: Agreement) -> str:
    """An agreement with its interval; a dash, and on how few images it is, where these are too few."""
    few = too_few_maps(found)
    return f"– {few}" if few else score_text(found.interval)


def gain_text(gain: Gain, *, digits: int = 2) -> str:
    """A gain with its interval and number of images: "+0.23 (0.20 to 0.26) on 2,000 images"."""
    if math.isnan(gain.value):
        return _("undefined")
    return _on_images(score_text(gain, signed=True, digits=digits), gain)


def size_text(gain: Gain, *, digits: int = 2) -> str:
    """How large a gain or a loss is, the same without its sign: "0.23 (0.20 to 0.26) on 2,000 images"."""
    return _on_images(score_text(gain.negated if gain.value < 0 else gain, digits=digits), gain)


def digits_of_sign(over: Interval) -> int:
    """Decimals with which the ends of an interval show on which side of 0 they are: 2, or up to 4."""
    ends = [end for end in (over.low, over.high) if end]
    unclear = [digits for digits in (2, 3) if any(not decimal(end, digits).strip("−0.") for end in ends)]
    return 2 + len(unclear)


def digits_that_fit(first: float, second: float) -> int:
    """Decimals with which two scores and their difference fit as they are read: 2, or 3 where 2 do not.

    0.934 − 0.057 = 0.877 would read 0.93 − 0.06 = 0.88.
    """
    high, low, gap = (_hundredths(score) for score in (first, second, first - second))
    return 2 if high - low == gap else 3


def _hundredths(score: float) -> int:
    """As `decimal` rounds it."""
    return int(decimal(score).replace("\N{MINUS SIGN}", "-").replace(".", ""))


def accuracy_gain_text(gain: Gain) -> str:
    """A gain in accuracy with its interval: "+26.2 points (18.0 to 34.1) on 300 images"."""
    return _on_images(spoken_points(gain, signed=True), gain)


def points_range(over: Interval) -> str:
    """The interval of a difference of two shares alone: "41.2 to 70.1"; the difference, if it has none.

    For a sentence with both shares: rounded, a difference need not be that of the rounded ones.
    """
    return _ends(over) if math.isfinite(over.low) else points_text(over)


def _ends(over: Interval) -> str:
    """The interval of shares in percent, without a unit."""
    low, high = interval_ends(100 * over.low, 100 * over.high, 1)
    return _("{low} to {high}").format(low=low, high=high)


def accuracy_range_text(gain: Gain) -> str:
    """The same of a gain in accuracy, with its number of images: "18.0 to 34.1 points on 300 images"."""
    if not math.isfinite(gain.low):
        return accuracy_gain_text(gain)
    return _on_images(_("{points} points").format(points=points_range(gain)), gain)


def _on_images(text: str, gain: Gain) -> str:
    images = plural("{count} image", "{count} images", gain.n)
    return _("{value} on {images}").format(value=text, images=images)


def images_tested(result: ArmResult) -> int:
    """The number of test images that an accuracy is of; 0 if unknown, as of earlier versions."""
    return result.accuracy_gain.n or result.cosine.total


def accuracy_interval(result: ArmResult) -> Interval:
    """An arm's accuracy with its 95 % Wilson interval over the test images; NaN ends if it has none."""
    n = images_tested(result)
    if not n or not math.isfinite(result.accuracy):
        return Interval(result.accuracy, math.nan, math.nan)
    return share_interval(round(result.accuracy * n), n)


def percent_range(over: Interval) -> str:
    """The interval of a share alone, in percent: "90.4 to 100.0 %"; "" without one."""
    return _ends(over) + percent_sign() if math.isfinite(over.low) else ""


def percent_text(over: Interval) -> str:
    """A share in percent: "84.1 % (82.0 to 86.2)"."""
    return _text(over, scale=100, digits=1, form="{points}" + percent_sign())


def points_text(over: Interval) -> str:
    """A difference of two shares in percentage points, with its sign: "+58.0 (41.2 to 70.1)"."""
    return _text(over, scale=100, digits=1, signed=True)


def spoken_points(over: Interval, *, signed: bool = False) -> str:
    """The same with its unit: "43.8 points (18.8 to 68.8)". signed: with a plus sign above 0."""
    return _text(over, scale=100, digits=1, form=_("{points} points"), signed=signed)


def _text(
    over: Interval, *, scale: int = 1, digits: int = 2, form: str = "{points}", signed: bool = False
) -> str:
    """The word "undefined" for NaN; without an interval if its ends are NaN."""
    if not math.isfinite(over.value):
        return _("undefined")
    value = form.format(points=decimal(scale * over.value, digits, sign=signed))
    if not math.isfinite(over.low):
        return value
    return with_interval(value, *interval_ends(scale * over.low, scale * over.high, digits))
