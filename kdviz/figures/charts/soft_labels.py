"""Soft labels of teacher and student, a group of bars per class, with the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.style import ARM_STYLES, LEGEND_ABOVE, NEUTRAL, percent
from kdviz.language import _, listed, percentage
from kdviz.types import FloatArray

_MOST = 12


@dataclass(frozen=True)
class SoftLabelInfo:
    """classes: the drawn ones, in the data's order. teacher, student, label: their probabilities, in [0, 1].

    left_out: number of less likely classes that are not drawn.
    """

    temperature: float
    classes: tuple[str, ...]
    teacher: tuple[float, ...]
    student: tuple[float, ...]
    label: tuple[float, ...]
    left_out: int


def soft_label_info(
    classes: Sequence[str], teacher: FloatArray, student: FloatArray, *, label: int, temperature: float
) -> SoftLabelInfo:
    """teacher, student: (classes,), softened. label: the true class, always drawn."""
    likeliest = sorted(range(len(classes)), key=lambda each: (each != label, -teacher[each]))[:_MOST]
    drawn = sorted(likeliest)
    return SoftLabelInfo(
        temperature,
        tuple(classes[each] for each in drawn),
        tuple(float(teacher[each]) for each in drawn),
        tuple(float(student[each]) for each in drawn),
        tuple(float(each == label) for each in drawn),
        len(classes) - len(drawn),
    )


def soft_label_figure(info: SoftLabelInfo) -> go.Figure:
    """Three bars per class: label, teacher, student."""
    figure = go.Figure(
        [
            _bars(_("hard label"), NEUTRAL, info.label, info, "/"),
            _bars(ARM_STYLES["teacher"].label, ARM_STYLES["teacher"].color, info.teacher, info, ""),
            _bars(ARM_STYLES["student"].label, ARM_STYLES["student"].color, info.student, info, "."),
        ]
    )
    figure.update_layout(
        height=110 + 40 * len(info.classes),
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        barmode="group",
        bargap=0.25,
        uirevision="kept",
        legend={**LEGEND_ABOVE, "traceorder": "normal"},
        xaxis={"title": _("share"), "range": [0, 1.02], "tickformat": ".0%", "fixedrange": True},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "type": "category"},
    )
    return figure


def soft_label_alt(info: SoftLabelInfo) -> str:
    """The three most likely classes of teacher and student, and the label."""
    label = next(name for name, share in zip(info.classes, info.label, strict=True) if share)
    return _("At T = {temperature}: hard label {label}; teacher {teacher}; student {student}.").format(
        temperature=f"{info.temperature:g}",
        label=label,
        teacher=_likeliest(info, info.teacher),
        student=_likeliest(info, info.student),
    )


def _likeliest(info: SoftLabelInfo, shares: Sequence[float]) -> str:
    order = sorted(zip(info.classes, shares, strict=True), key=lambda each: -each[1])[:3]
    return listed(f"{name} {percent(share)}" for name, share in order)


def _bars(name: str, color: str, shares: Sequence[float], info: SoftLabelInfo, pattern: str) -> go.Bar:
    return go.Bar(
        x=shares,
        y=info.classes,
        name=name,
        orientation="h",
        marker={
            "color": color,
            "pattern": {
                "shape": pattern,
                "fillmode": "overlay",
                "fgcolor": "rgba(255,255,255,0.55)",
                "size": 6,
            },
        },
        hovertext=[percentage(share) for share in shares],
        hovertemplate="%{hovertext}",
    )
