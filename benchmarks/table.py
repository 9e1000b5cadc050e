"""Ratios as a table."""

from __future__ import annotations

import platform
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from benchmarks.paired import Ratio


def print_ratios(ratios: Iterable[Ratio], conditions: str) -> None:
    """Print each ratio with the aim it is held to. conditions: what else there is to say of the machine."""
    table = Table("ratio", "median", "range", "aim", "ours, ms", "other, ms")
    for each in ratios:
        aim = "" if each.aim is None else f"≤ {each.aim:g}{'' if each.median <= each.aim else '  missed'}"
        table.add_row(
            each.name, f"{each.median:.2f}", f"{each.low:.2f} to {each.high:.2f}", aim,
            f"{each.ours_ms:.1f}", f"{each.other_ms:.1f}",
        )  # fmt: skip
    console = Console(width=140)
    console.print(f"{platform.processor() or platform.machine()}, {conditions}")
    console.print(table)
