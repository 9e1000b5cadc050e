"""What to know about a user's own texts before a run: labels, copies, few test texts, unknown words."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kdviz.datasets.few_tests import FEW_TESTS, accuracy_reach
from kdviz.datasets.file_source import printable
from kdviz.datasets.layout import effective_splits
from kdviz.datasets.text_table import TextRow
from kdviz.notes import (
    few_texts_note,
    labels_alike_note,
    text_copies_note,
    trained_on_note,
    unknown_texts_note,
)
from kdviz.types import IntArray
from kdviz.vocabulary import is_mostly_unknown, words_of

_MOSTLY = 0.05
"""Share of texts of mostly unknown words above which this is said. Of packaged English texts, 0.4 % are."""

_NAMED, _LETTERS = 3, 60
"""Groups of labels that are named, and letters of a text that is quoted."""


def alike_labels(rows: Sequence[TextRow]) -> Iterator[str]:
    """A note on labels that differ only in case, spaces or the way an accent is stored; none without any."""
    spelled: defaultdict[str, set[str]] = defaultdict(set)
    counts = Counter(row.label for row in rows)
    for label in counts:
        spelled[" ".join(unicodedata.normalize("NFKC", label).casefold().split())].add(label)
    groups = [
        ", ".join(f"{printable(label)!r} ({counts[label]:,})" for label in sorted(labels))
        for labels in spelled.values()
        if len(labels) > 1
    ]
    if groups:
        named = [*groups[:_NAMED], *(["…"] if len(groups) > _NAMED else [])]
        yield str(labels_alike_note("; ".join(named)))


def copied_texts(rows: Sequence[TextRow]) -> Iterator[str]:
    """A note on texts that occur more than once, letter by letter; none without any."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.text].append(place)
    several = [found for found in places.values() if len(found) > 1]
    if several:
        splits = effective_splits([row.split for row in rows])
        count = sum(map(len, several)) - len(several)
        both = sum({"train", "test"} <= {splits[place] for place in found} for found in several)
        conflicting = sum(len({rows[place].label for place in found}) > 1 for found in several)
        yield str(text_copies_note(count, both, conflicting))


def split_warnings(rows: Sequence[TextRow], places: Mapping[str, IntArray], length: int) -> list[str]:
    """What to know about texts that are split, a sentence each.

    rows: each text once. places: of the rows of each split. length: words that are read of a text.
    """
    return [
        *_few_tests(rows, places["test"].tolist()),
        *_trained_on(rows, places, length),
        *_unknown(rows, length),
    ]


def _few_tests(rows: Sequence[TextRow], test: Sequence[int]) -> Iterator[str]:
    """As of images: some class has few, so that its share is hardly known."""
    of_class = Counter({row.label: 0 for row in rows})
    of_class.update(rows[place].label for place in test)
    if min(of_class.values()) < FEW_TESTS:
        yield str(few_texts_note(len(test), FEW_TESTS, accuracy_reach(len(test))))


def _trained_on(rows: Sequence[TextRow], places: Mapping[str, IntArray], length: int) -> Iterator[str]:
    """Networks read words in lower case: texts of the same words are the same input to them."""

    def words_read(place: int) -> tuple[str, ...]:
        return tuple(word.text.lower() for word in words_of(rows[place].text)[:length])

    trained = {words_read(place) for place in places["train"].tolist()}
    found = [place for place in places["test"].tolist() if words_read(place) in trained]
    if found:
        text = printable(rows[found[0]].text)
        shown = text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"
        yield str(trained_on_note(len(found), len(places["test"]), repr(shown)))


def _unknown(rows: Sequence[TextRow], length: int) -> Iterator[str]:
    read = ([word.text for word in words_of(row.text)[:length]] for row in rows)
    count = sum(map(is_mostly_unknown, read))
    if count > _MOSTLY * len(rows):
        yield str(unknown_texts_note(count, len(rows)))
