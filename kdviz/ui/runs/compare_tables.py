"""The tables of a comparison as data: settings that differ, results, and student − twin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.comparison import Difference, different_settings
from kdviz.config import RunConfig
from kdviz.figures.charts import latest_value
from kdviz.figures.style import ARM_STYLES, RUN_STYLES
from kdviz.language import _
from kdviz.metrics import METRICS
from kdviz.narrative import verdict_with_images
from kdviz.store import Run
from kdviz.types import ArmResult, Interval, Measured
from kdviz.ui.frame.formatting import STATES
from kdviz.ui.runs.table import name_width
from kdviz.ui.widgets.metric_columns import column_value, metric_column, share_format
from kdviz.ui.widgets.setting_names import setting_name, setting_value

COMPARED_FIGURES = (
    "accuracy",
    "cue_followed",
    "agreement",
    "fidelity",
    "fidelity_kl",
    "calibration_error",
    "agreement_raw",
    "agreement_chance",
)
"""Metrics of the table of final figures."""

EFFECT_DECIMALS = {"agreement": 2, "accuracy": 1}
"""The number of decimals of the columns of `effects_table` that have intervals."""


def run_labels(runs: Iterable[Run]) -> list[str]:
    """The name of each run in tables: its letter and its title."""
    return [f"{RUN_STYLES[place].letter} · {run.title}" for place, run in enumerate(runs)]


def settings_table(
    configs: Sequence[RunConfig], names: Sequence[str], said: Sequence[Mapping[str, str]] = ()
) -> pd.DataFrame:
    """A row per setting in which the runs differ, a column per run, in words.

    said: of each run, better words for some settings than their values.
    """
    different = different_settings(configs)
    own = said or [{}] * len(names)
    columns = {
        name: [
            own[place].get(field) or setting_value(field, values[place])
            for field, values in different.items()
        ]
        for place, name in enumerate(names)
    }
    return pd.DataFrame({"setting": [setting_name(field) for field in different], **columns})


def metrics_table(
    runs: Sequence[Run], measured: Sequence[Sequence[Measured]], names: Sequence[str]
) -> pd.DataFrame:
    """A row per run and arm, unrounded, shares in percent; NaN if a run has no such figure yet.

    measured: the curves of each run, for the latest validation accuracy.
    """
    return pd.DataFrame(
        {
            "run": name,
            "arm": ARM_STYLES[arm].label,
            "state": _(STATES[run.state][0]),
            "validation": 100 * latest_value(curves, arm, "validation_accuracy"),
            **_figures((run.results or {}).get(arm)),
        }
        for run, curves, name in zip(runs, measured, names, strict=True)
        for arm in run.config.all_arms
    )


def metrics_columns(names: Iterable[str], *, unfinished: bool) -> dict[str, Any]:
    """Column settings of `metrics_table`. names: of the runs. unfinished: whether to show states."""
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "run": text(_("Run"), pinned=True, width=name_width(names)),
        "arm": text(_("Arm")),
        "state": text(_("State")) if unfinished else None,
        "validation": number(
            _("Validation"), format=share_format(), help=_("Latest accuracy on validation images.")
        ),
        **{name: metric_column(METRICS[name]) for name in COMPARED_FIGURES},
        **_interval_column("agreement", _("Agreement")),
        "images": number(
            _("Images"), format="localized", help=_("Test images on which the agreement is defined.")
        ),
    }


def effects_table(found: Sequence[Difference | None], names: Sequence[str]) -> pd.DataFrame:
    """Student − twin over the same images, a row per run with a twin; unrounded, accuracy in points."""
    return pd.DataFrame(
        {
            "run": name,
            **_interval("agreement", each.agreement),
            "verdict": verdict_with_images(each.verdict, images=each.n),
            **_interval("accuracy", each.accuracy),
        }
        for each, name in zip(found, names, strict=True)
        if each is not None
    )


def effects_columns() -> dict[str, Any]:
    """Column settings of `effects_table`."""
    text = st.column_config.TextColumn
    return {
        "run": text(_("Run"), pinned=True),
        **_interval_column("agreement", _("Agreement")),
        "verdict": text(_("Verdict on agreement")),
        **_interval_column("accuracy", _("Accuracy, points")),
    }


def _figures(result: ArmResult | None) -> dict[str, float | None]:
    """An arm's results on the test set; all undefined if there are none yet."""
    result = result or ArmResult(0, math.nan)
    values = {name: column_value(METRICS[name], METRICS[name].read(result)) for name in COMPARED_FIGURES}
    return {
        "accuracy": values.pop("accuracy"),
        **_interval("agreement", result.cosine.interval),
        **values,
        "images": result.cosine.n or None,
    }


def _interval(name: str, of: Interval) -> dict[str, float]:
    """An estimate and the ends of its interval, as columns."""
    ends = {name: of.value, f"{name}_low": of.low, f"{name}_high": of.high}
    return {column: column_value(METRICS[name], value) for column, value in ends.items()}


def _interval_column(name: str, label: str) -> dict[str, Any]:
    """One column for an estimate with its interval, see `with_intervals`; the ends have none of their own."""
    about = _("With its 95 % bootstrap interval over test images.")
    return {name: st.column_config.NumberColumn(label, help=about), f"{name}_low": None, f"{name}_high": None}
