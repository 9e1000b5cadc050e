"""What a study shows over its seeds: means with intervals, and the student against its twin and placebo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kdviz.agreement import hierarchical_bootstrap, verdict
from kdviz.comparison import Survey
from kdviz.study.plan import Study
from kdviz.study.table import FIGURES, Row, arms_by_run, records, setting_columns
from kdviz.types import Arm

Surveys = Callable[[str], Survey | None]
"""A run's survey, by the run's id; None where there is none."""

OTHERS: tuple[Arm, ...] = ("twin", "placebo", "same-answer")
"""What a student is compared with."""

_BySeed = Mapping[int, Row]  # of one arm at one grid point
_Key = tuple[Any, ...]  # what a grid point has for each of its fields


def summary_table(study: Study, rows: pd.DataFrame, surveys: Surveys = lambda run: None) -> pd.DataFrame:
    """One row a grid point, arm and figure, over the seeds that have it.

    mean, sd: sd is between seeds, NaN for one. low, high: 95 % interval of the mean by
    `hierarchical_bootstrap`: over seeds, and over images too where every run has a survey (images: how
    many; 0 for none). less_twin, less_placebo, less_same-answer: the student's figure less theirs, paired
    by seed, with an interval of the same kind, its `Verdict` (says), and its numbers of seeds and images.
    The twin of a run that has none is the one of `arms_by_run`.
    """
    fields = point_fields(study)
    runs = arms_by_run(study, rows)
    found = []
    for key, arms in _points(fields, rows).items():
        for arm, of_arm in arms.items():
            place = {**dict(zip(fields, key, strict=True)), "arm": arm}
            others = _others(of_arm, runs) if arm == "student" else {}
            found += [{**place, **figures} for figures in _figures(of_arm, others, surveys)]
    return pd.DataFrame(found, columns=[*fields, "arm", *_COLUMNS])


def point_fields(study: Study) -> list[str]:
    """The columns that tell a grid point: all that varies but the seed."""
    return [field for field in setting_columns(study) if field != "seed"]


_COLUMNS = [
    "figure", "seeds", "images", "mean", "sd", "low", "high",
    *(f"less_{other}{part}" for other in OTHERS
      for part in ("", "_low", "_high", "_says", "_seeds", "_images")),
]  # fmt: skip


def _points(fields: Sequence[str], rows: pd.DataFrame) -> dict[_Key, dict[str, dict[int, Row]]]:
    """The rows by grid point, arm and seed. The teacher is one network, whatever the seed: one row."""
    points: dict[_Key, dict[str, dict[int, Row]]] = {}
    for row in records(rows):
        of_arm = points.setdefault(tuple(row[field] for field in fields), {}).setdefault(row["arm"], {})
        if row["arm"] != "teacher" or not of_arm:
            of_arm[row["seed"]] = row
    return points


def _others(students: _BySeed, runs: Mapping[str, Mapping[Arm, Row]]) -> dict[Arm, _BySeed]:
    """By seed, the rows of those arms of the students' runs that a student is compared with."""
    found = {
        other: {seed: runs[row["run"]][other] for seed, row in students.items() if other in runs[row["run"]]}
        for other in OTHERS
    }
    return {other: by_seed for other, by_seed in found.items() if by_seed}


def _figures(rows: _BySeed, others: Mapping[Arm, _BySeed], surveys: Surveys) -> Iterator[dict[str, Any]]:
    for figure, about in FIGURES.items():
        known = {seed: row for seed, row in rows.items() if isfinite(row[figure])}
        if not known:
            continue
        scores = _scores(list(known.values()), figure, surveys)
        mean = hierarchical_bootstrap(scores)
        deviation = (
            float(np.std([row[figure] for row in known.values()], ddof=1)) if len(known) > 1 else np.nan
        )
        found = {
            "figure": figure, "seeds": len(known), "images": _images(scores),
            "mean": mean.value, "sd": deviation, "low": mean.low, "high": mean.high,
        }  # fmt: skip
        for name, other in others.items():
            found |= _difference(name, known, other, figure, about.better, surveys)
        yield found


def _difference(
    name: str, rows: _BySeed, others: _BySeed, figure: str, better: int, surveys: Surveys
) -> dict[str, Any]:
    """The figure less that of the other arm, over the seeds that both have."""
    seeds = [seed for seed in rows if seed in others and isfinite(others[seed][figure])]
    if not seeds:
        return {}
    ours, theirs = (_scores([of[seed] for seed in seeds], figure, surveys) for of in (rows, others))
    if ours.shape != theirs.shape:
        ours, theirs = (_scores([of[seed] for seed in seeds], figure, _no_survey) for of in (rows, others))
    found = hierarchical_bootstrap(ours - theirs)
    return {
        f"less_{name}": found.value,
        f"less_{name}_low": found.low,
        f"less_{name}_high": found.high,
        f"less_{name}_says": verdict(found, better=better).value,
        f"less_{name}_seeds": len(seeds),
        f"less_{name}_images": _images(ours),
    }


# --- image by image -----------------------------------------------------------------------------


def _scores(rows: Sequence[Row], figure: str, surveys: Surveys) -> NDArray[np.float64]:
    """(S, n) a row a seed and a column an image where that is known of all; else (S, 1) the figures."""
    of_images = [_image_scores(row, figure, surveys) for row in rows]
    known = [scores for scores in of_images if scores is not None]
    if len(known) == len(rows) and len({len(scores) for scores in known}) == 1:
        return np.stack(known)
    return np.array([[row[figure]] for row in rows], dtype=np.float64)


def _image_scores(row: Row, figure: str, surveys: Surveys) -> NDArray[np.float64] | None:
    """(n,) what each image of the run's survey brings to a figure; None where that is not known."""
    found = surveys(row["run"])
    if found is None:
        return None
    if figure == "accuracy":
        return found.right(row["arm"]).astype(np.float64)
    if figure == "fidelity":
        return found.faithful(row["arm"]).astype(np.float64)
    if figure == "agreement":
        return found.scores[row["arm"]]["cosine"].corrected
    return None


def _images(scores: NDArray[np.float64]) -> int:
    return scores.shape[1] if scores.shape[1] > 1 else 0


def _no_survey(run: str) -> None:
    return None
