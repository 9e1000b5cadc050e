"""A run whose every text would load a picture from another server if a page took it for Markdown or HTML."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from kdviz.store import Store

OUTSIDE = "evil.example"
PICTURE = f"![x](//{OUTSIDE}/p.png)"
TAG = f"<img src=//{OUTSIDE}/q.png>"
HOSTILE = f"{PICTURE}{TAG}"
CLASSES = (f"a{HOSTILE}", f"b{HOSTILE}")


def hostile_pictures(folder: Path) -> Path:
    """A CSV beside 48 pictures of 16 px, bright ones and dark ones, whose classes are `CLASSES`."""
    random, lines = np.random.default_rng(0), [("path", "label")]
    folder.mkdir()
    for number in range(48):
        pixels = random.integers(0, 80, (16, 16), dtype=np.uint8) + np.uint8(150 * (number % 2))
        Image.fromarray(pixels).save(folder / f"{number}.png")
        lines.append((f"{number}.png", CLASSES[number % 2]))
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    return folder / "labels.csv"


def hostile_settings(folder: Path) -> dict[str, Any]:
    """Settings of a short run on such pictures, which are written to a new folder."""
    data = str(hostile_pictures(folder))
    size = {"image_size": 16, "train_count": 24, "batch_size": 8, "epochs": 1, "teacher_epochs": 1}
    return {"dataset": "folder", "data": data, **size}


def annotate_hostile(store: Store, run_id: str) -> None:
    """Give a run such a name, note, tag and message."""
    store.annotate(run_id, name=HOSTILE, note=HOSTILE, tags=[PICTURE])
    store.set_state(run_id, store.run(run_id).state, HOSTILE)
