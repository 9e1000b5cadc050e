"""Measure accuracy and agreement over λ for Learn: `PYTHONPATH=. python scripts/measure_lambda.py 3`.

Every λ of the ladder with as many seeds as asked for, on one core.
Writes kdviz/comparison/measured_lambda.csv.
"""

from __future__ import annotations

import csv
import platform
import sys
import time
from pathlib import Path

import torch

from kdviz.comparison.across_runs.lambda_curve import LADDER, MEASURED, experiment
from kdviz.config import changed
from kdviz.store.teachers import TeacherStore
from kdviz.trainer import distill
from kdviz.types import Finished


def main() -> None:
    """Train, measure, write the table."""
    torch.set_num_threads(1)
    seeds = int(sys.argv[1])
    with MEASURED.open("w", newline="", encoding="utf-8") as file:
        file.writelines(f"# {line}\n" for line in _head(seeds))
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["lambda", "seed", "accuracy", "agreement"])
        for seed in range(seeds):
            for weight in LADDER:
                table.writerow([f"{weight:g}", seed, *_measured(weight, seed)])
                file.flush()


def _head(seeds: int) -> list[str]:
    config = experiment(1.0)
    return [
        f"python scripts/measure_lambda.py {seeds}, {time.strftime('%Y-%m-%d')}",
        f"{_processor()}, one core; Python {platform.python_version()}, PyTorch {torch.__version__}",
        f"{config.dataset} with {config.cue}, {config.train_count} images, {config.epochs} epochs, "
        f"student {config.student} at width {config.student_width:g}",
    ]


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _measured(weight: float, seed: int) -> list[str]:
    began_s = time.monotonic()
    for event in distill(
        changed(experiment(weight, seed), device="cpu"), teacher=TeacherStore(Path("runs")).find
    ):
        if isinstance(event, Finished):
            student = event.arms["student"]
    accuracy, agreement = student.accuracy, student.cosine.corrected
    print(f"λ {weight:g}, seed {seed}: {accuracy:.3f}, {agreement:.3f}, {time.monotonic() - began_s:.0f} s")
    return [f"{accuracy:.4f}", f"{agreement:.4f}"]


if __name__ == "__main__":
    main()
