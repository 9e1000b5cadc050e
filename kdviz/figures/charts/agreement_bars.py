"""Each arm's agreement with its teacher, as a bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.charts.arm_bars import arm_bars_alt, arm_bars_figure
from kdviz.figures.style import ARM_STYLES, score, too_few_maps
from kdviz.language import _
from kdviz.types import Agreement, Arm, Interval


@dataclass(frozen=True)
class AgreementBarsInfo:
    """Corrected agreements with 95 % intervals, by arm; NaN where no map is defined, or too few are.

    notes: by arm, on how many images the agreement is, if most have no map; else "".
    """

    title: str
    about: str
    arms: tuple[Arm, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    notes: tuple[str, ...]


def agreement_bars_info(
    scores: Mapping[Arm, Agreement], *, explainer: str, measure: str
) -> AgreementBarsInfo:
    """scores: by arm, in the order of drawing. explainer, measure: their labels."""
    about = _(
        "How much each student's {explainer} maps have in common with its teacher's: {measure}, corrected "
        "for chance, with a 95 % bootstrap interval over test images."
    ).format(explainer=explainer, measure=measure)
    found = [each.interval for each in scores.values()]
    return AgreementBarsInfo(
        _("Agreement with the teacher"),
        about,
        tuple(scores),
        tuple(each.value for each in found),
        tuple(each.low for each in found),
        tuple(each.high for each in found),
        tuple(map(_note, scores.values())),
    )


def _note(found: Agreement) -> str:
    if not found.is_partial:
        return ""
    few = _("on {n} of {total}").format(n=f"{found.n:,}", total=f"{found.total:,}")
    return too_few_maps(found) or few


def agreement_bars_figure(info: AgreementBarsInfo) -> go.Figure:
    """A bar per arm from 0, which is chance, to 1, the same map."""
    intervals = map(Interval, info.values, info.lows, info.highs)
    figure = arm_bars_figure(
        list(zip(info.arms, intervals, strict=True)), 0.0, named=_("chance"), words=score, notes=info.notes
    )
    lowest = min((low for low in info.lows if math.isfinite(low)), default=0.0)
    figure.update_xaxes(
        title=_("agreement (0 = chance, 1 = the same map)"),
        range=[min(lowest - 0.05, 0), 1.02],
        tickvals=[-1, -0.5, 0, 0.25, 0.5, 0.75, 1],
    )
    return figure


def agreement_bars_alt(info: AgreementBarsInfo) -> str:
    """Each arm's corrected agreement."""
    notes = (
        _("{name}: {value}").format(name=ARM_STYLES[arm].label, value=note)
        for arm, note in zip(info.arms, info.notes, strict=True)
        if note
    )
    values = dict(zip(info.arms, info.values, strict=True))
    return arm_bars_alt(info.title, values, words=score, last=_("; ").join(notes))
