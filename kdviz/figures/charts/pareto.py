"""Accuracy against agreement over a study, with the Pareto front of the means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.style import LEGEND_BELOW, NEUTRAL, RUN_STYLES, percent, score
from kdviz.language import _, listed

_NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class ParetoPoint:
    """A grid point: means over its n seeds. seeds: accuracy and agreement of each."""

    at: str
    accuracy: float
    agreement: float
    seeds: tuple[tuple[int, float, float], ...]
    best: bool


@dataclass(frozen=True)
class ParetoInfo:
    """lines: grid points that differ in one setting only, in its order. across: that setting.

    agreement: its label. A point is `best` if it is on the Pareto front of the means.
    """

    title: str
    about: str
    across: str
    agreement: str
    lines: tuple[tuple[str, tuple[ParetoPoint, ...]], ...]

    @property
    def front(self) -> list[tuple[str, ParetoPoint]]:
        """The points on the front, each with the name of its line."""
        return [(name, point) for name, points in self.lines for point in points if point.best]

    @property
    def trades_off(self) -> bool:
        """Whether there are several: one that is highest in both is no trade-off."""
        return len(self.front) > 1


def pareto_figure(info: ParetoInfo) -> go.Figure:
    """A small dot per student, a large one per mean; rings mark the Pareto front if it has several means."""
    figure = go.Figure([trace for place in range(len(info.lines)) for trace in _line(info, place)])
    if ring := _ring(info):
        figure.add_trace(ring)
    figure.update_layout(
        height=460,
        margin={"l": 8, "r": 40, "t": 24, "b": 8},
        hovermode="closest",
        legend=LEGEND_BELOW,
        showlegend=True,
        xaxis={"title": info.agreement, "automargin": True},
        yaxis={"title": _("accuracy"), "tickformat": ".1~%", "automargin": True},
    )
    return figure


def pareto_alt(info: ParetoInfo) -> str:
    """The means on the Pareto front."""
    best = [
        _("{place}: accuracy {accuracy}, agreement {agreement}").format(
            place=_place(info, name, point),
            accuracy=percent(point.accuracy),
            agreement=score(point.agreement),
        )
        for name, point in info.front
    ]
    if not best:
        return _("{title}: no values yet.").format(title=info.title)
    return _("{title}: {best}.").format(title=info.title, best=_("; ").join(best))


def _line(info: ParetoInfo, place: int) -> Iterator[go.Scatter]:
    name, points = info.lines[place]
    style = RUN_STYLES[place % len(RUN_STYLES)]
    seed = _("seed {seed}").format(seed="%{customdata[1]}")
    sides = _sides(len(points), above=place % 2 == 0, alone=len(info.lines) == 1)
    dots = [(_place(info, name, point), *each) for point in points for each in point.seeds]
    yield go.Scatter(
        x=[agreement for *_rest, agreement in dots],
        y=[accuracy for *_rest, accuracy, _agreement in dots],
        customdata=[(where, number) for where, number, *_rest in dots],
        mode="markers",
        showlegend=False,
        marker={"color": style.color, "symbol": style.symbol, "size": 6, "opacity": 0.55},
        hovertext=[_numbers(accuracy, agreement) for *_rest, accuracy, agreement in dots],
        hovertemplate=f"%{{customdata[0]}}<br>{seed}<br>%{{hovertext}}<extra></extra>",
    )
    yield go.Scatter(
        x=[point.agreement for point in points],
        y=[point.accuracy for point in points],
        customdata=[(_place(info, name, point), len(point.seeds)) for point in points],
        name=name or _("mean"),
        mode="lines+markers+text",
        cliponaxis=False,
        text=[
            _lifted(point, side, ringed=point.best and info.trades_off)
            for point, side in zip(points, sides, strict=True)
        ],
        textposition=sides,
        line={"color": style.color, "width": 2},
        marker={"color": style.color, "symbol": style.symbol, "size": 11},
        hovertext=[_numbers(point.accuracy, point.agreement) for point in points],
        hovertemplate="%{customdata[0]}<br>"
        + _("mean of {n}").format(n="%{customdata[1]}")
        + "<br>%{hovertext}<extra></extra>",
    )


def _sides(count: int, *, above: bool, alone: bool) -> list[str]:
    """Where the texts at a line's points stand: left and right in turn, so that neighbours' do not meet.

    above: of the line, so that two lines that meet have their texts on different sides. A line that is alone
    has every other pair of them below: a text on the right would meet the next one on the left.
    """
    rows = [above != (alone and at % 4 >= 2) for at in range(count)]
    return [f"{'top' if row else 'bottom'} {('left', 'right')[at % 2]}" for at, row in enumerate(rows)]


def _lifted(point: ParetoPoint, side: str, *, ringed: bool) -> str:
    """The text at a point; outside its ring."""
    if not ringed:
        return point.at
    return f"{point.at}<br>{_NO_BREAK}" if side.startswith("top") else f"{_NO_BREAK}<br>{point.at}"


def _ring(info: ParetoInfo) -> go.Scatter | None:
    if not info.trades_off:
        return None
    best = sorted((point.agreement, point.accuracy) for _name, point in info.front)
    return go.Scatter(
        x=[agreement for agreement, _accuracy in best],
        y=[accuracy for _agreement, accuracy in best],
        name=_("best trade-off of the means"),
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        marker={"symbol": "circle-open", "size": 22, "color": NEUTRAL, "line": {"width": 3}},
        hoverinfo="skip",
    )


def _place(info: ParetoInfo, name: str, point: ParetoPoint) -> str:
    at = f"{info.across} = {point.at}"
    return listed([name, at]) if name else at


def _numbers(accuracy: float, agreement: float) -> str:
    return _("accuracy {accuracy}, agreement {agreement}").format(
        accuracy=percent(accuracy), agreement=score(agreement)
    )
