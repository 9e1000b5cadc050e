"""What a run has gained over its parent, from which it went on, answer by answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kdviz.cli.child import in_child
from kdviz.cli.printing import print_line, print_table
from kdviz.jobs import choose_kernels
from kdviz.language import decimal, subject
from kdviz.progress import run_to_end
from kdviz.store import Run, Store
from kdviz.types import INPUT_NAMES

if TYPE_CHECKING:
    from kdviz.comparison import AnswerChanges

Changes = dict[tuple[str, str], "AnswerChanges"]


def changes_to_parents(store: Store, runs: Sequence[Run]) -> Changes:
    """For each finished run whose parent is among the runs: (parent, run) -> the student's changed answers.

    Computes surveys that are not stored yet, in a child process.
    """
    ids = {run.id for run in runs if run.results}
    pairs = [(run.config.parent, run.id) for run in runs if run.id in ids and run.config.parent in ids]
    if not pairs:
        return {}
    in_child()
    choose_kernels()
    from kdviz.comparison import answer_changes, survey

    found = {run_id: run_to_end(survey(store, run_id)) for pair in pairs for run_id in pair if run_id}
    return {(parent, run): answer_changes(found[parent], found[run]) for parent, run in pairs if parent}


def print_changes(changes: Changes) -> None:
    """A sentence and a table of classes for each pair."""
    from kdviz.narrative import answer_changes_text

    for (parent, run), each in changes.items():
        print_line(f"\n{parent} → {run}, student: {answer_changes_text(each).replace('**', '')}")
        print_table(
            ("class", INPUT_NAMES[subject()], "accuracy before", "after", "mended", "broken"),
            [
                (row.name, row.images, decimal(row.before, 3), decimal(row.after, 3), row.mended, row.broken)
                for row in each.classes
            ],
        )


def changes_json(changes: Changes) -> list[dict[str, Any]]:
    """The same as JSON types."""
    return [
        {
            "parent": parent,
            "run": run,
            "images": each.images,
            "mended": each.mended.tolist(),
            "broken": each.broken.tolist(),
            "accuracy": vars(each.accuracy),
            "classes": [vars(row) for row in each.classes],
        }
        for (parent, run), each in changes.items()
    ]
