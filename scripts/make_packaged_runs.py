"""Pack the results that come with kdviz: `PYTHONPATH=. python scripts/make_packaged_runs.py RUNS_DIR`.

Trains the pairs of the museum that RUNS_DIR lacks, a minute, and writes kdviz/prepared/packaged_runs.json.gz:
these pairs with their curves, and the results of every study file and claim (with five seeds) of which all
runs are finished there. docs/results.md has the commands that train those.
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
from kdviz.store.packaged_runs import PACKAGED_RUNS, save_packaged_runs
from kdviz.study import Point, carry_out, finished_runs, read_study

_STUDIES = Path(__file__).parents[1] / "studies"
_SEEDS = 5
_MOST_BYTES = 1_000_000


def main() -> None:
    """Train what the museum lacks, choose the runs, write the file."""
    prepare_process()
    store = Store(sys.argv[1])
    runs: dict[str, tuple[Run, Sequence[Metric]]] = {}
    for name in NAMES:
        shown = exhibit(name)
        for done in carry_out(store, shown.study, shown.points):
            runs[done.run.id] = done.run, store.metrics(done.run.id)
    for label, points in _planned():
        found = finished_runs(store, points)
        if len(found) == len(points):
            print(f"{label}: {len(points)} runs")
            for done in found:
                runs.setdefault(done.run.id, (done.run, ()))
    save_packaged_runs(PACKAGED_RUNS, _maker(store, list(runs)), runs.values())
    size = PACKAGED_RUNS.stat().st_size
    print(f"{PACKAGED_RUNS.name}: {len(runs)} runs, {size:,} bytes")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")


def _planned() -> Iterator[tuple[str, Sequence[Point]]]:
    for path in sorted(_STUDIES.glob("*.toml")):
        yield path.name, read_study(path)[1]
    for name, claim in CLAIMS.items():
        yield name, claim.points(_SEEDS)


def _maker(store: Store, run_ids: Sequence[str]) -> Mapping[str, Any]:
    """What all the runs' cards have in common, which must be the machine and the versions."""
    cards = [store.card(run_id) for run_id in run_ids]
    names = ("versions", "machine", "device", "cores")
    makers = [{name: card[name] for name in names} for card in cards]
    if any(maker != makers[0] for maker in makers):
        raise SystemExit("The runs are of several machines or versions. Measure them in a new directory.")
    return {**makers[0], "processor": _processor()}


def _processor() -> str:
    """Its name on Linux."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


if __name__ == "__main__":
    main()
