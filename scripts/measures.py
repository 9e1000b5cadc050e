"""Print whether the measure matters: `PYTHONPATH=. python scripts/measures.py [RUNS ...]`.

RUNS: runs directories, such as that of a study; `runs` if there is none. Two Markdown tables of Spearman's
rank correlation between measures of agreement by Grad-CAM: over all student networks of the finished runs (do
measures agree which network looks most like its teacher?), and over the test images of one network, as a mean
over networks (do they agree on which images?). Surveys that have not been made yet are made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kdviz.agreement import MEASURES, rank_correlations
from kdviz.comparison import Survey, between_measures, by_measure, known_survey, survey
from kdviz.errors import KdvizError
from kdviz.jobs import prepare_process
from kdviz.store import Store
from kdviz.study import markdown_table


def main() -> None:
    """Read or make the surveys, and print Markdown."""
    prepare_process()
    folders = [Path(name) for name in sys.argv[1:] or ["runs"]]
    surveys = [each for folder in folders if folder.is_dir() for each in _surveys(folder)]
    if not surveys:
        raise SystemExit("There is no finished run. Name a runs directory that holds some.")
    scores = np.concatenate([_corrected(each) for each in surveys])
    print(f"Over {len(scores)} networks of {len(surveys)} runs\n\n{_table(rank_correlations(scores))}\n")
    orders = [between_measures(each, arm) for each in surveys for arm in each.scores]
    images = [order.n for order in orders]
    print(f"Over {min(images)} to {max(images)} images of a network, mean over {len(orders)} networks\n")
    print(_table(np.nanmean([order.cells for order in orders], axis=0)))


def _surveys(folder: Path) -> Iterator[Survey]:
    """Of every finished run in a runs directory; one that cannot be surveyed is told and left out."""
    store = Store(folder)
    for run in store.runs():
        if run.state != "finished":
            continue
        try:
            for _step in survey(store, run.id):
                pass
        except KdvizError as error:
            print(f"{run.id} is left out: {error}", file=sys.stderr)
        if (found := known_survey(store, run.id)) is not None:
            yield found


def _corrected(found: Survey) -> NDArray[np.float64]:
    """(arms, measures)."""
    rows = {(row.arm, row.measure): row.score.corrected for row in by_measure(found)}
    return np.array([[rows[arm, name] for name in MEASURES] for arm in found.scores])


def _table(correlations: NDArray[np.float64]) -> str:
    names = [spec.label for spec in MEASURES.values()]
    rows = [
        {"": name, **{other: f"{value:z.2f}" for other, value in zip(names, row, strict=True)}}
        for name, row in zip(names, correlations, strict=True)
    ]
    return markdown_table(rows)


if __name__ == "__main__":
    main()
