"""Exporting a run as a zip of standard formats: JSON, CSV, safetensors, npz."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kdviz.errors import StoreError
from kdviz.replacing import replaced
from kdviz.store.archive import METRICS_HEADER, archived
from kdviz.store.records import Metric, or_null
from kdviz.store.results import to_json
from kdviz.store.run import Run

_PACKED = (
    "config.json",
    "card.json",
    "notes.json",
    "marks.npz",
    "surveys/*.npz",
    "weights/*.safetensors",
    "probe/*.npz",
)


def pack(run: Run, metrics: Iterable[Metric], folder: Path, target: Path) -> None:
    """Write the zip: record, files of `folder`, results, and all metrics. An older file is kept until then.

    Raises StoreError if the target cannot be written.
    """
    with _written(target) as packed:
        packed.writestr("run.json", json.dumps(archived(run), indent=2))
        for file in sorted(file for pattern in _PACKED for file in folder.glob(pattern)):
            packed.write(file, file.relative_to(folder).as_posix())
        if run.results is not None:
            packed.writestr("results.json", to_json(run.results))
        packed.writestr("metrics.csv", _as_csv(metrics))


def pack_raw(row: Mapping[str, Any], metrics: Iterable[Metric], folder: Path, target: Path) -> None:
    """Write what is there of a damaged run: its row as stored, its readable metrics, and every file.

    No import takes it. Raises StoreError if the target cannot be written.
    """
    with _written(target) as packed:
        packed.writestr("row.json", json.dumps(row, indent=2, default=repr))
        packed.writestr("metrics.csv", _as_csv(metrics))
        for file in sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()):
            packed.write(file, f"files/{file.relative_to(folder).as_posix()}")


@contextmanager
def _written(target: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with replaced(target) as unfinished, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            yield packed
    except OSError as error:
        raise StoreError(
            f"out: {str(target)!r} cannot be written: {error.strerror or error}. Name another file."
        ) from error


def _as_csv(metrics: Iterable[Metric]) -> str:
    """One row per number, so that it is read back exactly; undefined values are empty."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(METRICS_HEADER)
    rows.writerows((m.stage, m.epoch, m.arm, m.measure, or_null(m.value)) for m in metrics)
    return text.getvalue()
