"""Measure accuracy and agreement over λ for Learn: `PYTHONPATH=. python scripts/measure_lambda.py text 3`.

On image, text or audio: every λ of the ladder with as many seeds as asked for, on one core.
Writes kdviz/comparison/across_runs/measured_lambda_text.csv.
"""

from __future__ import annotations

import csv
import platform
import sys
import time
from pathlib import Path
from typing import cast

import torch

from kdviz.comparison.across_runs.lambda_curve import LADDER, experiment, measured_file
from kdviz.config import RunConfig, changed
from kdviz.store.teachers import TeacherStore
from kdviz.trainer import distill
from kdviz.types import INPUT_NAMES, Finished, ModalityName


def main() -> None:
    """Train, measure, write the table."""
    torch.set_num_threads(1)
    modality, seeds = cast(ModalityName, sys.argv[1]), int(sys.argv[2])
    with measured_file(modality).open("w", newline="", encoding="utf-8") as file:
        file.writelines(f"# {line}\n" for line in _head(modality, seeds))
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["lambda", "seed", "accuracy", "agreement"])
        for seed in range(seeds):
            for weight in LADDER:
                table.writerow([f"{weight:g}", seed, *_measured(experiment(modality, weight, seed))])
                file.flush()


def _head(modality: ModalityName, seeds: int) -> list[str]:
    config = experiment(modality, 1.0)
    return [
        f"python scripts/measure_lambda.py {modality} {seeds}, {time.strftime('%Y-%m-%d')}",
        f"{_processor()}, one core; Python {platform.python_version()}, PyTorch {torch.__version__}",
        f"{config.dataset} with {config.cue}, {config.train_count} {INPUT_NAMES[modality]}, "
        f"{config.epochs} epochs, student {config.student} at width {config.student_width:g}",
    ]


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _measured(config: RunConfig) -> list[str]:
    began_s = time.monotonic()
    for event in distill(changed(config, device="cpu"), teacher=TeacherStore(Path("runs")).find):
        if isinstance(event, Finished):
            student = event.arms["student"]
    accuracy, agreement = student.accuracy, student.cosine.corrected
    lasted_s = time.monotonic() - began_s
    place = f"λ {config.explanation_weight:g}, seed {config.seed}"
    print(f"{place}: {accuracy:.3f}, {agreement:.3f}, {lasted_s:.0f} s")
    return [f"{accuracy:.4f}", f"{agreement:.4f}"]


if __name__ == "__main__":
    main()
