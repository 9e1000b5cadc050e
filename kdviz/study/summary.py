"""Means of a study over seeds, with intervals, and differences of the student from its controls."""

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
"""Returns the survey of a run, by its id, or None."""

CONTROLS: tuple[Arm, ...] = ("twin", "placebo", "same-answer")
"""The arms that a student is compared with."""

_BySeed = Mapping[int, Row]  # of one arm at one grid point
_Key = tuple[Any, ...]  # a value for each field of a grid point


def summary_table(study: Study, rows: pd.DataFrame, surveys: Surveys = lambda run: None) -> pd.DataFrame:
    """One row per grid point, arm and figure, over the seeds for which it is defined.

    mean, sd: sd is between seeds, NaN for one. low, high: 95 % interval of the mean by
    `hierarchical_bootstrap`: over seeds, and over images too if every run has a survey (images: their
    number, else 0). less_twin, less_placebo, less_same-answer: differences of the student from its controls,
    paired by seed, each with such an interval, its `Verdict` (says), and its numbers of seeds and images.
    Twins of runs without one are those of `arms_by_run`.
    """
    fields = point_fields(study)
    runs = arms_by_run(study, rows)
    found = []
    for key, arms in _points(fields, rows).items():
        for arm, of_arm in arms.items():
            place = {**dict(zip(fields, key, strict=True)), "arm": arm}
            controls = _controls(of_arm, runs) if arm == "student" else {}
            found += [{**place, **figures} for figures in _figures(of_arm, controls, surveys)]
    return pd.DataFrame(found, columns=[*fields, "arm", *_COLUMNS])


def point_fields(study: Study) -> list[str]:
    """The columns that identify a grid point: everything that varies except the seed."""
    return [field for field in setting_columns(study) if field != "seed"]


_COLUMNS = [
    "figure", "seeds", "images", "mean", "sd", "low", "high",
    *(f"less_{other}{part}" for other in CONTROLS
      for part in ("", "_low", "_high", "_says", "_seeds", "_images")),
]  # fmt: skip


def _points(fields: Sequence[str], rows: pd.DataFrame) -> dict[_Key, dict[str, dict[int, Row]]]:
    """The rows by grid point, arm and seed. The teacher is the same for all seeds: one row."""
    points: dict[_Key, dict[str, dict[int, Row]]] = {}
    for row in records(rows):
        of_arm = points.setdefault(tuple(row[field] for field in fields), {}).setdefault(row["arm"], {})
        if row["arm"] != "teacher" or not of_arm:
            of_arm[row["seed"]] = row
    return points


def _controls(students: _BySeed, runs: Mapping[str, Mapping[Arm, Row]]) -> dict[Arm, _BySeed]:
    """The rows of the students' controls, by arm and seed."""
    found = {
        arm: {seed: runs[row["run"]][arm] for seed, row in students.items() if arm in runs[row["run"]]}
        for arm in CONTROLS
    }
    return {arm: by_seed for arm, by_seed in found.items() if by_seed}


def _figures(rows: _BySeed, controls: Mapping[Arm, _BySeed], surveys: Surveys) -> Iterator[dict[str, Any]]:
    for figure, about in FIGURES.items():
        known = {seed: row for seed, row in rows.items() if isfinite(row[figure])}
        if not known:
            continue
        scores = _scores(list(known.values()), figure, surveys)
        mean = about.possible(hierarchical_bootstrap(scores))
        deviation = (
            float(np.std([row[figure] for row in known.values()], ddof=1)) if len(known) > 1 else np.nan
        )
        found = {
            "figure": figure, "seeds": len(known), "images": _images(scores),
            "mean": mean.value, "sd": deviation, "low": mean.low, "high": mean.high,
        }  # fmt: skip
        for name, control in controls.items():
            found |= _difference(name, known, control, figure, about.better, surveys)
        yield found


def _difference(
    name: str, students: _BySeed, controls: _BySeed, figure: str, better: int, surveys: Surveys
) -> dict[str, Any]:
    """The difference of a figure between student and control, over the seeds that both have."""
    seeds = [seed for seed in students if seed in controls and isfinite(controls[seed][figure])]
    if not seeds:
        return {}
    pair = [[rows[seed] for seed in seeds] for rows in (students, controls)]
    student, control = (_scores(rows, figure, surveys) for rows in pair)
    if student.shape != control.shape:
        student, control = (_scores(rows, figure, lambda run: None) for rows in pair)
    found = hierarchical_bootstrap(student - control)
    return {
        f"less_{name}": found.value,
        f"less_{name}_low": found.low,
        f"less_{name}_high": found.high,
        f"less_{name}_says": verdict(found, better=better).value,
        f"less_{name}_seeds": len(seeds),
        f"less_{name}_images": _images(student),
    }


# --- image by image -----------------------------------------------------------------------------


def _scores(rows: Sequence[Row], figure: str, surveys: Surveys) -> NDArray[np.float64]:
    """(S, n), seeds × images, if scores of images are known for all seeds; else (S, 1), the figures."""
    of_images = [_image_scores(row, figure, surveys) for row in rows]
    known = [scores for scores in of_images if scores is not None]
    if len(known) == len(rows) and len({len(scores) for scores in known}) == 1:
        return np.stack(known)
    return np.array([[row[figure]] for row in rows], dtype=np.float64)


def _image_scores(row: Row, figure: str, surveys: Surveys) -> NDArray[np.float64] | None:
    """(n,), a figure for each image of the run's survey; None if unknown."""
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
