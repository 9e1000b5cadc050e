"""Pack the data sets `flowers` and `blood-cells` as they are shipped.

    PYTHONPATH=. python scripts/pack_jpegs.py FLOWERS BLOOD_CELLS

FLOWERS: a folder with one folder of JPEG files for each class, and CREDITS.txt, a line a picture:
"daisy/1.jpg CC-BY by NAME - URL". BLOOD_CELLS: a folder with LICENSE, images/<class>/*.jpg and crops.json, a
list of {file, label, source, split, boxes}. The files are stored byte for byte; the same folders give the
same bytes.

Photographs are split by photographer. Blood cells are split by microscope picture: the training pictures are
those of BCCD, whose validation pictures are divided between validation and test.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kdviz.datasets.packaged_jpegs import PACKAGED, packaged_file
from kdviz.datasets.split import SPLITS

FLOWERS = {
    "daisy": "daisy",
    "dandelion": "dandelion",
    "roses": "rose",
    "sunflowers": "sunflower",
    "tulips": "tulip",
}
"""The name of the class, by folder."""

FLOWERS_VALIDATION, FLOWERS_TEST = 25, 50
"""Photographs of each class, of 200."""

CELLS = {"white": "white cell", "red": "red cell", "platelet": "platelet"}
"""The name of the class, by folder."""

BOXES = {"white": "WBC", "red": "RBC", "platelet": "Platelets"}
"""The name of its cells in the boxes, by folder."""

CELLS_VALIDATION = {"white": 42, "red": 40, "platelet": 30}

_FLOWERS_LICENCE = (
    "CC BY 2.0, https://creativecommons.org/licenses/by/2.0/: each picture by the photographer named here."
)
_CREDIT = re.compile(r"^(\S+\.jpg) CC-BY by (.*) - http", re.MULTILINE)


def taken(items: Sequence[tuple[str, str]], quota: Mapping[str, int], seed: int = 0) -> set[int]:
    """Indices of items that fill the quota of each class exactly, with whole groups.

    items: (group, class) of each. Large groups are tried first, in random order within a size.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, (group, _) in enumerate(items):
        groups[group].append(index)
    order = np.random.default_rng(seed).permutation(len(groups))
    shuffled = [sorted(groups.items())[place][1] for place in order]
    left, chosen = Counter(quota), set()
    for indices in sorted(shuffled, key=len, reverse=True):
        needed = Counter(items[index][1] for index in indices)
        if all(count <= left[label] for label, count in needed.items()):
            left -= needed
            chosen |= set(indices)
    if left:
        raise SystemExit(f"The groups do not fill the quota: {dict(left)} are left.")
    return chosen


def pack_flowers(folder: Path) -> None:
    """Write the photographs and their credits."""
    by_file = dict(_CREDIT.findall((folder / "CREDITS.txt").read_text("utf-8")))
    files = [
        path.relative_to(folder).as_posix()
        for label in FLOWERS
        for path in sorted((folder / label).iterdir())
    ]
    labels = [file.partition("/")[0] for file in files]
    items = [(by_file[file], label) for file, label in zip(files, labels, strict=True)]
    test = taken(items, dict.fromkeys(FLOWERS, FLOWERS_TEST))
    rest = [index for index in range(len(files)) if index not in test]
    held = taken([items[index] for index in rest], dict.fromkeys(FLOWERS, FLOWERS_VALIDATION))
    validation = {rest[index] for index in held}
    splits = [2 if index in test else 1 if index in validation else 0 for index in range(len(files))]
    _write("flowers", folder, files, labels, FLOWERS, splits)
    text = (folder / "CREDITS.txt").read_text("utf-8").strip()
    (PACKAGED / "FLOWERS_CREDITS").write_text(f"{_FLOWERS_LICENCE}\n\n{text}\n", "utf-8")


def pack_blood_cells(folder: Path) -> None:
    """Write the sections with the boxes of their classes, and the licence."""
    crops: list[dict[str, Any]] = json.loads((folder / "crops.json").read_text("utf-8"))
    others = [index for index, crop in enumerate(crops) if crop["split"] == "val"]
    items = [(crops[index]["source"], crops[index]["label"]) for index in others]
    validation = {others[place] for place in taken(items, CELLS_VALIDATION)}
    splits = [
        0 if crop["split"] == "train" else 1 if index in validation else 2 for index, crop in enumerate(crops)
    ]
    boxes = [
        [index, *box]
        for index, crop in enumerate(crops)
        for kind, *box in crop["boxes"]
        if kind == BOXES[crop["label"]]
    ]
    files, labels = ([crop[key] for crop in crops] for key in ("file", "label"))
    _write("blood-cells", folder / "images", files, labels, CELLS, splits, boxes=np.array(boxes, np.int16))
    shutil.copyfile(folder / "LICENSE", PACKAGED / "BLOOD_CELLS_LICENSE")


def _write(
    name: str,
    folder: Path,
    files: Sequence[str],
    labels: Iterable[str],
    classes: Mapping[str, str],
    splits: Sequence[int],
    **more: Any,
) -> None:
    contents = [(folder / file).read_bytes() for file in files]
    np.savez(
        packaged_file(name),
        content=np.frombuffer(b"".join(contents), np.uint8),
        ends=np.cumsum([len(content) for content in contents]),
        names=np.array(files),
        labels=np.array([list(classes).index(label) for label in labels], np.uint8),
        splits=np.array(splits, np.uint8),
        classes=np.array(list(classes.values())),
        **more,
    )
    counts = {split: splits.count(part) for part, split in enumerate(SPLITS)}
    print(f"{packaged_file(name)}: {counts}, {packaged_file(name).stat().st_size:,} bytes")


def main(flowers: str, blood_cells: str) -> None:
    """Write both."""
    pack_flowers(Path(flowers))
    pack_blood_cells(Path(blood_cells))


if __name__ == "__main__":
    main(*sys.argv[1:])
