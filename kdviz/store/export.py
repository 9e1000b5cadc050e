"""A run as one zip file that other programs can read: JSON, CSV, safetensors, npz."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from kdviz.errors import StoreError
from kdviz.store.records import Metric, RunRecord, or_null, to_json

_PACKED = ("config.json", "card.json", "notes.json", "weights/*.safetensors", "probe/*.npz")


def pack(run: RunRecord, metrics: Iterable[Metric], folder: Path, target: Path) -> None:
    """Write the zip: what `folder` holds, the final figures, and every number of the curves.

    Raises StoreError if the target cannot be written.
    """
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in sorted(file for pattern in _PACKED for file in folder.glob(pattern)):
                packed.write(file, file.relative_to(folder).as_posix())
            packed.writestr("results.json", to_json(run.results or {}))
            packed.writestr("metrics.csv", _as_csv(metrics))
    except OSError as error:
        raise StoreError(
            f"out: {str(target)!r} cannot be written: {error.strerror}. Name another file."
        ) from error


def _as_csv(metrics: Iterable[Metric]) -> str:
    """One row a number; undefined is empty."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("stage", "epoch", "arm", "measure", "value"))
    rows.writerows((m.stage, m.epoch, m.arm, m.measure, or_null(m.value)) for m in metrics)
    return text.getvalue()
