"""The results of a study as a tidy table: one row per run and arm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import pandas as pd

from kdviz.config import IDLE_WITHOUT_LAMBDA
from kdviz.metrics import METRICS, MetricSpec
from kdviz.study.plan import PAIR, Study
from kdviz.study.running import Done
from kdviz.types import Arm

Row = Mapping[str, Any]
"""A row of a table, by column name."""

LAMBDA = "explanation_weight"
IDLE_AT_ZERO = (*IDLE_WITHOUT_LAMBDA, "arms")
"""Settings without effect at λ = 0: a student there counts for each of their values."""

_NOT_SUMMARIZED = ("agreement_raw", "agreement_chance", "dead_rate", "parameters")

FIGURES: Mapping[str, MetricSpec] = {
    name: metric for name, metric in METRICS.items() if name not in _NOT_SUMMARIZED
}
"""The figures that are averaged over seeds, by column. Figures that a run does not have are NaN."""


def tidy_table(study: Study, done: Iterable[Done]) -> pd.DataFrame:
    """One row per run and arm, the teacher first: the varied settings, the figures of `FIGURES`, and more.

    agreement: Grad-CAM cosine with the teacher, corrected for chance, with its 95 % interval over images;
    agreement_untrained: the same with the held-out explainer. object_area, cue_area: what the shares would
    be for evidence spread evenly. seconds: of the whole run. Undefined is NaN. Failed runs are left out.
    """
    rows = [row for each in done if not each.failed for row in _rows(study, each)]
    return pd.DataFrame(rows, columns=_columns(study))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows by column name."""
    return cast("list[dict[str, Any]]", table.to_dict("records"))


def arms_by_run(study: Study, rows: pd.DataFrame) -> dict[str, dict[Arm, Row]]:
    """The rows of a tidy table by run and arm.

    A run without a twin takes the student at λ = 0 with the same other settings and seed, or the twin of
    such a run: neither depends on λ.
    """
    runs: dict[str, dict[Arm, Row]] = {}
    for each in records(rows):
        runs.setdefault(each["run"], {})[each["arm"]] = each
    students = [arms["student"] for arms in runs.values() if "student" in arms]
    twins = [arms["twin"] for arms in runs.values() if "twin" in arms]
    without_maps = [*twins, *(row for row in students if not row[LAMBDA])]
    at_zero = {_but_lambda(study, row): row for row in without_maps}
    for row in students:
        twin = at_zero.get(_but_lambda(study, row))
        if twin and row[LAMBDA]:
            runs[row["run"]].setdefault("twin", twin)
    return runs


def _but_lambda(study: Study, row: Row) -> tuple[Any, ...]:
    """The settings that a student shares with its twin at λ = 0."""
    return tuple(row[field] for field in setting_columns(study) if field not in (LAMBDA, *IDLE_AT_ZERO))


def setting_columns(study: Study) -> list[str]:
    """The columns of the varied settings: the name of the combination, if there are any, and the fields."""
    return [*([PAIR] if study.pairs else []), *study.fields]


def _columns(study: Study) -> list[str]:
    intervals = ["agreement_low", "agreement_high", "agreement_untrained_low", "agreement_untrained_high"]
    more = ["agreement_images", "untrained_explainer", "object_area", "cue_area", "parameters", "seconds"]
    return [*setting_columns(study), "arm", "run", *FIGURES, *intervals, *more]


def _rows(study: Study, done: Done) -> Iterator[dict[str, Any]]:
    for arm, result in (done.run.results or {}).items():
        yield {
            PAIR: done.point.pair,
            **{field: cell(done.point.value(field)) for field in study.fields},
            "arm": arm,
            "run": done.run.id,
            **{name: metric.read(result) for name, metric in FIGURES.items()},
            "agreement_low": result.cosine.interval.low,
            "agreement_high": result.cosine.interval.high,
            "agreement_untrained_low": result.held_out.interval.low,
            "agreement_untrained_high": result.held_out.interval.high,
            "agreement_images": result.cosine.n,
            "untrained_explainer": result.held_out_explainer or None,
            "object_area": result.object_area,
            "cue_area": result.cue_area,
            "parameters": result.parameters,
            "seconds": done.run.record.progress.seconds,
        }


def cell(value: Any) -> Any:
    """A setting as a table cell: arms joined by commas, None as "default"."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return "default" if value is None else value
