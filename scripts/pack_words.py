"""Write kdviz/vocabulary/glove20k.npz from a download of GloVe, and kdviz/datasets/packaged/sentiment.tsv.gz.

    python scripts/pack_words.py GLOVE_NPZ SENTENCES_FOLDER

GLOVE_NPZ: vectors int8 (20,000, 50), scale float16 (20,000,), words joined by newlines: the 20,000 most
frequent words of Stanford's glove.6B.50d. SENTENCES_FOLDER: the three files of "Sentiment Labelled Sentences"
(UCI 331).
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parents[1] / "kdviz"
DOMAINS = {"amazon": "amazon_cells", "imdb": "imdb", "yelp": "yelp"}


def main(glove: Path, sentences: Path) -> None:
    """Write both files."""
    with np.load(glove, allow_pickle=False) as arrays:
        words = np.frombuffer(str(arrays["words"]).encode(), np.uint8)
        vectors, scale = arrays["vectors"], arrays["scale"].reshape(-1).astype(np.float32)
    np.savez_compressed(HERE / "vocabulary" / "glove20k.npz", words=words, vectors=vectors, scale=scale)
    rows = [
        row for domain, name in DOMAINS.items() for row in _rows(domain, sentences / f"{name}_labelled.txt")
    ]
    content = gzip.compress("\n".join(rows).encode(), mtime=0)
    (HERE / "datasets" / "packaged" / "sentiment.tsv.gz").write_bytes(content)


def _rows(domain: str, file: Path) -> list[str]:
    """Domain, label and sentence of each line, separated by tabs. Some contain odd line separators."""
    lines = file.read_text("utf-8").strip("\n").split("\n")
    pairs = [line.rsplit("\t", 1) for line in lines]
    return [f"{domain}\t{label}\t{' '.join(text.split())}" for text, label in pairs]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
