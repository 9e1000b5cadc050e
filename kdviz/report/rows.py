"""The rows of heat maps of a report: one test image through all arms, on one scale."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kdviz.comparison import (
    ArmExplanation,
    ImageExplanation,
    chance_levels,
    difference_map,
    explain_test_image,
)
from kdviz.figures.maps import (
    Picture,
    colour_bar,
    density,
    difference_alt,
    difference_overlay,
    enlarged,
    heatmap_alt,
    highest_arm,
    overlay,
    png,
    scale_limit,
    symmetric_limit,
    undefined_reason,
    with_arm_bar,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, listed, sentences
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
    return [_row(explain_test_image(store, run_id, index), chance) for index in indices]


def bar_picture(*, signed: bool = False) -> str:
    """The colours of the heat maps' scale, or of the difference's, as a data URL."""
    return _url(colour_bar(signed=signed))


def _row(row: ImageExplanation, chance: Mapping[Arm, Mapping[str, float]]) -> HeatRow:
    heat = {arm: density(of.attribution) for arm, of in row.arms.items()}
    top, (arm, most) = scale_limit(heat), highest_arm(heat)
    signed = difference_map(heat["teacher"], heat["student"])
    reach = symmetric_limit([signed])
    image = _("Test image {index}: {label}").format(index=row.index, label=row.label_name)
    panels = (
        Panel(_url(enlarged(row.image)), image, _("image")),
        *(_arm(row, each, heat[each], top, chance.get(each, {})) for each in row.arms),
        Panel(
            _url(difference_overlay(row.image, signed, reach=reach)),
            difference_alt("student", signed),
            _("student − teacher"),
            () if np.isfinite(signed).all() else (_("undefined: one of the maps is"),),
        ),
    )
    sizes = sorted({of.attribution.shape for of in row.arms.values()})
    return HeatRow(
        image,
        _sentence(row),
        panels,
        f"{top:.1f}",
        f"{reach:.1f}" if np.isfinite(signed).all() else "",
        _("Highest: {arm}, {value}×.").format(arm=ARM_STYLES[arm].label, value=f"{most:.1f}")
        if most > top
        else "",
        _(" and ").join(f"{height} × {width}" for height, width in sizes),
    )


def _arm(row: ImageExplanation, arm: Arm, heat: FloatArray, top: float, chance: Mapping[str, float]) -> Panel:
    of, style = row.arms[arm], ARM_STYLES[arm]
    right = "✓" if of.predicted == row.label else "✗"
    said = f"{row.classes[of.predicted]} {percent(float(of.probabilities.max()))}\N{NO-BREAK SPACE}{right}"
    return Panel(
        _url(with_arm_bar(overlay(row.image, heat, top=top), arm)),
        heatmap_alt(arm, heat, agreement=of.scores.get("cosine", math.nan)),
        style.label,
        (said, *_compared(of, chance)),
        style.color,
        style.glyph,
    )


def _compared(of: ArmExplanation, chance: Mapping[str, float]) -> tuple[str, ...]:
    """An arm's score on this image; the teacher has none."""
    if reason := undefined_reason(of.attribution):
        return (_("undefined: {reason}").format(reason=reason),)
    if not of.scores:
        return ()
    return (
        _("cosine {score}, chance {chance}").format(
            score=score(of.scores["cosine"]), chance=score(chance.get("cosine", math.nan))
        ),
    )


def _sentence(row: ImageExplanation) -> str:
    label, target = row.label_name, row.classes[row.target]
    wrong = [
        _("{arm} says {label}").format(arm=ARM_STYLES[arm].label, label=row.classes[of.predicted])
        for arm, of in row.arms.items()
        if of.predicted != row.label
    ]
    said = (
        _("It is {label}; {others}.").format(label=label, others=listed(wrong))
        if wrong
        else _("All say {label}.").format(label=label)
    )
    if target == label:
        return said
    shown = _("Shown is the evidence for {target}, the teacher's answer.").format(target=target)
    return sentences(said, shown)


def _url(picture: Picture) -> str:
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode()}"
