"""How each arm looks wherever it is drawn: its colour, its marker, its name.

Okabe and Ito's colours, which hold apart for every kind of colour vision. Each stands out by at least
3:1 from a white and from a black page. An arm has its own marker as well, so that nothing is said by
colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kdviz.language import _
from kdviz.types import Arm


@dataclass(frozen=True)
class ArmStyle:
    """name: in English. color: #rrggbb. symbol: a Plotly marker name. glyph: the marker as a character.

    dash: a Plotly name of a line's style, for where the colour says something else.
    """

    name: str
    color: str
    symbol: str
    glyph: str
    dash: str

    @property
    def label(self) -> str:
        """The arm's name in the language being spoken."""
        return _(self.name)

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour as three bytes."""
        red, green, blue = bytes.fromhex(self.color[1:])
        return red, green, blue

    def faded(self, opacity: float) -> str:
        """The colour as CSS, see-through."""
        return f"rgba{(*self.rgb, opacity)}"


ARM_STYLES: dict[Arm, ArmStyle] = {
    "teacher": ArmStyle("teacher", "#0072B2", "square", "■", "solid"),
    "student": ArmStyle("student", "#D55E00", "circle", "●", "dash"),
    "twin": ArmStyle("twin (λ = 0)", "#009E73", "diamond", "◆", "dot"),
    "placebo": ArmStyle("placebo", "#CC79A7", "triangle-up", "▲", "dashdot"),
    "same-answer": ArmStyle("same-answer placebo", "#A6761D", "triangle-down", "▼", "longdashdot"),
    "scratch": ArmStyle("scratch", "#808080", "x", "✖", "longdash"),
}

NEUTRAL = "#808080"
"""For what belongs to no arm: chance levels, zero lines."""


def arm_key(arms: Iterable[Arm], *, before: str = "") -> str:
    """A line of HTML that names the arms, each behind its marker in its colour. Holds no user's text."""
    marks = [
        f'<span style="color:{ARM_STYLES[arm].color}">{ARM_STYLES[arm].glyph}</span> {ARM_STYLES[arm].label}'
        for arm in arms
    ]
    words = [before, *marks] if before else marks
    return '<span style="font-size:.875rem">' + " &nbsp;·&nbsp; ".join(words) + "</span>"
