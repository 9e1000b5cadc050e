"""The results of a study as files: tables in CSV and Parquet, a summary in Markdown, a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from kdviz.agreement import Verdict
from kdviz.errors import output_errors
from kdviz.figures.charts import study_png
from kdviz.language import _, decimal, percentage, with_interval
from kdviz.narrative import verdict_over_seeds, verdict_with_images
from kdviz.replacing import replaced, write_atomically
from kdviz.study.panels import study_info
from kdviz.study.plan import Study
from kdviz.study.summary import CONTROLS, point_fields
from kdviz.study.table import FIGURES, Row, records

_COMPARED = ("accuracy", "agreement", "agreement_untrained", "fidelity")
"""Figures whose differences are printed; all differences are in the files."""


_NOTHING = "–"

Form = Callable[[str, str, str], str]
"""A value with the ends of its interval, as one text."""


def write_results(out: Path, study: Study, rows: pd.DataFrame, summary: pd.DataFrame) -> dict[str, Path]:
    """Write runs.csv, runs.parquet, summary.csv, summary.parquet, summary.md and figure.png into a folder.

    Without a finished run there is no figure. Returns the paths by file name. Raises KdvizError if they
    cannot be written.
    """
    make_folder(out)
    files = {name: out / name for name in ("runs.csv", "runs.parquet", "summary.csv", "summary.parquet")}
    with output_errors(out, "folder"):
        for stem, table in (("runs", rows), ("summary", summary)):
            with replaced(files[f"{stem}.csv"]) as unfinished:
                table.to_csv(unfinished, index=False)
            # A setting may mix text and numbers; Parquet needs one type per column.
            with replaced(files[f"{stem}.parquet"]) as unfinished:
                _one_type_a_column(table).to_parquet(unfinished, index=False)
        files["summary.md"] = out / "summary.md"
        write_atomically(files["summary.md"], markdown(study, rows, summary).encode())
        if len(summary):
            files["figure.png"] = out / "figure.png"
            write_atomically(files["figure.png"], study_png(study_info(study, rows, summary)))
    return files


def make_folder(out: Path) -> None:
    """Create the folder unless it exists. Raises KdvizError if it cannot be created."""
    with output_errors(out, "folder"):
        out.mkdir(parents=True, exist_ok=True)


def markdown(study: Study, rows: pd.DataFrame, summary: pd.DataFrame) -> str:
    """The summary in Markdown: means over seeds, and differences of the student from twin and placebo."""
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
            interval_note(summary),
            markdown_table(with_headers(figure_rows(study, summary))),
        ]
        if differences := list(difference_rows(study, summary)):
            parts += [
                _differences_heading(differences),
                _INTERVAL_NOTE,
                markdown_table(with_headers(differences)),
            ]
    return "\n\n".join(parts) + "\n"


def _differences_heading(rows: Sequence[Mapping[str, str]]) -> str:
    """A heading with the controls that the study has."""
    known = {name for row in rows for name in row}
    return "## " + ", ".join(f"Student − {other}" for other in CONTROLS if f"less_{other}" in known)


def interval_note(summary: pd.DataFrame) -> str:
    """What the intervals of the means cover: seeds, and images where scores of images are known."""
    images = int(summary["images"].max())
    if not images:
        return "Mean over seeds, with its 95 % interval over seeds alone."
    return (
        "Mean over seeds, with its 95 % interval over seeds, and for accuracy, agreement and fidelity also "
        f"over {images:,} test images."
    )


_INTERVAL_NOTE = (
    "Paired by seed, with a 95 % interval. Not corrected for multiple comparisons: without any effect, about "
    "one interval in twenty excludes 0."
)


def figure_rows(study: Study, summary: pd.DataFrame, *, form: Form = with_interval) -> list[dict[str, str]]:
    """One row per grid point and arm; each teacher once.

    By column name: the settings that vary, "arm", "seeds", and the figures that any row has, as text.
    form: of a figure with an interval.
    """
    names = [name for name in FIGURES if (summary["figure"] == name).any()]
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in records(summary):
        place = _place(study, summary, row)
        empty = {**place, "seeds": str(row["seeds"]), **dict.fromkeys(names, _NOTHING)}
        cells = found.setdefault(tuple(place.values()), empty)
        cells[row["figure"]] = _estimate(row["figure"], row["mean"], row["low"], row["high"], form)
    teachers: set[tuple[str, ...]] = set()
    return [row for row in found.values() if row["arm"] != "teacher" or _is_new(row, names, teachers)]


def _is_new(row: Mapping[str, str], names: Sequence[str], known: set[tuple[str, ...]]) -> bool:
    figures = tuple(row[name] for name in names)
    new = figures not in known
    known.add(figures)
    return new


def difference_rows(study: Study, summary: pd.DataFrame) -> Iterator[dict[str, str]]:
    """One row per grid point and figure: student − twin, student − placebo, and their verdicts.

    By column name: the settings that vary, "figure" (a name in `FIGURES`), "less_twin", "less_twin_says", …
    """
    for row in records(summary):
        known = [other for other in CONTROLS if isinstance(row[f"less_{other}_says"], str)]
        if row["figure"] in _COMPARED and known:
            place = {name: cell for name, cell in _place(study, summary, row).items() if name != "arm"}
            cells = {"figure": row["figure"]}
            for other in known:
                of = f"less_{other}"
                cells[of] = _difference(row, of, with_interval)
                cells[f"{of}_says"] = _verdict(row, of)
            yield {**place, **cells}


def differences_by_point(
    study: Study, summary: pd.DataFrame, *, form: Form = with_interval
) -> list[dict[str, str]]:
    """One row per grid point and control: how far the student is above it, figure by figure.

    By column name: the settings that vary, "control" (an arm), and figures. A verdict is in a cell only where
    it is not that the student is better. form: of a difference with an interval.
    """
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in records(summary):
        known = [other for other in CONTROLS if isinstance(row[f"less_{other}_says"], str)]
        for other in known if row["figure"] in _COMPARED else ():
            place = {**_place(study, summary, row), "control": other}
            del place["arm"]
            cells = found.setdefault(tuple(place.values()), place)
            cells[row["figure"]] = _with_verdict(row, f"less_{other}", form)
    return list(found.values())


def _with_verdict(row: Row, of: str, form: Form) -> str:
    difference = _difference(row, of, form)
    if Verdict(row[f"{of}_says"]) is Verdict.BETTER:
        return difference
    return _("{difference}: {verdict}").format(difference=difference, verdict=_verdict(row, of))


def _verdict(row: Row, of: str) -> str:
    """The verdict on a difference in words, with the numbers of seeds and images."""
    verdict, seeds, images = Verdict(row[f"{of}_says"]), int(row[f"{of}_seeds"]), int(row[f"{of}_images"])
    if images:
        return verdict_with_images(verdict, images=images, seeds=seeds)
    return verdict_over_seeds(verdict, seeds=seeds)


def _place(study: Study, summary: pd.DataFrame, row: Row) -> dict[str, str]:
    """The settings that identify the row's grid point; not constant ones or fields of `pairs`."""
    excluded = {field for pair in study.pairs for field in pair}
    fields = [each for each in point_fields(study) if each not in excluded and summary[each].nunique() > 1]
    place = {field: _word(row[field]) for field in fields}
    if row["arm"] == "teacher":
        place |= {name: _NOTHING for name in ("explanation_weight", "explanation_loss") if name in place}
    return {**place, "arm": row["arm"]}


def with_headers(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows with English column headers and names of figures, for files and the terminal."""
    return [
        {_header(name): FIGURES[cell].label if name == "figure" else cell for name, cell in row.items()}
        for row in rows
    ]


def _header(name: str) -> str:
    if name in FIGURES:
        return FIGURES[name].label
    known = {"explanation_weight": "λ", "explanation_loss": "loss"}
    for other in CONTROLS:
        known |= {f"less_{other}": f"student − {other}", f"less_{other}_says": f"compared to {other}"}
    return known.get(name, name.replace("_", " "))


def markdown_table(rows: Sequence[Mapping[str, str]]) -> str:
    """A Markdown table; missing cells are dashes."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [[row.get(name, _NOTHING).replace("|", "\\|") for name in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [columns, ["---"] * len(columns), *lines])


def _estimate(figure: str, value: float, low: float, high: float, form: Form) -> str:
    if FIGURES[figure].unit == "share":
        text, *ends = (percentage(value), *(decimal(100 * end, 1) for end in (low, high)))
    else:
        text, *ends = (decimal(each, 3) for each in (value, low, high))
    return form(text, *ends) if isfinite(low) else text


def _difference(row: Row, of: str, form: Form) -> str:
    """A difference of shares is in percentage points. of: its column."""
    points = FIGURES[row["figure"]].unit == "share"
    factor, digits = (100, 1) if points else (1, 3)
    values = (row[f"{of}{part}"] for part in ("", "_low", "_high"))
    text, *ends = (decimal(factor * each, digits, sign=True) for each in values)
    text = _("{points} points").format(points=text) if points else text
    return form(text, *ends) if isfinite(row[f"{of}_low"]) else text


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _one_type_a_column(table: pd.DataFrame) -> pd.DataFrame:
    mixed = [name for name in table if table[name].map(type).nunique() > 1 and table[name].dtype == object]
    return table.astype(dict.fromkeys(mixed, "string"))
