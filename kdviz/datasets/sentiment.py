"""Sentences from reviews that praise or complain, packaged with kdviz."""

from __future__ import annotations

import gzip
from functools import lru_cache

import torch

from kdviz.datasets.packaged_jpegs import PACKAGED
from kdviz.datasets.split import DataSet, balanced_indices, with_validation
from kdviz.datasets.text_split import text_split
from kdviz.progress import Message, Report

CLASSES = ("negative", "positive")
TEST_COUNT = 600
LENGTH = 48
"""Words that are read of a sentence: all of them in 99 of 100."""


def load_sentiment(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Sentences from reviews of products, films and restaurants; none is in two splits."""
    reading = Message("Reading {name}", {"name": "sentiment"})
    report(reading, 0.0)
    dataset = _read()
    report(reading, 1.0)
    return dataset


@lru_cache
def _read() -> DataSet:
    lines = gzip.decompress((PACKAGED / "sentiment.tsv.gz").read_bytes()).decode().split("\n")
    labels_by_text = {text: int(label) for _, label, text in (line.split("\t", 2) for line in lines)}
    texts, labels = list(labels_by_text), torch.tensor(list(labels_by_text.values()))
    everything = text_split(texts, labels, LENGTH)
    test = balanced_indices(labels, TEST_COUNT, seed=0)
    rest = torch.ones(len(labels), dtype=torch.bool)
    rest[test] = False
    return with_validation(
        "sentiment", CLASSES, everything.take(rest.nonzero().flatten()), everything.take(test)
    )
