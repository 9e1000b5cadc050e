"""Charts of every kind, of usual data and of the least that a page may have."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kdviz.figures import charts
from kdviz.types import Agreement, Arm, Interval, Measured

NAN = math.nan


@dataclass(frozen=True)
class Kind:
    """A kind of chart. make: its info of some values, the empty list included. value: what they are, for three.

    said: some of what the alt text says of `value`. points: rows of numbers and names, read off a figure.
    columns: the columns of the table that hold the same.
    """

    make: Callable[[Sequence[float]], Any]
    said: str
    points: Callable[[Any], list[tuple[Any, ...]]]
    columns: tuple[str, ...]


VALUES = (0.125, 0.5, -0.25)


def measured(values: Sequence[float]) -> list[Measured]:
    return [
        Measured(
            "students",
            float(epoch),
            "student",
            {"agreement": value, "agreement_low": value - 0.125, "agreement_high": value + 0.125},
        )
        for epoch, value in enumerate(values)
    ]


def score(value: float) -> Agreement:
    n = 0 if math.isnan(value) else 8
    return Agreement(value, 0.0, value, value - 0.125, value + 0.25, n, 1 - n / 8)


def classes(values: Sequence[float]) -> list[str]:
    return [f"class {place}" for place in range(len(values))]


def run_curves(values: Sequence[float]) -> charts.RunCurvesInfo:
    runs = [charts.agreement_info(measured(part)) for part in (values, values[::-1])]
    return charts.run_curves_info(runs, ["one", "<b>two"], ["student"])


def distribution(values: Sequence[float]) -> charts.DistributionInfo:
    arms = {"student": np.array(values), "twin": -np.array(values)} if values else {}
    return charts.distribution_info(arms, explainer="Grad-CAM", measure="Cosine")


def class_dots(values: Sequence[float]) -> charts.ClassDotsInfo:
    arms = {"student": list(map(score, values)), "twin": list(map(score, values[::-1]))}
    return charts.class_dots_info(classes(values), arms, explainer="Grad-CAM", measure="Cosine")


def matrix(values: Sequence[float]) -> np.ndarray:
    """A row and a column for each value, which stands on the diagonal and, halved, beside it."""
    return np.array([[value if row == column else value / 2 for column in range(len(values))]
                     for row, value in enumerate(values)]).reshape(len(values), len(values))  # fmt: skip


def scatter(values: Sequence[float]) -> charts.ScatterInfo:
    numbers = np.array(values, dtype=float)
    boxes = [None if math.isnan(value) else "right-alike" if value > 0 else "wrong-apart" for value in values]
    places = np.arange(10, 10 + len(values))
    return charts.scatter_info("student", boxes, numbers, numbers / 2 + 0.5, places, alike_above=0.0)


def soft_labels(values: Sequence[float]) -> charts.SoftLabelInfo:
    shares = np.abs(np.array(values))
    return charts.soft_label_info(classes(values), shares, shares / 2, label=0, temperature=4.0)


def path(values: Sequence[float]) -> charts.PathInfo:
    rises = (0.0, *values)
    positions = tuple(step / max(len(values), 1) for step in range(len(rises)))
    return charts.PathInfo(
        "teacher", positions, rises, tuple(rise / 2 for rise in rises), at=len(values) and 1
    )


def lambda_curve(values: Sequence[float]) -> charts.LambdaInfo:
    weights = (0.0, 1.0, 10.0)[: len(values)]
    students = charts.LambdaDots(weights, tuple(range(len(weights))), tuple(map(abs, values)), tuple(values))
    means = {weight: (abs(value), value) for weight, value in zip(weights, values, strict=True)}
    nobody = charts.LambdaDots((), (), (), ())
    return charts.LambdaInfo(students, nobody, means, best=weights[-1] if weights else None)


def claim(values: Sequence[float]) -> charts.ClaimInfo:
    mean = float(np.mean(values)) if len(values) else NAN
    return charts.ClaimInfo(
        "Claim",
        "About.",
        True,
        tuple(enumerate(values)),
        mean,
        mean - 0.1,
        mean + 0.1,
        (0.0, math.inf),
        (0.057, 0.098),
    )


def sweep(values: Sequence[float]) -> charts.SweepInfo:
    cells = tuple(charts.SweepCell(value, NAN, NAN, int(not math.isnan(value)), 1) for value in values)
    weights, rows = ("0", "3", "10")[: len(values)], ("4",) if values else ()
    return charts.SweepInfo("Agreement", "About.", "agreement", "λ", "T", weights, rows, (cells,) if values else (),
                            min(values, default=NAN), max(values, default=NAN), False, True)  # fmt: skip


def sweep_lines(values: Sequence[float]) -> charts.SweepLinesInfo:
    """Student and placebo, each with two seeds where the value is defined, and a teacher."""

    def line(arm: Arm, values: Sequence[float]) -> charts.SweepLine:
        known = [(place, value) for place, value in enumerate(values) if not math.isnan(value)]
        return charts.SweepLine(arm, tuple(
            charts.SweepPoint(place, value, value - 0.25, value + 0.5, ((3, value - 0.125), (7, value + 0.125)))
            for place, value in known
        ))  # fmt: skip

    lines = tuple(each for each in (line("student", values), line("placebo", values[::-1])) if each.points)
    seen = [value for each in lines for point in each.points for _seed, value in point.seeds]
    weights, best = ("0", "3", "10")[: len(values)], 1 if len(values) > 1 and seen else None
    teacher = 0.75 if seen else NAN
    return charts.SweepLinesInfo("Agreement", "About.", "λ", weights, True, False, lines, teacher, best,
                                 min(seen, default=0.0), max(*seen, teacher) if seen else 0.0, False, True)  # fmt: skip


def pareto(values: Sequence[float]) -> charts.ParetoInfo:
    points = tuple(
        charts.ParetoPoint(str(place), abs(value), value, ((7, abs(value), value),), value == 0.5)
        for place, value in enumerate(values)
    )
    return charts.ParetoInfo(
        "Trade-off", "About.", "λ", "Agreement (Grad-CAM)", (("resnet8", points),) if points else ()
    )


# --- what a figure shows, read off it -----------------------------------------------------------


def lines(figure: Any) -> list[tuple[Any, ...]]:
    return [
        point
        for trace in figure.data
        if trace.mode == "lines+markers"
        for point in zip(trace.x, trace.y, strict=True)
    ]


def steps(figure: Any) -> list[tuple[Any, ...]]:
    """Of outlines, whose last step is drawn to its end."""
    return [
        point
        for trace in figure.data
        if trace.mode == "lines"
        for point in zip(trace.x[:-1], trace.y[:-1], strict=True)
    ]


def dots_with_intervals(figure: Any) -> list[tuple[Any, ...]]:
    return [
        (name, value, value - below, value + above, count)
        for trace in figure.data
        for (name, count), value, below, above in zip(
            trace.customdata, trace.x, trace.error_x.arrayminus, trace.error_x.array, strict=True
        )
    ]


def cells(figure: Any) -> list[tuple[Any, ...]]:
    across, down = figure.layout.xaxis.ticktext, figure.layout.yaxis.ticktext
    return [
        (down[row], across[column], NAN if value is None else value)
        for row, values in enumerate(figure.data[0].z)
        for column, value in enumerate(values)
    ]


def seeds_with_means(figure: Any) -> list[tuple[Any, ...]]:
    """Of arms in the order of the legend: the dots of one come before its means."""
    names = figure.layout.xaxis.ticktext
    arms = sorted(zip(figure.data[::2], figure.data[1::2], strict=True), key=lambda pair: pair[1].legendrank)
    found = []
    for dots, means in arms:
        ends = zip(means.y, means.error_y.arrayminus, means.error_y.array, strict=True)
        at = {
            column: (mean, mean - below, mean + above)
            for (column,), (mean, below, above) in zip(means.customdata, ends, strict=True)
        }
        for (column,), value, said in zip(dots.customdata, dots.y, dots.hovertext, strict=True):
            seed = int(re.findall(r"seed (\d+)", said)[0])
            found.append((means.name, names[column], seed, value, *at[column]))
    return found


def selected(figure: Any) -> list[tuple[Any, ...]]:
    return [point for trace in figure.data for point in zip(trace.customdata, trace.x, trace.y, strict=True)]


def two_outlines(figure: Any) -> list[tuple[Any, ...]]:
    others, own = figure.data
    return list(zip(own.x[:-1], own.y[:-1], others.y[:-1], strict=True))


def bars(figure: Any) -> list[tuple[Any, ...]]:
    return list(zip(figure.data[0].y, *(trace.x for trace in figure.data), strict=True))


def two_lines(figure: Any) -> list[tuple[Any, ...]]:
    rises, sums, _here = figure.data
    return list(zip(rises.x, rises.y, sums.y, strict=True))


def two_charts(figure: Any) -> list[tuple[Any, ...]]:
    above, below = (
        [trace for trace in figure.data if trace.mode == "markers" and trace.yaxis == axis]
        for axis in ("y", "y2")
    )
    return [
        (*student, accuracy, agreement)
        for one, other in zip(above, below, strict=True)
        for student, accuracy, agreement in zip(one.customdata, one.y, other.y, strict=True)
    ]


def differences(figure: Any) -> list[tuple[Any, ...]]:
    seeds = figure.data[0]
    return [(seed, value / 100) for seed, value in zip(seeds.customdata, seeds.x, strict=True)]


def students(figure: Any) -> list[tuple[Any, ...]]:
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    return [
        (seed, y, x)
        for trace in dots
        for (_place, seed), x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    ]


def localization(values: Sequence[float]) -> charts.LocalizationInfo:
    arms: list[Arm] = ["student", "twin", "placebo"]
    hits = {
        arm: Interval(value, value - 0.125, value + 0.25) for arm, value in zip(arms, values, strict=False)
    }
    return charts.localization_info("cue", hits, 0.0625, explainer="Grad-CAM")


def shares(figure: Any) -> list[tuple[Any, ...]]:
    drawn = figure.data[0]
    return [
        (value, value - below, value + above)
        for value, below, above in zip(drawn.x, drawn.error_x.arrayminus, drawn.error_x.array, strict=True)
    ]


def agreement_bars(values: Sequence[float]) -> charts.AgreementBarsInfo:
    arms: list[Arm] = ["student", "twin", "placebo"]
    scores = {arm: score(value) for arm, value in zip(arms, values, strict=False)}
    return charts.agreement_bars_info(scores, explainer="Grad-CAM", measure="Cosine")


KINDS: dict[str, Kind] = {
    "curve": Kind(lambda values: charts.agreement_info(measured(values)), "after 2 epochs: student −0.25", lines, ("epoch", "value")),
    "run_curves": Kind(run_curves, "A student −0.25, B student 0.13", lines, ("epoch", "value")),
    "distribution": Kind(distribution, "student mean 0.13", steps, ("from", "share")),
    "class_dots": Kind(class_dots, "student from −0.25 (class 2) to 0.50 (class 1)", dots_with_intervals,
                       ("class", "value", "low", "high", "images")),
    "confusion": Kind(lambda values: charts.confusion_info("student", classes(values), matrix(values)),
                      "class 1 as class 1 (+50.0", cells, ("label", "answer", "difference")),
    "correlation": Kind(lambda values: charts.correlation_info(classes(values), matrix(values)), "class 1 and class 2 0.25",
                        cells, ("first", "second", "rank correlation")),
    "scatter": Kind(scatter, "2 both right, look alike", selected, ("image", "agreement", "confidence")),
    "chance": Kind(lambda values: charts.chance_info("student", values, [value / 2 for value in values]),
                   "Same image: mean cosine 0.13 over 3", two_outlines, ("from", "same image", "another image")),
    "soft_label": Kind(soft_labels, "teacher class 1 50.0", bars, ("class", "hard label", "teacher", "student")),
    "path": Kind(path, "the score has risen by 0.125", two_lines, ("position", "score rise", "sum so far")),
    "lambda": Kind(lambda_curve, "λ 1: accuracy 50.0\N{NO-BREAK SPACE}%, agreement 0.50", two_charts,
                   ("λ", "seed", "accuracy", "agreement")),
    "localization": Kind(localization, "student 12.5\N{NO-BREAK SPACE}%", shares, ("value", "low", "high")),
    "agreement_bars": Kind(agreement_bars, "twin (λ = 0) 0.50", shares, ("value", "low", "high")),
    "claim": Kind(claim, "seed 2: −25.0 points", differences, ("seed", "difference")),
    "sweep": Kind(sweep, "highest λ = 3, T = 4: agreement +0.50", cells, ("down", "across", "mean")),
    "sweep_lines": Kind(sweep_lines, "student: λ = 0 +0.13, λ = 3 +0.50", seeds_with_means,
                        ("arm", "across", "seed", "value", "mean", "low", "high")),
    "pareto": Kind(pareto, "λ = 1: accuracy 50.0\N{NO-BREAK SPACE}%, agreement 0.50", students, ("seed", "accuracy", "agreement")),
}  # fmt: skip
"""By the name that `…_figure` and `…_alt` have in common. What each says is of VALUES."""
