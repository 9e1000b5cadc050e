"""The columns of a table of texts: as they are given, and recognized where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kdviz.datasets.rationale import is_list
from kdviz.errors import DataError, unknown_name
from kdviz.types import NO_COLUMN, TextColumns

MAX_CLASSES = 200

_TEXT_NAMES = (
    "text", "sentence", "review", "content", "message", "utterance", "query", "question", "comment", "body",
    "tweet", "文本", "句子", "内容",
)  # fmt: skip
_LABEL_NAMES = (
    "label", "class", "category", "sentiment", "intent", "target", "topic", "polarity", "y", "标签", "类别",
)  # fmt: skip
_SPLIT_NAMES = ("split", "set", "partition")
_RATIONALE_NAMES = (
    "rationale", "rationales", "evidence", "evidences", "spans", "highlights", "selected_text", "依据",
)  # fmt: skip

Row = Sequence[str]


class ColumnPlaces(NamedTuple):
    """The numbers of columns; None where there is none. guessed: whether the rationale was recognized."""

    text: int | None
    label: int | None
    split: int | None
    rationale: int | None
    guessed: bool


def column_places(names: Sequence[str], rows: Sequence[Row], given: TextColumns) -> ColumnPlaces:
    """Where texts, labels, splits and rationales are. Raises DataError for a name that no column has.

    What is not given is recognized: by a usual name, else the label is the column with the fewest values that
    repeat, and the text the longest of the others. A rationale is recognized by its name alone.
    """
    text, label = _asked("text", given.text, names), _asked("label", given.label, names)
    split = _asked("split", given.split, names, NO_COLUMN)
    rationale = _asked("rationale", given.rationale, names, NO_COLUMN)
    _check_apart({"text": text, "label": label, "split": split, "rationale": rationale}, names)
    taken = {text, label, split, rationale}
    if split is None and given.split is None:
        split = _named(names, _SPLIT_NAMES, taken)
    spans = _named(names, _RATIONALE_NAMES, {*taken, split}) if given.rationale is None else None
    closed = {split, rationale, spans if spans is not None and _lists(rows, spans) else None}
    free = [place for place in range(len(names)) if place not in closed]
    if label is None:
        label = _named(names, _LABEL_NAMES, {*closed, text})
    if text is None:
        text = _named(names, _TEXT_NAMES, {*closed, label})
    if label is None:
        label = label_column(rows, [place for place in free if place != text])
    if text is None and label is not None:
        text = _longest(rows, [place for place in free if place != label])
    guessed = rationale is None and spans not in (None, text, label)
    return ColumnPlaces(text, label, split, spans if guessed else rationale, guessed)


def has_usual_name(row: Row) -> bool:
    """Whether a cell is a usual name of a column of texts or labels."""
    return any(cell.lower() in (*_TEXT_NAMES, *_LABEL_NAMES) for cell in row)


def label_column(rows: Sequence[Row], places: Sequence[int] | range) -> int | None:
    """The column with the fewest values, at least two, each in two rows on average; None without one."""
    counts = {place: len({row[place] for row in rows if row[place]}) for place in places}
    fitting = {place: n for place, n in counts.items() if 2 <= n <= min(MAX_CLASSES, len(rows) / 2)}
    return min(fitting, key=lambda place: fitting[place]) if fitting else None


def _asked(role: str, name: str | None, names: Sequence[str], *others: str) -> int | None:
    """The number of a given column; None if none is given. others: names that stand for no column."""
    if name is None or name in others:
        return None
    if name not in names:
        raise DataError(unknown_name(f"{role}_column", name, [*names, *others]))
    return names.index(name)


def _check_apart(given: dict[str, int | None], names: Sequence[str]) -> None:
    seen: dict[int, str] = {}
    for role, place in given.items():
        if place is None:
            continue
        if place in seen:
            raise DataError(
                f"{role}_column: {names[place]!r} is the {seen[place]}_column too. Choose another for one of "
                f"them: {', '.join(names)}."
            )
        seen[place] = role


def _named(names: Sequence[str], known: Sequence[str], taken: set[int | None]) -> int | None:
    lowered = ["" if place in taken else name.lower() for place, name in enumerate(names)]
    return next((lowered.index(each) for each in known if each in lowered), None)


def _longest(rows: Sequence[Row], places: Sequence[int]) -> int | None:
    return max(places, key=lambda place: sum(len(row[place]) for row in rows), default=None)


def _lists(rows: Sequence[Row], place: int) -> bool:
    """Whether what a column holds are lists."""
    return all(is_list(row[place]) for row in rows if row[place])
