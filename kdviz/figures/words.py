"""What a picture or a chart says, in one line of text, made from the same data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kdviz.figures.curves import CurveInfo
from kdviz.figures.heat import place
from kdviz.figures.palette import ARM_STYLES
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray


def percent(share: float) -> str:
    """A share as a percentage with the digits that mean something; "undefined" for NaN."""
    return f"{share:.1%}".replace("%", "\N{NO-BREAK SPACE}%") if math.isfinite(share) else "undefined"


def score(value: float) -> str:
    """An agreement with two decimals; "undefined" for NaN."""
    return f"{value:z.2f}" if math.isfinite(value) else "undefined"


def duration(seconds: float) -> str:
    """A span of time with at most two units: "22 s", "1 min 20 s", "2 h 5 min"; "" for NaN."""
    if not math.isfinite(seconds):
        return ""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def heat_alt(arm: Arm, heatmap: FloatArray, *, agreement: float = math.nan) -> str:
    """Where an arm looks, e.g. "student looks mostly at the upper left (61.0 % of its evidence)"."""
    name = ARM_STYLES[arm].label
    where = place(heatmap)
    if not math.isfinite(where.share):
        return f"{name}: the map is undefined."
    agrees = f"; agreement with the teacher {score(agreement)}" if math.isfinite(agreement) else ""
    return f"{name} looks mostly at the {where.name} ({percent(where.share)} of its evidence){agrees}."


def strip_alt(subject: str, heatmaps: Mapping[Arm, FloatArray]) -> str:
    """A strip of one image and its overlays, arm by arm."""
    return " ".join([f"{subject}.", *(heat_alt(arm, heatmap) for arm, heatmap in heatmaps.items())])


def difference_alt(arm: Arm, signed: FloatArray) -> str:
    """Where an arm looks more, and where less, than the teacher."""
    name = ARM_STYLES[arm].label
    more, less = (place(part) for part in (signed.clip(min=0), (-signed).clip(min=0)))
    if not math.isfinite(more.share) or not math.isfinite(less.share):
        return f"{name} against teacher: no difference to show, or a map is undefined."
    return f"{name} looks more than the teacher at the {more.name}, less at the {less.name}."


def curve_alt(info: CurveInfo) -> str:
    """A chart's newest values, line by line."""
    if not info.lines:
        return f"{info.title}: no values yet."
    words = percent if info.percent else score
    parts = [
        f"{ARM_STYLES[line.arm].label}{' with the cue intact' if line.intact else ''} {words(line.last)}"
        for line in info.lines
    ]
    end = max(line.epochs[-1] for line in info.lines)
    return f"{info.title} after {end:.3g} epochs: {', '.join(parts)}."
