"""The rows of heat maps of a report: one test image through all arms, on one scale."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kdviz.comparison import ArmView, LensRow, chance_levels, lens
from kdviz.figures import (
    ARM_STYLES,
    Picture,
    blown_up,
    colour_bar,
    density,
    difference,
    difference_alt,
    full_colour_at,
    heat_alt,
    highest,
    marked,
    overlay,
    percent,
    png,
    score,
    shared_reach,
    undefined_because,
)
from kdviz.resolution import at_larger_size
from kdviz.store import Store
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray

SHOWN = 6
"""Images, where nobody chose any."""


@dataclass(frozen=True)
class Panel:
    """One picture, as a data URL, with its name and the lines under it."""

    picture: str
    alt: str
    name: str
    lines: tuple[str, ...] = ()
    color: str = ""
    glyph: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One image.

    top: where the scale of its heat maps has its full colour; reach: where that of the difference has it,
    "" without one; highest: who goes beyond, in words. cells: the maps' own grids.
    """

    title: str
    sentence: str
    panels: tuple[Panel, ...]
    top: str
    reach: str
    highest: str
    cells: str


def shown_by_default(store: Store, run_id: str) -> list[int]:
    """The first images of the run's probe set, which was fixed before anything was trained."""
    epochs = store.probe_epochs(run_id)
    return store.probe(run_id, epochs[-1]).indices[:SHOWN].tolist() if epochs else list(range(SHOWN))


def heat_rows(store: Store, run_id: str, indices: Sequence[int]) -> list[HeatRow]:
    """Images of the test set by their places in it. Raises KdvizError where they cannot be shown."""
    chance = chance_levels(store, run_id)
    return [_row(lens(store, run_id, index), chance) for index in indices]


def bar_picture(*, signed: bool = False) -> str:
    """The colours of the heat maps' scale, or of the difference's, as a data URL."""
    return _url(colour_bar(signed=signed))


def _row(row: LensRow, chance: Mapping[Arm, Mapping[str, float]]) -> HeatRow:
    heat = {arm: density(of.attribution) for arm, of in row.arms.items()}
    top, (arm, most) = full_colour_at(heat), highest(heat)
    signed = _difference(heat)
    reach = shared_reach([signed])
    image = f"Test image {row.index}: {row.classes[row.label]}"
    panels = (
        Panel(_url(blown_up(row.image)), image, "image"),
        *(_arm(row, each, heat[each], top, chance.get(each, {})) for each in row.arms),
        Panel(
            _url(difference(row.image, signed, reach=reach)),
            difference_alt("student", signed),
            "student − teacher",
            () if np.isfinite(signed).all() else ("undefined: one of the maps is",),
        ),
    )
    sizes = sorted({of.attribution.shape for of in row.arms.values()})
    return HeatRow(
        image,
        _sentence(row),
        panels,
        f"{top:.1f}",
        f"{reach:.1f}" if np.isfinite(signed).all() else "",
        f"Highest: {ARM_STYLES[arm].label}, {most:.1f}×." if most > top else "",
        " and ".join(f"{height} × {width}" for height, width in sizes),
    )


def _arm(row: LensRow, arm: Arm, heat: FloatArray, top: float, chance: Mapping[str, float]) -> Panel:
    of, style = row.arms[arm], ARM_STYLES[arm]
    right = "✓" if of.predicted == row.label else "✗"
    said = f"{row.classes[of.predicted]} {percent(float(of.probabilities.max()))}\N{NO-BREAK SPACE}{right}"
    return Panel(
        _url(marked(overlay(row.image, heat, top=top), arm)),
        heat_alt(arm, heat, agreement=of.scores.get("cosine", math.nan)),
        style.label,
        (said, *_compared(of, chance)),
        style.color,
        style.glyph,
    )


def _compared(of: ArmView, chance: Mapping[str, float]) -> tuple[str, ...]:
    """An arm's score on this image; the teacher has none."""
    if reason := undefined_because(of.attribution):
        return (f"undefined: {reason}",)
    if not of.scores:
        return ()
    return (f"cosine {score(of.scores['cosine'])}, chance {score(chance.get('cosine', math.nan))}",)


def _difference(heat: Mapping[Arm, FloatArray]) -> FloatArray:
    """Student less teacher, in the unit of the maps."""
    teacher, student = at_larger_size(*(torch.from_numpy(heat[arm])[None] for arm in ("teacher", "student")))
    signed: FloatArray = (student - teacher)[0].numpy()
    return signed


def _sentence(row: LensRow) -> str:
    label, target = row.classes[row.label], row.classes[row.target]
    wrong = [
        f"{ARM_STYLES[arm].label} says {row.classes[of.predicted]}"
        for arm, of in row.arms.items()
        if of.predicted != row.label
    ]
    said = f"It is {label}; {', '.join(wrong)}." if wrong else f"All say {label}."
    return said if target == label else f"{said} Shown is the evidence for {target}, the teacher's answer."


def _url(picture: Picture) -> str:
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"
