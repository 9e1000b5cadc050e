"""Print every ratio, with the aim it is held to. One thread, so that figures compare across machines."""

from __future__ import annotations

import platform
from itertools import chain

import torch
from rich.console import Console
from rich.table import Table

from benchmarks import maps, reruns, runs, steps


def main() -> None:
    """Run all benchmarks and print a table."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    table = Table("ratio", "median", "range", "aim", "ours, ms", "other, ms")
    for each in chain(steps.ratios(), runs.ratios(), maps.ratios(), reruns.ratios()):
        aim = "" if each.aim is None else f"≤ {each.aim:g}{'' if each.median <= each.aim else '  missed'}"
        table.add_row(
            each.name, f"{each.median:.2f}", f"{each.low:.2f} to {each.high:.2f}", aim,
            f"{each.ours_ms:.1f}", f"{each.other_ms:.1f}",
        )  # fmt: skip
    Console(width=140).print(
        f"{platform.processor() or platform.machine()}, torch {torch.__version__}, 1 thread"
    )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
