"""Train the runs on shapes in the package, a minute each.

    PYTHONPATH=. python scripts/make_prepared_run.py          # both
    PYTHONPATH=. python scripts/make_prepared_run.py weaker   # the one to compare it with

Shapes with a coloured patch that gives the class away in all of the student's 1,000 images; class attention
at λ = 30, with twin and placebo, seed 0. studies/right-reason.toml has the same over five seeds. The one to
compare it with differs only in λ, which is 3.

The survey of the first by integrated gradients takes long and is packed too. The one by Grad-CAM would not
fit; it takes seconds, and is made when somebody asks for it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kdviz.comparison import run_images, survey
from kdviz.config import make_config
from kdviz.jobs import execute, prepare_process, submit
from kdviz.store import Run, Store
from kdviz.store.prepared import PREPARED, PROBE, RUN
from kdviz.store.prepared_examples import WEAKER, packed_file
from kdviz.store.titles import PREPARED_NAME

_SETTINGS = {
    "dataset": "shapes",
    "cue": "hue-patch",
    "arms": ("student", "twin", "placebo"),
    "seed": 0,
    "device": "cpu",
}
_SURVEYED_BY = "integrated-gradients"
_MOST_BYTES = 2_000_000


def main() -> None:
    """Write kdviz/prepared/run.zip and its probe set, and weaker.zip, which differs in λ."""
    prepare_process()
    PREPARED.mkdir(exist_ok=True)
    if sys.argv[1:] != ["weaker"]:
        with tempfile.TemporaryDirectory() as directory:
            store, run = _trained(directory, _SETTINGS, PREPARED_NAME)
            for step in survey(store, run.id, _SURVEYED_BY):
                print(f"{step.fraction:4.0%} {step.message}", end="\r")
            save_probe(store, run)
            _export(store, run, RUN, PROBE)
    with tempfile.TemporaryDirectory() as directory:
        store, run = _trained(directory, {**_SETTINGS, "explanation_weight": 3.0}, "")
        _export(store, run, packed_file(WEAKER))


def _trained(directory: str, settings: Mapping[str, Any], name: str) -> tuple[Store, Run]:
    store = Store(directory)
    run = execute(store, submit(store, make_config(settings), name, foreground=True))
    if run.state != "finished":
        raise SystemExit(f"The run is {run.state}: {run.record.message}")
    return store, run


def _export(store: Store, run: Run, target: Path, *beside: Path) -> None:
    store.export(run.id, target)
    size = sum(file.stat().st_size for file in (target, *beside))
    print(f"{target.name}: {size:,} bytes")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")


def save_probe(store: Store, run: Run) -> None:
    """Write kdviz/prepared/probe.npz: images, labels and class names of a run's probe set."""
    images = run_images(run.config)
    probe = store.probe(run.id, store.probe_epochs(run.id)[-1])
    split = images.test.take(torch.from_numpy(probe.indices))
    np.savez_compressed(
        PROBE,
        images=split.images.permute(0, 2, 3, 1).numpy(),
        labels=split.labels.numpy(),
        classes=np.array(images.classes),
    )


if __name__ == "__main__":
    main()
