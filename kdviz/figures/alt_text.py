"""What a picture or a chart says, in one line of text, made from the same data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kdviz.figures.maps.heatmap import place
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed, sentences
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.figures.charts.curves import CurveInfo, Line
    from kdviz.types import FloatArray


def percent(share: float) -> str:
    """A share as a percentage with the digits that mean something; "undefined" for NaN."""
    return f"{share:.1%}".replace("%", "\N{NO-BREAK SPACE}%") if math.isfinite(share) else _("undefined")


def lambda_words(weight: float, share: float | None) -> str:
    """λ as a run has it: "30", or, where it is adapted to a share of the gradient, "for 50 %"."""
    if share is None:
        return f"{weight:g}"
    return _("for {share}").format(share=f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%"))


def score(value: float) -> str:
    """An agreement with two decimals; "undefined" for NaN."""
    return f"{value:z.2f}" if math.isfinite(value) else _("undefined")


def ends(low: float, high: float) -> str:
    """The ends of an agreement's interval with two decimals; "" where there is none (NaN)."""
    if not math.isfinite(low):
        return ""
    return _("{low} to {high}").format(low=f"{low:z.2f}", high=f"{high:z.2f}")


def duration(seconds: float) -> str:
    """A span of time with at most two units: "22 s", "3 min", "1 min 20 s", "2 h 5 min"; "" for NaN."""
    if not math.isfinite(seconds):
        return ""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours and not minutes:
        return _("{hours} h").format(hours=hours)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes and not rest:
        return _("{minutes} min").format(minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return _("{seconds} s").format(seconds=rest)


def heat_alt(arm: Arm, heatmap: FloatArray, *, agreement: float = math.nan) -> str:
    """Where an arm looks, e.g. "student looks mostly at the upper left (61.0 % of its evidence)"."""
    where = place(heatmap)
    if not math.isfinite(where.share):
        return _("{arm}: the map is undefined.").format(arm=ARM_STYLES[arm].label)
    sentence = (
        _("{arm} looks mostly at the {place} ({share} of its evidence); agreement with the teacher {score}.")
        if math.isfinite(agreement)
        else _("{arm} looks mostly at the {place} ({share} of its evidence).")
    )
    return sentence.format(
        arm=ARM_STYLES[arm].label, place=where.name, share=percent(where.share), score=score(agreement)
    )


def strip_alt(subject: str, heatmaps: Mapping[Arm, FloatArray]) -> str:
    """A strip of one image and its overlays, arm by arm."""
    maps = (heat_alt(arm, heatmap) for arm, heatmap in heatmaps.items())
    return sentences(_("{sentence}.").format(sentence=subject), *maps)


def difference_alt(arm: Arm, signed: FloatArray, *, other: Arm = "teacher") -> str:
    """Where an arm looks more, and where less, than the other."""
    names = {"arm": ARM_STYLES[arm].label, "other": ARM_STYLES[other].label}
    more, less = (place(part) for part in (signed.clip(min=0), (-signed).clip(min=0)))
    if not math.isfinite(more.share) or not math.isfinite(less.share):
        return _("{arm} against {other}: no difference to show, or a map is undefined.").format(**names)
    return _("{arm} looks more than the {other} at the {more}, less at the {less}.").format(
        **names, more=more.name, less=less.name
    )


def curve_alt(info: CurveInfo) -> str:
    """A chart's newest values, line by line."""
    if not info.lines:
        return _("{title}: no values yet.").format(title=info.title)
    words = percent if info.percent else score
    parts = [f"{_line(line)} {words(line.last)}" for line in info.lines]
    end = max(line.epochs[-1] for line in info.lines)
    return _("{title} after {epochs} epochs: {values}.").format(
        title=info.title, epochs=f"{end:.3g}", values=listed(parts)
    )


def _line(line: Line) -> str:
    name = ARM_STYLES[line.arm].label
    return _("{arm} with the cue intact").format(arm=name) if line.intact else name
