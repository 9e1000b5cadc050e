"""Test claims on this machine: `PYTHONPATH=. python scripts/claims.py RUNS [SEEDS [CLAIM …]]`.

RUNS: a runs directory; what is finished there is taken over, so that it can be stopped and started again.
SEEDS: how many, 5 if left out. CLAIM: names of claims, all if left out. Prints a Markdown table.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from kdviz.claims import CLAIMS, judge
from kdviz.errors import KdvizError, unknown_name
from kdviz.narrative import overview, with_seeds
from kdviz.store import Store
from kdviz.study import carry_out, markdown_table


def main() -> None:
    """Carry out what is missing, claim by claim, and print a row for each thing compared."""
    torch.set_num_threads(1)
    store, seeds, names = _asked(sys.argv[1:])
    judged = []
    for name in names:
        claim = CLAIMS[name]
        done = list(carry_out(store, claim.study(seeds), claim.points(seeds)))
        judged.append(judge(claim, done))
        spent = sum(each.run.record.progress.seconds for each in done) / seeds
        print(f"{name}: {with_seeds(judged[-1])}, {spent:.0f} s a seed", file=sys.stderr, flush=True)
    print(markdown_table(list(overview(judged))))


def _asked(given: list[str]) -> tuple[Store, int, list[str]]:
    """The runs directory, how many seeds, which claims."""
    if not given:
        raise SystemExit("claims: a runs directory is missing. Give one: scripts/claims.py my-runs 5.")
    for name in given[2:]:
        if name not in CLAIMS:
            raise SystemExit(unknown_name("claim", name, CLAIMS))
    seeds = given[1] if given[1:] else "5"
    if not seeds.isdecimal() or int(seeds) < 1:
        raise SystemExit(f"claims: the number of seeds must be 1 or more, got {seeds!r}.")
    try:
        return Store(Path(given[0])), int(seeds), given[2:] or list(CLAIMS)
    except KdvizError as error:
        raise SystemExit(f"claims: {error}") from None


if __name__ == "__main__":
    main()
