"""Repeat a run over seeds and print a table: `python scripts/seeds.py 5 --dataset shapes --cue hue-patch …`.

The options after the count are those of `python -m kdviz distill`. Mean ± standard deviation over seeds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from statistics import mean, stdev
from typing import Any

COLUMNS: dict[str, Callable[[Mapping[str, Any]], float]] = {
    "accuracy": lambda arm: arm["test_accuracy"],
    "cue intact": lambda arm: arm["cue_intact_accuracy"],
    "fidelity": lambda arm: arm["fidelity"],
    "agreement": lambda arm: arm["agreement"]["cosine"]["corrected"],
    "by integrated gradients": lambda arm: arm["untrained_agreement"]["cosine"]["corrected"],
    "share on object": lambda arm: arm["object_share"],
    "share on cue": lambda arm: arm["cue_share"],
}


def main() -> None:
    """Run every seed and print Markdown."""
    count, options = int(sys.argv[1]), sys.argv[2:]
    runs = [_distilled(seed, options) for seed in range(count)]
    seconds = [run["seconds"] for run in runs]
    columns = [name for name, read in COLUMNS.items() if _has(runs[0]["arms"]["student"], read)]
    print(f"| arm | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for arm in runs[0]["arms"]:
        cells = [_cell([run["arms"][arm] for run in runs], COLUMNS[name]) for name in columns]
        print(f"| {arm} | {' | '.join(cells)} |")
    print(f"\n{count} seeds, {min(seconds):.0f} to {max(seconds):.0f} s a run.")


def _distilled(seed: int, options: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "kdviz", "distill", "--seed", str(seed), "--json", *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _has(arm: Mapping[str, Any], read: Callable[[Mapping[str, Any]], float]) -> bool:
    try:
        read(arm)
    except KeyError:
        return False
    return True


def _cell(arms: list[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], float]) -> str:
    if not _has(arms[0], read):
        return "–"
    values = [read(arm) for arm in arms]
    return f"{mean(values):.3f} ± {stdev(values):.3f}" if len(values) > 1 else f"{values[0]:.3f}"


if __name__ == "__main__":
    main()
