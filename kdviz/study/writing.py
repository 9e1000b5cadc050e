"""A study's results as files: tables as CSV and Parquet, a summary in Markdown, a picture for a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from kdviz.errors import KdvizError
from kdviz.figures.charts import study_png
from kdviz.language import decimal, with_interval
from kdviz.study.panels import study_info
from kdviz.study.plan import Study
from kdviz.study.summary import OTHERS, point_fields
from kdviz.study.table import FIGURES, records

_COMPARED = ("accuracy", "agreement", "agreement_untrained", "fidelity")
"""Figures whose differences are printed; the other differences are in the files."""


_NOTHING = "–"


def write_results(out: Path, study: Study, rows: pd.DataFrame, summary: pd.DataFrame) -> dict[str, Path]:
    """Writes runs.csv, runs.parquet, summary.csv, summary.parquet, summary.md and figure.png into a folder.

    There is no figure of a study of which no run has worked. Returns the files by name. Raises KdvizError
    where they cannot be written.
    """
    files = {name: out / name for name in ("runs.csv", "runs.parquet", "summary.csv", "summary.parquet")}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for stem, table in (("runs", rows), ("summary", summary)):
            table.to_csv(files[f"{stem}.csv"], index=False)
            # A setting may hold words for some runs and numbers for others: Parquet wants one kind a column.
            _of_one_kind(table).to_parquet(files[f"{stem}.parquet"], index=False)
        files["summary.md"] = out / "summary.md"
        files["summary.md"].write_text(markdown(study, rows, summary), encoding="utf-8")
        if len(summary):
            files["figure.png"] = out / "figure.png"
            files["figure.png"].write_bytes(study_png(study_info(study, rows, summary)))
    except OSError as error:
        said = error.strerror or str(error)
        raise KdvizError(f"out: {str(out)!r} cannot be written: {said}. Name another folder.") from error
    return files


def markdown(study: Study, rows: pd.DataFrame, summary: pd.DataFrame) -> str:
    """The summary for a document: means over seeds, and the student less its twin and placebo."""
    runs = rows.drop_duplicates("run")
    seconds = f", {runs['seconds'].min():.0f} to {runs['seconds'].max():.0f} s each" if len(runs) else ""
    parts = [
        f"# {study.name}",
        *([study.about.strip()] if study.about else []),
        f"{len(runs)} runs{seconds}.",
    ]
    if len(summary):
        parts += [
            "## Figures",
            "Mean over seeds, with its 95 % interval.",
            markdown_table(figure_rows(study, summary)),
        ]
        if differences := list(difference_rows(study, summary)):
            parts += ["## The student less its twin, and less its placebo", _HOW, markdown_table(differences)]
    return "\n\n".join(parts) + "\n"


_HOW = (
    "Seed by seed, with a 95 % interval. Of many differences that are not there, one in twenty will look as "
    "if it were."
)


def figure_rows(study: Study, summary: pd.DataFrame) -> list[dict[str, str]]:
    """One row a grid point and arm, a column a figure that any of them has; each teacher once."""
    labels = [about.label for name, about in FIGURES.items() if (summary["figure"] == name).any()]
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in records(summary):
        place = _place(study, summary, row)
        empty = {**place, "seeds": str(row["seeds"]), **dict.fromkeys(labels, _NOTHING)}
        cells = found.setdefault(tuple(place.values()), empty)
        cells[FIGURES[row["figure"]].label] = _estimate(row["mean"], row["low"], row["high"])
    teachers: set[tuple[str, ...]] = set()
    return [row for row in found.values() if row["arm"] != "teacher" or _is_new(row, labels, teachers)]


def _is_new(row: Mapping[str, str], labels: Sequence[str], seen: set[tuple[str, ...]]) -> bool:
    figures = tuple(row[label] for label in labels)
    new = figures not in seen
    seen.add(figures)
    return new


def difference_rows(study: Study, summary: pd.DataFrame) -> Iterator[dict[str, str]]:
    """One row a grid point and figure: the student less its twin, and less its placebo."""
    for row in records(summary):
        known = [other for other in OTHERS if isinstance(row[f"less_{other}_says"], str)]
        if row["figure"] in _COMPARED and known:
            place = {name: cell for name, cell in _place(study, summary, row).items() if name != "arm"}
            cells = {"figure": FIGURES[row["figure"]].label}
            for other in known:
                of = f"less_{other}"
                cells[f"less {other}"] = _estimate(row[of], row[f"{of}_low"], row[f"{of}_high"], sign="+")
                cells[f"than its {other}"] = row[f"{of}_says"]
            yield {**place, **cells}


def _place(study: Study, summary: pd.DataFrame, row: Mapping[str, Any]) -> dict[str, str]:
    """What tells the row's grid point from others; not what is the same for all or in the pair's name."""
    said = {field for pair in study.pairs for field in pair}
    fields = [each for each in point_fields(study) if each not in said and summary[each].nunique() > 1]
    names = {"explanation_weight": "λ", "explanation_loss": "loss"}
    place = {names.get(field, field.replace("_", " ")): _word(row[field]) for field in fields}
    if row["arm"] == "teacher":
        place |= {name: _NOTHING for name in ("λ", "loss") if name in place}
    return {**place, "arm": row["arm"]}


def markdown_table(rows: Sequence[Mapping[str, str]]) -> str:
    """A Markdown table; a cell that a row does not have is a dash."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [[row.get(name, _NOTHING).replace("|", "\\|") for name in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [columns, ["---"] * len(columns), *lines])


def _estimate(value: float, low: float, high: float, *, sign: str = "") -> str:
    told, *ends = (decimal(each, f"{sign}z.3f") for each in (value, low, high))
    return with_interval(told, *ends) if isfinite(low) else told


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _of_one_kind(table: pd.DataFrame) -> pd.DataFrame:
    mixed = [name for name in table if table[name].map(type).nunique() > 1 and table[name].dtype == object]
    return table.astype(dict.fromkeys(mixed, "string"))
