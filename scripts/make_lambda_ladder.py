"""Make the students of Home: `PYTHONPATH=. python scripts/make_lambda_ladder.py RUNS_DIR`, two minutes.

Trains the runs of studies/lambda-ladder.toml that RUNS_DIR does not hold yet, of the seed whose accuracies
are closest to the medians over seeds; explains them on six test images, and writes
kdviz/prepared/lambda_ladder.npz. The file was made with ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kdviz.comparison.across_runs.lambda_ladder import decisive_images, lambda_ladder
from kdviz.jobs import prepare_process
from kdviz.store import Store
from kdviz.store.lambda_ladder import LADDER, save_ladder
from kdviz.study import carry_out, read_study

_STUDY = Path(__file__).parents[1] / "studies" / "lambda-ladder.toml"
_SEED, _IMAGES = 3, 6
_MOST_BYTES = 300_000


def main() -> None:
    """Train, explain, write the file."""
    prepare_process()
    store = Store(sys.argv[1])
    study, points = read_study(_STUDY)
    runs = []
    for done in carry_out(store, study, [point for point in points if point.config.seed == _SEED]):
        if done.failed:
            raise SystemExit(f"Run {done.run.id} is {done.run.state}: {done.run.record.message}")
        print(f"λ = {done.point.config.explanation_weight:g}: {done.run.id}")
        runs.append(done.run.id)
    save_ladder(LADDER, lambda_ladder(store, runs, decisive_images(store, runs)[:_IMAGES]))
    size = LADDER.stat().st_size
    print(f"{LADDER.name}: {size:,} bytes")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
