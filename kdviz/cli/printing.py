"""Output of the commands: tables for people, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kdviz.comparison import trained_explainer
from kdviz.datasets import DATASETS
from kdviz.language import decimal, speaking_of
from kdviz.museum.mistakes import MISTAKES
from kdviz.narrative import details, headline, score_text, training_caveat
from kdviz.store import Run, Store, grouped, to_plain
from kdviz.types import Arm, ArmResult, Interval

_OUT = Console()


def print_json(value: Any) -> None:
    """JSON on one line; NaN is null."""
    print(json.dumps(_plain(value), ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
    """A table. Cells are plain text, not markup."""
    table = Table(title=title or None, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, no_wrap=place == 0)  # an id must stay in one piece to be copied
    for row in rows:
        table.add_row(*(str(cell).replace("[", r"\[") for cell in row))
    _OUT.print(table)


def print_results(store: Store, run: Run, test_counts: Sequence[int] = ()) -> None:
    """The results of a finished run as a table, and its findings in sentences; else why there are none.

    test_counts: the number of test images of each class; without, nobody knows whether a teacher guesses.
    """
    with speaking_of(DATASETS[run.config.dataset].modality):
        _print_results(store, run, test_counts)


def print_line(text: str) -> None:
    """One line of plain text, not wrapped."""
    _OUT.print(text, markup=False, highlight=False, soft_wrap=True)


def print_mistake(run: Run) -> None:
    """A warning, if the run was trained with a deliberate mistake."""
    if run.config.mistake != "none":
        print_line(f"MISTAKE {run.config.mistake}, made on purpose. {MISTAKES[run.config.mistake].about}")


def print_saved(path: Path) -> None:
    """Path and size of a file that was written."""
    print_line(f"Saved {path} ({path.stat().st_size / 1024:.0f} KiB).")


def results_json(run: Run) -> dict[str, Any] | None:
    """The results by arm as JSON types; None before the run has finished."""
    return None if run.results is None else to_plain(run.results)


def _print_results(store: Store, run: Run, test_counts: Sequence[int]) -> None:
    results = run.results
    caveat = training_caveat(run, grouped(store.metrics(run.id)), test_counts)
    if results is None:
        if caveat and run.ended:
            print_line(caveat)
        return
    cue = any(math.isfinite(result.intact_accuracy) for result in results.values())
    accuracy = ("accuracy, random cue", "cue helps", "follows a wrong cue") if cue else ("accuracy",)
    print_table(
        ("arm", "parameters", *accuracy, "fidelity", "agreement (95 %)", "held-out explainer (95 %)"),
        [_cells(arm, result, cue=cue) for arm, result in results.items()],
    )
    first = headline(results, trained_on=trained_explainer(run.config), caveat=caveat)
    for sentence in (first, *details(results)):
        print_line(sentence)


def _cells(arm: Arm, result: ArmResult, *, cue: bool) -> list[str]:
    intact = [_number(result.intact_accuracy), _number(result.cue_followed)] if cue else []
    return [
        arm, f"{result.parameters:,}", _number(result.accuracy), *intact, _number(result.fidelity),
        _interval(result.cosine.interval), _interval(result.held_out.interval),
    ]  # fmt: skip


def _number(value: float) -> str:
    return decimal(value, 3) if math.isfinite(value) else "–"


def _interval(score: Interval) -> str:
    return score_text(score) if math.isfinite(score.value) else "–"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
