"""The data of a chart as a table with every digit, for use elsewhere."""

from __future__ import annotations

from functools import singledispatch
from itertools import pairwise
from typing import Any

import pandas as pd

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
from kdviz.figures.charts.run_curves import RunCurvesInfo
from kdviz.figures.charts.soft_labels import SoftLabelInfo
from kdviz.figures.charts.sweep import ParetoInfo, SweepInfo
from kdviz.figures.style import RUN_STYLES


@singledispatch
def chart_table(info: Any) -> pd.DataFrame:
    """A chart's numbers, one per row; columns have English names. Undefined values are empty.

    Raises TypeError for an object that is not a chart.
    """
    raise TypeError(f"there is no table of {type(info).__name__}")


@chart_table.register
def _curves(info: CurveInfo) -> pd.DataFrame:
    return pd.DataFrame([row for line in info.lines for row in _points(line)])


@chart_table.register
def _run_curves(info: RunCurvesInfo) -> pd.DataFrame:
    return pd.DataFrame(
        [{"run": RUN_STYLES[place].letter, **row} for place, line in info.lines for row in _points(line)]
    )


@chart_table.register
def _distribution(info: DistributionInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"arm": arm.arm, "from": low, "to": high, "share": share, "images": arm.n, "mean": arm.mean}
        for arm in info.arms
        for (low, high), share in zip(pairwise(info.edges), arm.shares, strict=True)
    )


@chart_table.register
def _class_dots(info: ClassDotsInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"class": name, "arm": dots.arm, "value": value, "low": low, "high": high, "images": count}
        for dots in info.arms
        for name, value, low, high, count in zip(
            info.classes, dots.values, dots.lows, dots.highs, dots.counts, strict=True
        )
    )


@chart_table.register
def _confusion(info: ConfusionInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": label, "answer": answer, "difference": value}
        for label, row in zip(info.classes, info.cells, strict=True)
        for answer, value in zip(info.classes, row, strict=True)
    )


@chart_table.register
def _correlation(info: CorrelationInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"first": first, "second": second, "rank correlation": value}
        for first, row in zip(info.labels, info.cells, strict=True)
        for second, value in zip(info.labels, row, strict=True)
    )


@chart_table.register
def _scatter(info: ScatterInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"image": image, "box": points.box, "agreement": agreement, "confidence": confidence}
        for points in info.boxes
        for image, agreement, confidence in zip(
            points.indices, points.agreement, points.confidence, strict=True
        )
    )


@chart_table.register
def _soft_labels(info: SoftLabelInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": info.classes,
            "temperature": info.temperature,
            "hard label": info.label,
            "teacher": info.teacher,
            "student": info.student,
        }
    )


@chart_table.register
def _chance(info: ChanceInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"from": low, "to": high, "same image": matched, "another image": shuffled}
        for (low, high), matched, shuffled in zip(
            pairwise(info.edges), info.matched, info.shuffled, strict=True
        )
    )


@chart_table.register
def _path(info: PathInfo) -> pd.DataFrame:
    return pd.DataFrame({"position": info.positions, "score rise": info.rises, "sum so far": info.sums})


@chart_table.register
def _lambda(info: LambdaInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"λ": weight, "seed": seed, "from": origin, "accuracy": accuracy, "agreement": agreement}
        for origin, dots in (("measured", info.measured), ("here", info.here))
        for weight, seed, accuracy, agreement in zip(
            dots.weights, dots.seeds, dots.accuracy, dots.agreement, strict=True
        )
    )


@chart_table.register
def _localization(info: LocalizationInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {"arm": info.arms, "value": info.values, "low": info.lows, "high": info.highs, "chance": info.chance}
    )


@chart_table.register
def _agreement_bars(info: AgreementBarsInfo) -> pd.DataFrame:
    return pd.DataFrame({"arm": info.arms, "value": info.values, "low": info.lows, "high": info.highs})


@chart_table.register
def _claim(info: ClaimInfo) -> pd.DataFrame:
    low, high = info.published or (None, None)
    return pd.DataFrame(
        {
            "seed": seed, "difference": value, "mean": info.value, "low": info.low, "high": info.high,
            "published from": low, "published to": high,
        }
        for seed, value in info.differences
    )  # fmt: skip


@chart_table.register
def _sweep(info: SweepInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "across": column, "down": row, "mean": cell.mean, "deviation": cell.deviation,
            "seeds": cell.n, "runs": cell.runs,
        }
        for row, cells in zip(info.rows, info.cells, strict=True)
        for column, cell in zip(info.columns, cells, strict=True)
    )  # fmt: skip


@chart_table.register
def _pareto(info: ParetoInfo) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "across": point.at, "line": name, "seed": seed, "accuracy": accuracy, "agreement": agreement,
            "mean accuracy": point.accuracy, "mean agreement": point.agreement, "best": point.best,
        }
        for name, points in info.lines
        for point in points
        for seed, accuracy, agreement in point.seeds
    )  # fmt: skip


def _points(line: CurveLine) -> list[dict[str, Any]]:
    """The points of one line, without columns that it does not have."""
    columns = {"epoch": line.epochs, "seconds": line.seconds, "value": line.values}
    columns |= {"low": line.low, "high": line.high}
    kept = {name: values for name, values in columns.items() if values}
    return [
        {"arm": line.arm, "cue": "intact" if line.intact else "", **dict(zip(kept, point, strict=True))}
        for point in zip(*kept.values(), strict=True)
    ]
