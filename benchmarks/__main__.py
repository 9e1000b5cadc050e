"""Print every ratio, with the aim it is held to. One thread, so that figures compare across machines."""

from __future__ import annotations

from itertools import chain

import torch

from benchmarks import maps, reruns, runs, steps
from benchmarks.table import print_ratios


def main() -> None:
    """Run all benchmarks and print a table."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    found = chain(steps.ratios(), runs.ratios(), maps.ratios(), reruns.ratios())
    print_ratios(found, f"torch {torch.__version__}, 1 thread")


if __name__ == "__main__":
    main()
