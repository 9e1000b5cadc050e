"""Results of runs that come with kdviz, so that studies, claims and the museum show figures at first.

They are records without weights: no page opens them, and no store holds them. A run of the visitor's own with
the same settings replaces one. `scripts/make_packaged_runs.py` makes the file.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kdviz.errors import StoreError
from kdviz.store.metrics import grouped
from kdviz.store.prepared import PREPARED
from kdviz.store.records import Metric, or_nan, or_null, progress_columns
from kdviz.store.results import to_plain
from kdviz.store.run import DamagedRun, Run, run_from_row
from kdviz.types import Measured

PACKAGED_RUNS = PREPARED / "packaged_runs.json.gz"

_PREFIX = "packaged-"
"""Of their ids. Ids of a store start with a digit."""

_LATER_COLUMNS: Mapping[str, Any] = {"owner": "", "shared": 1}
"""Columns of the table of runs that are younger than the file."""


@dataclass(frozen=True, eq=False)
class PackagedRuns:
    """Finished runs of one machine.

    maker: `made_here()` of the processes that trained them, and the `processor`. runs: by config key.
    measured: metrics by run id, of the runs whose curves are shown.
    """

    maker: Mapping[str, Any]
    runs: Mapping[str, Run]
    measured: Mapping[str, tuple[Measured, ...]]


def is_packaged(run_id: str) -> bool:
    """Whether an id is that of a packaged run."""
    return run_id.startswith(_PREFIX)


@cache
def packaged_runs() -> PackagedRuns:
    """The runs that come with the package."""
    return read_packaged_runs(PACKAGED_RUNS)


def save_packaged_runs(
    path: Path, maker: Mapping[str, Any], runs: Iterable[tuple[Run, Sequence[Metric]]]
) -> None:
    """Write finished runs, each with the metrics to keep. Equal content gives equal bytes."""
    content = {"maker": maker, "runs": [_plain_run(run, metrics) for run, metrics in runs]}
    path.write_bytes(gzip.compress(json.dumps(content).encode(), mtime=0))


def read_packaged_runs(path: Path) -> PackagedRuns:
    """The inverse of `save_packaged_runs`. Raises StoreError for a run that cannot be read."""
    content = json.loads(gzip.decompress(path.read_bytes()))
    runs = {}
    measured = {}
    for stored in content["runs"]:
        run = _run(stored)
        runs[run.record.config_key] = run
        measured[run.id] = tuple(grouped(_metrics(stored["metrics"])))
    return PackagedRuns(content["maker"], MappingProxyType(runs), MappingProxyType(measured))


def _plain_run(run: Run, metrics: Sequence[Metric]) -> dict[str, Any]:
    record = {name: value for name, value in vars(run.record).items() if name != "progress"}
    run_id = run.id if is_packaged(run.id) else f"{_PREFIX}{run.id}"
    row = {**record, "id": run_id, "tags": "[]", **progress_columns(run.record.progress)}
    return {
        "row": row,
        "config": run.config.model_dump(mode="json"),
        "results": to_plain(run.results or {}),
        "metrics": [(m.stage, m.epoch, m.arm, m.measure, or_null(m.value)) for m in metrics],
    }


def _run(stored: Mapping[str, Any]) -> Run:
    texts = {name: json.dumps(stored[name]) for name in ("config", "results")}
    run = run_from_row({**_LATER_COLUMNS, **stored["row"], **texts})
    if isinstance(run, DamagedRun):
        raise StoreError(f"packaged runs: {run.error}")
    return run


def _metrics(stored: Iterable[Sequence[Any]]) -> list[Metric]:
    return [
        Metric(row, stage, epoch, arm, measure, or_nan(value))
        for row, (stage, epoch, arm, measure, value) in enumerate(stored)
    ]
