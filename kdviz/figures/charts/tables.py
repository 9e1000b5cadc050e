"""The data of a chart as rows with every digit, for use elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from itertools import pairwise
from typing import Any

from kdviz.figures.charts.agreement_bars import AgreementBarsInfo
from kdviz.figures.charts.agreement_scatter import ScatterInfo
from kdviz.figures.charts.chance import ChanceInfo
from kdviz.figures.charts.claim import ClaimInfo
from kdviz.figures.charts.confusion import ConfusionInfo
from kdviz.figures.charts.correlation import CorrelationInfo
from kdviz.figures.charts.curves import CurveInfo, CurveLine
from kdviz.figures.charts.distribution import ClassDotsInfo, DistributionInfo
from kdviz.figures.charts.integration_path import PathInfo
from kdviz.figures.charts.lambda_curve import LambdaInfo
from kdviz.figures.charts.localization import LocalizationInfo
from kdviz.figures.charts.pareto import ParetoInfo
from kdviz.figures.charts.run_curves import RunCurvesInfo
from kdviz.figures.charts.soft_labels import SoftLabelInfo
from kdviz.figures.charts.sweep import SweepInfo
from kdviz.figures.charts.sweep_lines import SweepLinesInfo
from kdviz.figures.style import RUN_STYLES

Rows = list[dict[str, Any]]


@singledispatch
def chart_rows(info: Any) -> Rows:
    """A chart's numbers, one per row; columns have English names. Undefined values are NaN or None.

    Raises TypeError for an object that is not a chart.
    """
    raise TypeError(f"there is no table of {type(info).__name__}")


@chart_rows.register
def _curves(info: CurveInfo) -> Rows:
    return [row for line in info.lines for row in _points(line)]


@chart_rows.register
def _run_curves(info: RunCurvesInfo) -> Rows:
    named = {} if info.arms_named else {"arm": ""}
    rows = [
        {"run": RUN_STYLES[place].letter, **row, **named}
        for place, line in info.lines
        for row in _points(line)
    ]
    tested = [{"run": RUN_STYLES[place].letter, "tested": value} for place, value in info.tested]
    return [*rows, *tested]


@chart_rows.register
def _distribution(info: DistributionInfo) -> Rows:
    return [
        {"arm": arm.arm, "from": low, "to": high, "share": share, "images": arm.n, "mean": arm.mean}
        for arm in info.arms
        for (low, high), share in zip(pairwise(info.edges), arm.shares, strict=True)
    ]


@chart_rows.register
def _class_dots(info: ClassDotsInfo) -> Rows:
    return [
        {"class": name, "arm": dots.arm, "value": value, "low": low, "high": high, "images": count}
        for dots in info.arms
        for name, value, low, high, count in zip(
            info.classes, dots.values, dots.lows, dots.highs, dots.counts, strict=True
        )
    ]


@chart_rows.register
def _confusion(info: ConfusionInfo) -> Rows:
    return [
        {"label": label, "answer": answer, "difference": value}
        for label, row in zip(info.classes, info.cells, strict=True)
        for answer, value in zip(info.classes, row, strict=True)
    ]


@chart_rows.register
def _correlation(info: CorrelationInfo) -> Rows:
    return [
        {"first": first, "second": second, "rank correlation": value}
        for first, row in zip(info.labels, info.cells, strict=True)
        for second, value in zip(info.labels, row, strict=True)
    ]


@chart_rows.register
def _scatter(info: ScatterInfo) -> Rows:
    return [
        {"image": image, "box": points.box, "agreement": agreement, "confidence": confidence}
        for points in info.boxes
        for image, agreement, confidence in zip(
            points.indices, points.agreement, points.confidence, strict=True
        )
    ]


@chart_rows.register
def _soft_labels(info: SoftLabelInfo) -> Rows:
    columns = {"hard label": info.label, "teacher": info.teacher, "student": info.student}
    return [
        {"class": name, "temperature": info.temperature, **row}
        for name, row in zip(info.classes, _rows(**columns), strict=True)
    ]


@chart_rows.register
def _chance(info: ChanceInfo) -> Rows:
    return [
        {"from": low, "to": high, "same image": matched, "another image": shuffled}
        for (low, high), matched, shuffled in zip(
            pairwise(info.edges), info.matched, info.shuffled, strict=True
        )
    ]


@chart_rows.register
def _path(info: PathInfo) -> Rows:
    return _rows(**{"position": info.positions, "score rise": info.rises, "sum so far": info.sums})


@chart_rows.register
def _lambda(info: LambdaInfo) -> Rows:
    return [
        {"λ": weight, "seed": seed, "from": origin, "accuracy": accuracy, "agreement": agreement}
        for origin, dots in (("measured", info.measured), ("here", info.here))
        for weight, seed, accuracy, agreement in zip(
            dots.weights, dots.seeds, dots.accuracy, dots.agreement, strict=True
        )
    ]


@chart_rows.register
def _localization(info: LocalizationInfo) -> Rows:
    rows = _rows(arm=info.arms, value=info.values, low=info.lows, high=info.highs)
    return [{**row, "chance": info.chance} for row in rows]


@chart_rows.register
def _agreement_bars(info: AgreementBarsInfo) -> Rows:
    return _rows(arm=info.arms, value=info.values, low=info.lows, high=info.highs)


@chart_rows.register
def _claim(info: ClaimInfo) -> Rows:
    low, high = info.published or (None, None)
    return [
        {
            "seed": seed, "difference": value, "mean": info.value, "low": info.low, "high": info.high,
            "published from": low, "published to": high, "reproduced": info.reproduced,
        }
        for seed, value in info.differences
    ]  # fmt: skip


@chart_rows.register
def _sweep(info: SweepInfo) -> Rows:
    return [
        {
            "across": column, "down": row, "mean": cell.mean, "low": cell.low, "high": cell.high,
            "seeds": cell.n, "runs": cell.runs,
        }
        for row, cells in zip(info.rows, info.cells, strict=True)
        for column, cell in zip(info.columns, cells, strict=True)
    ]  # fmt: skip


@chart_rows.register
def _sweep_lines(info: SweepLinesInfo) -> Rows:
    return [
        {
            "across": info.columns[point.column], "arm": line.arm, "seed": seed, "value": value,
            "mean": point.mean, "low": point.low, "high": point.high,
        }
        for line in info.lines
        for point in line.points
        for seed, value in point.seeds
    ]  # fmt: skip


@chart_rows.register
def _pareto(info: ParetoInfo) -> Rows:
    return [
        {
            "across": point.at, "line": name, "seed": seed, "accuracy": accuracy, "agreement": agreement,
            "mean accuracy": point.accuracy, "mean agreement": point.agreement, "best": point.best,
        }
        for name, points in info.lines
        for point in points
        for seed, accuracy, agreement in point.seeds
    ]  # fmt: skip


def _points(line: CurveLine) -> Rows:
    """The points of one line, without columns that it does not have."""
    columns = {"epoch": line.epochs, "seconds": line.seconds, "value": line.values}
    columns |= {"low": line.low, "high": line.high}
    kept = {name: values for name, values in columns.items() if values}
    return [
        {"arm": line.arm, "cue": "intact" if line.intact else "", **dict(zip(kept, point, strict=True))}
        for point in zip(*kept.values(), strict=True)
    ]


def _rows(**columns: Sequence[Any]) -> Rows:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
