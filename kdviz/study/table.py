"""The figures of a study's runs as a tidy table: one row a run and arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, cast

import pandas as pd

from kdviz.comparison import ArmResult, final_table
from kdviz.study.plan import PAIR, Study
from kdviz.study.running import Done


@dataclass(frozen=True)
class Figure:
    """A number of an arm that is summed up over seeds. better: 1 where more of it is, −1 where less."""

    label: str
    better: int
    read: Callable[[ArmResult, Mapping[str, Any]], float]


FIGURES: Mapping[str, Figure] = {
    "accuracy": Figure("accuracy", 1, lambda arm, _raw: arm.accuracy),
    "accuracy_intact": Figure("accuracy, cue intact", 1, lambda arm, _raw: arm.intact_accuracy),
    "agreement": Figure("agreement", 1, lambda arm, _raw: arm.agreement.value),
    "agreement_untrained": Figure("agreement by another explainer", 1, lambda arm, _raw: arm.untrained.value),
    "fidelity": Figure("fidelity", 1, lambda arm, _raw: arm.fidelity),
    "fidelity_kl": Figure("KL from the teacher", -1, lambda _arm, raw: raw.get("fidelity_kl", nan)),
    "calibration_error": Figure("calibration error", -1, lambda _arm, raw: raw.get("calibration_error", nan)),
    "object_share": Figure("share on the object", 1, lambda arm, _raw: arm.object_share),
    "cue_share": Figure("share on the cue", -1, lambda arm, _raw: arm.cue_share),
}
"""By column. What a run does not have is NaN."""


def tidy_table(study: Study, done: Iterable[Done]) -> pd.DataFrame:
    """One row a run and arm, the teacher first: what varied, the figures of `FIGURES`, what is beside them.

    agreement is the Grad-CAM cosine with the teacher, corrected for chance, with its 95 % interval over
    images; agreement_untrained the same by an explainer that no loss was made of. Shares are to be read
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
    results = done.run.results or {}
    for arm in final_table(results):
        yield {
            PAIR: done.point.pair,
            **{field: cell(done.point.value(field)) for field in study.fields},
            "arm": arm.arm,
            "run": done.run.id,
            **{name: figure.read(arm, results[arm.arm]) for name, figure in FIGURES.items()},
            "agreement_low": arm.agreement.low,
            "agreement_high": arm.agreement.high,
            "agreement_untrained_low": arm.untrained.low,
            "agreement_untrained_high": arm.untrained.high,
            "agreement_images": arm.n,
            "untrained_explainer": arm.untrained_explainer or None,
            "object_area": arm.object_area,
            "cue_area": arm.cue_area,
            "parameters": arm.parameters,
            "seconds": done.run.progress.seconds,
        }


def cell(value: Any) -> Any:
    """A setting as the table holds it: arms in one cell, and what was left out as a word.

    A grid point is found by its cells.
    """
    if isinstance(value, tuple):
        return ", ".join(value)
    return "default" if value is None else value
