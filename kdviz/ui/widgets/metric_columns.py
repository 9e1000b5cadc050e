"""Columns of `st.dataframe` for the figures of `METRICS`: shares are in percent, unrounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from kdviz.language import _, decimal, percent_sign, with_interval
from kdviz.metrics import METRICS, MetricSpec, Unit

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

_AS_TEXT: frozenset[Unit] = frozenset({"score", "nats"})
"""Units whose numbers are shown as text, see `with_decimals`."""


def share_format() -> str:
    """The format of a column of percentages."""
    return f"%.1f{percent_sign()}%"


def _format(unit: Unit) -> str | None:
    if unit in _AS_TEXT:
        return None
    return share_format() if unit == "share" else "localized"


def metric_column(metric: MetricSpec, *, label: str = "", about: str = "") -> Any:
    """A number column with the metric's label, help and format. label, about: to replace its own.

    The numbers of an agreement or a divergence need `with_decimals`.
    """
    return st.column_config.NumberColumn(
        label or _(metric.label), format=_format(metric.unit), help=about or _(metric.about)
    )


def column_value(metric: MetricSpec, value: float) -> float:
    """A value of the metric for its column."""
    if metric.unit == "count":
        return round(value)
    return 100 * value if metric.unit == "share" else value


def metric_decimals() -> dict[str, int]:
    """The number of decimals of each metric whose column has no format, by name."""
    return {name: metric.digits for name, metric in METRICS.items() if metric.unit in _AS_TEXT}


def with_decimals(
    table: pd.DataFrame, digits: Mapping[str, int], *, sign: bool = False, undefined: str = "–"
) -> Styler:
    """A table for `st.dataframe` whose columns in `digits` show text with that many decimals.

    The browser would write them with a hyphen for a minus sign, and -0.00. They are sorted and saved as
    numbers, and must have no format in the column's configuration.
    """
    texts = {name: _text(digits[name], sign, undefined) for name in map(str, table) if name in digits}
    others = {name: _unchanged for name in table if name not in texts}
    return table.style.format({**others, **texts})


def with_intervals(
    table: pd.DataFrame,
    intervals: Mapping[str, int],
    *,
    digits: Mapping[str, int] | None = None,
    sign: bool = False,
) -> Styler:
    """A table as of `with_decimals`, with "0.93 (0.92 to 0.94)" in the columns in `intervals`.

    The ends are in columns of the same name with "_low" and "_high".
    """
    styled = with_decimals(table, digits or {}, sign=sign)
    for name, places in intervals.items():
        columns = [table[f"{name}{part}"] for part in ("", "_low", "_high")]
        for row, *ends in zip(table.index, *columns, strict=True):
            text = _with_ends(*(_text(places, sign, "–")(float(each)) for each in ends))
            styled = styled.format(_always(text), subset=([row], [name]))
    return styled


def _with_ends(value: str, low: str, high: str) -> str:
    return value if "–" in (low, high) else with_interval(value, low, high)


def _always(text: str) -> Callable[[Any], str]:
    return lambda _value: text


def _text(digits: int, sign: bool, undefined: str) -> Callable[[Any], str]:
    def text(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return undefined
        return decimal(value, digits, sign=sign)

    return text


def _unchanged(value: Any) -> str:
    return "" if value is None or value != value else str(value)
