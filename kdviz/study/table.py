"""The figures of a study's runs as a tidy table: one row a run and arm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import pandas as pd

from kdviz.metrics import METRICS, MetricSpec
from kdviz.study.plan import PAIR, Study
from kdviz.study.running import Done

FIGURES: Mapping[str, MetricSpec] = {
    name: METRICS[name]
    for name in (
        "accuracy",
        "accuracy_intact",
        "agreement",
        "agreement_untrained",
        "fidelity",
        "fidelity_kl",
        "calibration_error",
        "object_share",
        "cue_share",
    )
}
"""The figures that are summed up over seeds, by column. What a run does not have is NaN."""


def tidy_table(study: Study, done: Iterable[Done]) -> pd.DataFrame:
    """One row a run and arm, the teacher first: what varied, the figures of `FIGURES`, what is beside them.

    agreement is the Grad-CAM cosine with the teacher, corrected for chance, with its 95 % interval over
    images; agreement_untrained the same by an explainer that no loss uses. Shares are to be read
    against the areas. seconds is of the whole run. Undefined is NaN. Runs that failed are left out.
    """
    rows = [row for each in done if not each.failed for row in _rows(study, each)]
    return pd.DataFrame(rows, columns=_columns(study))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows by column name."""
    return cast("list[dict[str, Any]]", table.to_dict("records"))


def _columns(study: Study) -> list[str]:
    pair = [PAIR] if study.pairs else []
    intervals = ["agreement_low", "agreement_high", "agreement_untrained_low", "agreement_untrained_high"]
    beside = ["agreement_images", "untrained_explainer", "object_area", "cue_area", "parameters", "seconds"]
    return [*pair, *study.fields, "arm", "run", *FIGURES, *intervals, *beside]


def _rows(study: Study, done: Done) -> Iterator[dict[str, Any]]:
    for arm, result in (done.run.results or {}).items():
        yield {
            PAIR: done.point.pair,
            **{field: cell(done.point.value(field)) for field in study.fields},
            "arm": arm,
            "run": done.run.id,
            **{name: metric.read(result) for name, metric in FIGURES.items()},
            "agreement_low": result.cosine.low,
            "agreement_high": result.cosine.high,
            "agreement_untrained_low": result.held_out.low,
            "agreement_untrained_high": result.held_out.high,
            "agreement_images": result.cosine.n,
            "untrained_explainer": result.held_out_explainer or None,
            "object_area": result.object_area,
            "cue_area": result.cue_area,
            "parameters": result.parameters,
            "seconds": done.run.record.progress.seconds,
        }


def cell(value: Any) -> Any:
    """A setting as the table holds it: arms in one cell, and what was left out as a word.

    A grid point is found by its cells.
    """
    if isinstance(value, tuple):
        return ", ".join(value)
    return "default" if value is None else value
