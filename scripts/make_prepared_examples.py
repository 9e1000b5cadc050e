"""Train the examples on photographs that come with the package, some minutes of one core.

    PYTHONPATH=. python scripts/make_prepared_examples.py

Each is its data set's preset, with twin and placebo, seed 0, with both surveys of its finding. Its picture is
of the test image that the teacher is most certain of among those that teacher and student classify correctly
and the twin does not; where objects are known, among those whose object covers at most a tenth of the image.
studies/photographs.toml has the same over five seeds.
"""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import replace
from math import ceil
from typing import cast

import numpy as np
from PIL import Image

from kdviz.comparison import Survey, explain_test_image, survey
from kdviz.config import make_config
from kdviz.jobs import execute, prepare_process, submit
from kdviz.report import heatmap_row_png
from kdviz.store import Run, Store
from kdviz.store.prepared import PREPARED
from kdviz.store.prepared_examples import EXAMPLES, PICKED, prepared_picture
from kdviz.types import Arm

_CUES = {"flowers": "none", "blood-cells": "place-patch"}
_ARMS = ("student", "twin", "placebo")
_SHOWN: tuple[Arm, ...] = ("teacher", "student", "twin")
_SURVEYED_BY = ("grad-cam", "integrated-gradients")
_SMALL = 0.1
_EPOCHS = 20
_MOST_BYTES = 3_000_000


def main() -> None:
    """Write kdviz/prepared/<name>.zip and <name>.webp of each, and the images that were picked."""
    prepare_process()
    picked = {}
    for name in EXAMPLES:
        with tempfile.TemporaryDirectory() as directory:
            picked[name] = _made(Store(directory), name)
    PICKED.write_text(json.dumps(picked) + "\n", "utf-8")


def _made(store: Store, name: str) -> int:
    config = make_config({"dataset": name, "cue": _CUES[name], "arms": _ARMS, "seed": 0, "device": "cpu"})
    run = execute(store, submit(store, config, foreground=True))
    if run.state != "finished":
        raise SystemExit(f"The run is {run.state}: {run.record.message}")
    first, _ = (_surveyed(store, run.id, explainer) for explainer in _SURVEYED_BY)
    _thin(store, run)
    target = PREPARED / f"{name}.zip"
    store.export(run.id, target)
    index = _picked(first)
    explanation = explain_test_image(store, run.id, index)
    shown = {arm: explanation.arms[arm] for arm in _SHOWN}
    with Image.open(io.BytesIO(heatmap_row_png(replace(explanation, arms=shown)))) as picture:
        picture.save(prepared_picture(name), "WEBP", quality=85)
    size = target.stat().st_size
    print(f"{target.name}: {size:,} bytes, image {index}")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")
    return index


def _thin(store: Store, run: Run) -> None:
    """Keep the maps of about `_EPOCHS` epochs, the last one among them."""
    every = ceil(run.config.epochs / _EPOCHS)
    for epoch in store.probe_epochs(run.id):
        if (run.config.epochs - epoch) % every:
            (store.directory / run.id / "probe" / f"epoch-{epoch:04d}.npz").unlink()


def _surveyed(store: Store, run_id: str, explainer: str) -> Survey:
    work = survey(store, run_id, explainer)
    while True:
        try:
            print(f"{next(work).fraction:4.0%} {explainer}", end="\r")
        except StopIteration as end:
            return cast(Survey, end.value)


def _picked(made: Survey) -> int:
    telling = made.right("teacher") & made.right("student") & ~made.right("twin")
    if "object" in made.localization:
        telling &= made.localization["object"].area <= _SMALL
    certain = np.where(telling, made.predictions["teacher"].confidence, 0)
    return int(made.indices[certain.argmax()])


if __name__ == "__main__":
    main()
