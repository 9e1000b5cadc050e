"""Columns of `st.dataframe` for the figures of `METRICS`: shares are in percent, unrounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.language import _
from kdviz.metrics import MetricSpec, Unit

_FORMATS: Mapping[Unit, str] = {"share": "%.1f %%", "score": "%.2f", "nats": "%.2f", "count": "localized"}


def metric_column(metric: MetricSpec, *, label: str = "", about: str = "") -> Any:
    """A number column with the metric's label, help and format. label, about: to replace its own."""
    return st.column_config.NumberColumn(
        label or _(metric.label), format=_FORMATS[metric.unit], help=about or _(metric.about)
    )


def column_value(metric: MetricSpec, value: float) -> float:
    """A value of the metric for its column."""
    return 100 * value if metric.unit == "share" else value
