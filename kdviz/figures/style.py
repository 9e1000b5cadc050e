"""The appearance of arms and runs in all figures: colours, markers and names.

Okabe and Ito's colours, which are distinguishable for every kind of colour vision. Each has a contrast of at
least 3:1 on white and on black. Every arm also has a marker, so that colour is never the only difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kdviz import language
from kdviz.language import _, decimal, listed
from kdviz.types import Agreement, Arm


@dataclass(frozen=True)
class ArmStyle:
    """name: in English. color: #rrggbb. symbol: a Plotly marker name.

    glyph: the marker as a character. dash: a Plotly line style, for charts where colour means something else.
    """

    name: str
    color: str
    symbol: str
    glyph: str
    dash: str

    @property
    def label(self) -> str:
        """The arm's name in the language of the page."""
        return _(self.name)

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour as three bytes."""
        red, green, blue = bytes.fromhex(self.color[1:])
        return red, green, blue

    def faded(self, opacity: float) -> str:
        """The colour as CSS, semi-transparent."""
        return f"rgba{(*self.rgb, opacity)}"


ARM_STYLES: dict[Arm, ArmStyle] = {
    "teacher": ArmStyle("teacher", "#0072B2", "square", "■", "solid"),
    "student": ArmStyle("student", "#D55E00", "circle", "●", "dash"),
    "twin": ArmStyle("twin (λ = 0)", "#009E73", "diamond", "◆", "dot"),
    "placebo": ArmStyle("placebo", "#CC79A7", "triangle-up", "▲", "dashdot"),
    "same-answer": ArmStyle("same-answer placebo", "#A6761D", "triangle-down", "▼", "longdashdot"),
    "teacher-maps": ArmStyle("control without marks", "#8A63D2", "star", "★", "2px,8px"),
    "scratch": ArmStyle("scratch", "#808080", "x", "✖", "longdash"),
}

LEGEND_ABOVE = {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0}
"""Plotly settings of a legend above the chart."""

LEGEND_BELOW = {"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0, "x": 0}
"""Those of one below it, which has room for every arm on a narrow screen."""

NEUTRAL = "#808080"
"""For chance levels and zero lines."""

LABEL_ROOM = 1.15
"""Height of an axis, as a multiple of the data's, that leaves room for the name of a vertical line."""


@dataclass(frozen=True)
class RunStyle:
    """letter: short name of a run. The rest is as in `ArmStyle`."""

    letter: str
    color: str
    symbol: str
    glyph: str


RUN_STYLES: tuple[RunStyle, ...] = (
    RunStyle("A", "#8700FF", "circle", "●"),
    RunStyle("B", "#E1004B", "square", "■"),
    RunStyle("C", "#C369FF", "triangle-up", "▲"),
    RunStyle("D", "#6996C3", "diamond", "◆"),
    RunStyle("E", "#B42D78", "x", "✖"),
    RunStyle("F", "#C3871E", "star", "★"),
)
"""One for each run of a comparison.

Each colour has a contrast of 3:1 on a light and a dark page, and any two differ by at least 26 in CIELAB,
also with simulated colour blindness. So do the first two and the teacher, student, twin and placebo, by 22:
most comparisons are of two runs, and their colours must not be read as those of arms.
"""


def arm_legend(arms: Iterable[Arm], *, before: str = "") -> str:
    """A line of HTML with the arms' markers and names in their colours. Contains no user's text."""
    marks = [
        f'<span style="color:{ARM_STYLES[arm].color}">{ARM_STYLES[arm].glyph}</span> {ARM_STYLES[arm].label}'
        for arm in arms
    ]
    words = [before, *marks] if before else marks
    return '<span style="font-size:.875rem">' + " &nbsp;·&nbsp; ".join(words) + "</span>"


def run_marker(place: int) -> str:
    """A line of HTML: a run's marker in its colour, and its letter. Contains no user's text."""
    style = RUN_STYLES[place]
    return f'<span style="color:{style.color}">{style.glyph}</span> <b>{style.letter}</b>'


RUN_DASHES: dict[Arm, str] = {
    **{arm: style.dash for arm, style in ARM_STYLES.items()},
    "student": "solid",
    "teacher": "dash",
}
"""Plotly line styles of the arms where colour means the run: there the student is what is compared."""


def dash_legend(arms: Sequence[Arm]) -> str:
    """The line styles of the arms, in words, e.g. "student solid, twin (λ = 0) dotted"."""
    words = {
        "solid": _("solid"),
        "dash": _("dashed"),
        "dot": _("dotted"),
        "dashdot": _("dash-dotted"),
        "longdash": _("in long dashes"),
        "longdashdot": _("in long dashes and dots"),
        "2px,8px": _("sparsely dotted"),
    }
    return listed(f"{ARM_STYLES[arm].label} {words[RUN_DASHES[arm]]}" for arm in arms)


def percent(share: float, digits: int = 1) -> str:
    """A share as a percentage, "undefined" for NaN."""
    return language.percentage(share, digits) if math.isfinite(share) else _("undefined")


def score(value: float) -> str:
    """An agreement with two decimals; "undefined" for NaN."""
    return decimal(value) if math.isfinite(value) else _("undefined")


def too_few_maps(found: Agreement) -> str:
    """In place of an agreement that is of too few images: "too few maps (8 of 600)"; "" of others."""
    if not found.is_too_little:
        return ""
    return _("too few maps ({n} of {total})").format(n=found.n, total=f"{found.total:,}")


def interval_text(low: float, high: float) -> str:
    """The ends of an agreement's interval, as `interval_ends` rounds them; "" if undefined."""
    if not math.isfinite(low):
        return ""
    ends = language.interval_ends(low, high)
    return _("{low} to {high}").format(low=ends[0], high=ends[1])


def three_digits(value: float) -> str:
    """A number with three significant digits; "undefined" for NaN."""
    return f"{value + 0.0:.3g}".replace("-", "\N{MINUS SIGN}") if not math.isnan(value) else _("undefined")


def lambda_text(weight: float, share: float | None) -> str:
    """The λ of a run: "30", or "for 50 %" if it is adapted to a gradient share."""
    if share is None:
        return f"{weight:g}"
    return _("for {share}").format(share=language.percentage(share, 0))


def duration(seconds: float) -> str:
    """A time span with at most two units: "22 s", "3 min", "1 min 20 s", "2 h 5 min"; "" for NaN."""
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
