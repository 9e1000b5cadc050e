"""Pack the results that come with kdviz: `PYTHONPATH=. python scripts/make_packaged_runs.py RUNS_DIR`.

Trains the pairs of the museum that are neither packaged nor in RUNS_DIR, a minute, and writes
kdviz/prepared/packaged_runs.json.gz: these pairs with their curves, and the results of every study file and
claim (with five seeds) of which all runs are finished there. What is packaged already stays, unless RUNS_DIR
has it too: delete the file to start from nothing. docs/results.md has the commands that train the studies.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kdviz.claims import CLAIMS
from kdviz.jobs import prepare_process
from kdviz.museum.exhibits import NAMES, exhibit
from kdviz.store import Metric, Run, Store
from kdviz.store.packaged_runs import (
    PACKAGED_RUNS,
    PackagedRuns,
    is_packaged,
    read_packaged_runs,
    save_packaged_runs,
)
from kdviz.study import Point, carry_out, finished_runs, read_study
from kdviz.types import Measured

_STUDIES = Path(__file__).parents[1] / "studies"
_SEEDS = 5
_MOST_BYTES = 1_000_000
_BETWEEN = " / "  # names of processors


Packed = dict[str, tuple[Run, Sequence[Metric]]]
"""Runs with the metrics to keep, by config key."""


def main() -> None:
    """Choose the runs, train what the museum lacks, write the file."""
    prepare_process()
    store = Store(sys.argv[1])
    before = read_packaged_runs(PACKAGED_RUNS) if PACKAGED_RUNS.is_file() else None
    runs = _still_planned(before) if before else {}
    for name in NAMES:
        shown = exhibit(name)
        for done in carry_out(
            store, shown.study, [each for each in shown.points if each.config.key not in runs]
        ):
            runs[done.run.record.config_key] = done.run, store.metrics(done.run.id)
    for label, points in _planned():
        found = finished_runs(store, points)
        if len(found) == len(points):
            print(f"{label}: {len(points)} runs")
            for done in found:
                key = done.run.record.config_key
                runs[key] = done.run, runs[key][1] if key in runs else ()
    own = [run.id for run, _metrics in runs.values() if not is_packaged(run.id)]
    save_packaged_runs(PACKAGED_RUNS, _maker(store, own, before), runs.values())
    size = PACKAGED_RUNS.stat().st_size
    print(f"{PACKAGED_RUNS.name}: {len(runs)} runs, {size:,} bytes")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")


def _still_planned(before: PackagedRuns) -> Packed:
    """The packaged runs that an exhibit, a study or a claim still has, with their metrics."""
    points = [*(point for name in NAMES for point in exhibit(name).points)]
    points += [point for _label, own in _planned() for point in own]
    keys = {point.config.key for point in points}
    return {
        key: (run, [*_metrics_of(before.measured[run.id])]) for key, run in before.runs.items() if key in keys
    }


def _metrics_of(measured: Sequence[Measured]) -> Iterator[Metric]:
    for each in measured:
        for name, value in each.values.items():
            yield Metric(0, each.stage, each.epoch, each.arm, name, value)


def _planned() -> Iterator[tuple[str, Sequence[Point]]]:
    for path in sorted(_STUDIES.glob("*.toml")):
        yield path.name, read_study(path)[1]
    for name, claim in CLAIMS.items():
        yield name, claim.points(_SEEDS)


def _maker(store: Store, run_ids: Sequence[str], before: PackagedRuns | None) -> Mapping[str, Any]:
    """What all the runs' cards have in common, which must be the machine and the versions."""
    names = ("versions", "machine", "device", "cores")
    makers = [{name: store.card(run_id)[name] for name in names} for run_id in run_ids]
    makers += [{name: before.maker[name] for name in names}] if before else []
    if any(maker != makers[0] for maker in makers):
        raise SystemExit("The runs are of several machines or versions. Measure them in a new directory.")
    processors = before.maker["processor"].split(_BETWEEN) if before else []
    if run_ids and (here := _processor()) not in processors:
        processors.append(here)
    return {**makers[0], "processor": _BETWEEN.join(processors)}


def _processor() -> str:
    """The name of this machine's, on Linux."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


if __name__ == "__main__":
    main()
