"""A study in one figure: accuracy and agreement over λ, a panel for each combination of other settings.

Drawn by matplotlib, for documents: 900 pixels wide, twice that on sharp screens; on white, also for dark
pages; in English, like the tables beside it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from textwrap import fill
from typing import Any

from PIL import Image

from kdviz.figures.charts.lambda_curve import position
from kdviz.figures.style import ARM_STYLES, NEUTRAL, ArmStyle
from kdviz.types import Arm

_WIDTH, _ROW = 9.0, 2.3
"""Inches: width of the figure, and height of one row of charts."""

_SHOWN_DPI, _SHARP = 100, 2
"""Pixels per inch of the displayed figure, and the factor for sharp screens."""

_COLOURS = 64
"""Palette size, which makes the file a quarter as large as in true colour."""

_ABREAST = 3
_TITLE_LETTERS = 34
"""Characters per line of a panel's title, beside two others."""

_DODGE, _BESIDE = 10, 5
"""Points: horizontal distance between arms, and between an arm's dots and its interval."""

_MARKERS = {
    "square": "s",
    "circle": "o",
    "diamond": "D",
    "triangle-up": "^",
    "triangle-down": "v",
    "star": "*",
    "x": "X",
}
"""matplotlib's names of the markers of `ARM_STYLES`."""

_TEACHER: dict[str, Any] = {"color": ARM_STYLES["teacher"].color, "linestyle": "--", "linewidth": 1.2}


@dataclass(frozen=True)
class StudyLine:
    """One arm's figure over λ, ascending.

    low, high: 95 % interval of the mean, NaN for one seed. dots: λ and value of every run.
    """

    arm: Arm
    weights: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class StudyPanel:
    """One combination of the settings that vary besides λ.

    accuracy: in [0, 1]. agreement: corrected for chance. title: "" if nothing else varies. teacher: its
    accuracy, NaN if unknown.
    """

    title: str
    accuracy: tuple[StudyLine, ...]
    agreement: tuple[StudyLine, ...]
    teacher: float


@dataclass(frozen=True)
class StudyInfo:
    """cue: whether accuracy is with a random cue. images: whether intervals include images."""

    name: str
    panels: tuple[StudyPanel, ...]
    cue: bool = False
    images: bool = False


def study_png(info: StudyInfo) -> bytes:
    """The figure of a study with at least one panel, as PNG."""
    drawn, data = io.BytesIO(), io.BytesIO()
    study_figure(info).savefig(drawn, format="png", dpi=_SHOWN_DPI * _SHARP)
    with Image.open(drawn) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(data, "PNG", optimize=True)
    return data.getvalue()


def study_figure(info: StudyInfo) -> Any:
    """Panels side by side, at most three, each with accuracy above agreement; axes are shared.

    Returns a matplotlib figure without a window.
    """
    from matplotlib.figure import Figure  # takes half a second to import

    abreast = _abreast(len(info.panels))
    rows = 2 * -(-len(info.panels) // abreast)
    figure = Figure(figsize=(_WIDTH, 1.1 + _ROW * rows), layout="constrained", facecolor="white")
    weights = sorted({weight for panel in info.panels for line in panel.accuracy for weight in line.weights})
    place = {weight: position(weight, weights) for weight in weights}
    grid = figure.add_gridspec(rows, abreast)
    first: dict[str, Any] = {}
    for number, panel in enumerate(info.panels):
        down, right = divmod(number, abreast)
        for row, name in enumerate(("accuracy", "agreement")):
            axes = figure.add_subplot(grid[2 * down + row, right], sharey=first.get(name))
            first.setdefault(name, axes)
            _draw(axes, getattr(panel, name), place, factor=100 if name == "accuracy" else 1)
            axes.tick_params(labelleft=right == 0, labelbottom=name == "agreement")
        _label_panel(figure.axes[-2], figure.axes[-1], info, panel, outer=right == 0)
    figure.suptitle(info.name, fontsize=13, fontweight="bold")
    _legend(figure, info)
    return figure


def _abreast(panels: int) -> int:
    """Number of columns; four panels make a square."""
    return 2 if panels == 4 else min(panels, _ABREAST)


def _draw(axes: Any, lines: Sequence[StudyLine], place: dict[float, float], *, factor: float) -> None:
    middle = (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        style, aside = ARM_STYLES[line.arm], (number - middle) * _DODGE
        looks = {"color": style.color, "label": line.arm}
        at = [place[weight] for weight in line.weights]
        mean, low, high = ([value * factor for value in part] for part in (line.mean, line.low, line.high))
        bars = axes.vlines(at, low, high, linewidth=2, **looks)
        (means,) = axes.plot(at, mean, **looks, **_mark(style))
        at, values = [place[weight] for weight, _ in line.dots], [value * factor for _, value in line.dots]
        (dots,) = axes.plot(at, values, "o", markersize=3.2, markeredgewidth=0, alpha=0.5, **looks)
        # Shifted after plotting: autoscaling ignores the shift.
        for artist, points in ((bars, aside), (means, aside), (dots, aside + _BESIDE)):
            artist.set_transform(_moved(axes, points))
    axes.margins(x=0.06 * max(len(lines), 1))
    axes.set_xticks(list(place.values()), [f"{weight:g}" for weight in place])
    axes.grid(axis="y", color=NEUTRAL, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)


def _moved(axes: Any, points: float) -> Any:
    """A transform that shifts data to the right."""
    from matplotlib.transforms import offset_copy

    return offset_copy(axes.transData, axes.figure, x=points, units="points")


def _label_panel(accuracy: Any, agreement: Any, info: StudyInfo, panel: StudyPanel, *, outer: bool) -> None:
    accuracy.axhline(panel.teacher * 100, label="teacher", zorder=1, **_TEACHER)
    agreement.axhline(0, color=NEUTRAL, linewidth=0.9, zorder=1)
    accuracy.set_title(fill(panel.title, _TITLE_LETTERS), fontsize=10)
    agreement.set_xlabel("λ", fontsize=10)
    if outer:
        accuracy.set_ylabel("accuracy, random cue (%)" if info.cue else "accuracy (%)", fontsize=9)
        agreement.set_ylabel("agreement with teacher\n(0 chance, 1 the same map)", fontsize=9)


def _legend(figure: Any, info: StudyInfo) -> None:
    from matplotlib.lines import Line2D

    arms = [
        arm for arm in ARM_STYLES if any(line.arm == arm for each in info.panels for line in each.accuracy)
    ]
    styles = [ARM_STYLES[arm] for arm in arms]
    keys = [Line2D([], [], color=style.color, label=style.name, **_mark(style)) for style in styles]
    keys.append(Line2D([], [], label="teacher", **_TEACHER))
    figure.legend(
        handles=keys,
        loc="outside lower center",
        ncols=len(keys),
        frameon=False,
        fontsize=10,
        title=_key(info),
        title_fontsize=9,
    )


def _mark(style: ArmStyle) -> dict[str, Any]:
    return {"marker": _MARKERS[style.symbol], "markersize": 5.5, "linewidth": 1.5}


def _key(info: StudyInfo) -> str:
    """The legend. With one seed there may be no interval."""
    lines = [line for panel in info.panels for line in (*panel.accuracy, *panel.agreement)]
    over = "seeds and test images" if info.images else "seeds"
    bar = (
        f" Bar: its 95 % interval over {over}."
        if any(isfinite(low) for line in lines for low in line.low)
        else ""
    )
    return f"Line: mean.{bar} Dot: one run."
