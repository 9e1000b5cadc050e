"""Write the packaged vocabulary and texts from downloads: `python scripts/pack_texts.py DOWNLOADS`.

DOWNLOADS holds glove20k_50d_int8.npz (the 20,000 most frequent words of Stanford's glove.6B.50d: int8
vectors, a scale each, words joined by newlines), the three files of "Sentiment Labelled Sentences" (UCI 331),
Banking77's train.csv and test.csv, and the paired files of the counterfactually augmented IMDb.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from kdviz.datasets.packaged_texts import REVIEW_LENGTH, packaged_texts_file
from kdviz.vocabulary import words_of

HERE = Path(__file__).parents[1] / "kdviz"
DOMAINS = {"amazon": "amazon_cells", "imdb": "imdb", "yelp": "yelp"}
INTENTS, QUESTIONS_EACH = 10, 168
VALIDATION_EVERY = 6


def main(downloads: Path) -> None:
    """Write all files."""
    with np.load(downloads / "glove20k_50d_int8.npz", allow_pickle=False) as arrays:
        words = np.frombuffer(str(arrays["words"]).encode(), np.uint8)
        vectors, scale = arrays["vectors"], arrays["scale"].reshape(-1).astype(np.float32)
    np.savez_compressed(HERE / "vocabulary" / "glove20k.npz", words=words, vectors=vectors, scale=scale)
    _write(
        "sentiment",
        (row for name in DOMAINS.values() for row in _sentences(downloads / f"{name}_labelled.txt")),
    )
    _write("bank-intents", _intents(downloads))
    _write("counterfactual-reviews", _reviews(downloads))


def _write(name: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Split, label, pair and text of each row, separated by tabs. Empty where it does not apply."""
    lines = ("\t".join((*first, " ".join(text.replace("<br />", " ").split()))) for *first, text in rows)
    packaged_texts_file(name).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def _sentences(file: Path) -> Iterable[tuple[str, ...]]:
    """Some sentences contain odd line separators."""
    for line in file.read_text("utf-8").strip("\n").split("\n"):
        text, label = line.rsplit("\t", 1)
        yield "", ("negative", "positive")[int(label)], "", text


def _intents(downloads: Path) -> Iterable[tuple[str, ...]]:
    """The same number of training questions for each of the largest intents."""
    read = {part: _table(downloads / f"{part}.csv", ",") for part in ("train", "test")}
    largest = Counter(row["category"] for row in read["train"]).most_common(INTENTS)
    for name, _ in largest:
        for part, rows in read.items():
            texts = list(dict.fromkeys(row["text"] for row in rows if row["category"] == name))
            for text in texts[: QUESTIONS_EACH if part == "train" else None]:
                yield part, name.replace("_", " "), "", text


def _reviews(downloads: Path) -> Iterable[tuple[str, ...]]:
    """Pairs of which both reviews are read to their end. A sixth of those not for testing validates."""
    pairs = defaultdict(list)
    for part in ("train", "dev", "test"):
        for row in _table(downloads / f"{part}_paired.tsv", "\t"):
            pairs[part == "test", row["batch_id"]].append((row["Sentiment"].lower(), row["Text"]))
    whole = {
        name: both
        for name, both in pairs.items()
        if len(both) == 2
        and all(len(words_of(text.replace("<br />", " "))) < REVIEW_LENGTH for _, text in both)
    }
    for number, ((test, pair), both) in enumerate(whole.items()):
        split = "test" if test else "train" if (number + 1) % VALIDATION_EVERY else "validation"
        yield from ((split, label, pair, text) for label, text in both)


def _table(file: Path, delimiter: str) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
