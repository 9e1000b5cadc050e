"""Masks in place of the teacher's maps: `PYTHONPATH=. python scripts/expert_masks.py RUNS PART [PETS]`.

RUNS: a runs directory; what is finished there is taken over, so that it can be stopped and started again.
PART: shapes, cells, pets, losses, counts, counts-cells or loop. PETS: a folder of images/ and masks/.
Prints a Markdown table over five seeds, three for `losses`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from kdviz.agreement import hierarchical_bootstrap
from kdviz.config import RunConfig, make_config
from kdviz.datasets import Marks, digests
from kdviz.inputs import images_to_mark, load_dataset
from kdviz.jobs import continued, execute, submit
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.progress import silent
from kdviz.store import Run, Store
from kdviz.study import markdown_table
from kdviz.types import Arm, ArmResult, Interval

SEEDS, FEW_SEEDS = range(5), range(3)
SHAPES = {"dataset": "shapes", "cue": "hue-patch", "train_count": 1000, "epochs": 12}
CELLS = {"dataset": "blood-cells", "cue": "place-patch"}
PETS = {
    "dataset": "folder", "image_size": 64, "cue": "hue-patch", "train_count": 250, "epochs": 20,
    "batch_size": 32, "teacher": "resnet8-lite", "teacher_epochs": 40, "student": "resnet8-lite",
    "student_width": 0.5,
}  # fmt: skip
ALL_ARMS = ("student", "twin", "placebo", "teacher-maps")

FIGURES: Mapping[str, str] = {
    "accuracy": "accuracy",
    "cue helps": "intact_accuracy",
    "evidence on the object": "object_share",
    "on the patch": "cue_share",
}


@dataclass(frozen=True)
class Row:
    """A name, and over seeds: results, those of the twin, those of the student of the teacher's maps."""

    name: str
    results: list[ArmResult]
    twins: Sequence[ArmResult] = ()
    rivals: Sequence[ArmResult] = ()


def main() -> None:
    """Train what is missing, and print the table of a part."""
    torch.set_num_threads(1)
    runs, part, *more = sys.argv[1:]
    store = Store(Path(runs))
    rows = list(_rows(store, part, more[0] if more else ""))
    print(markdown_table([dict(_cells(row)) for row in rows]))


def _rows(store: Store, part: str, pets: str) -> Iterator[Row]:
    if part == "shapes":
        yield from _sources(store, SHAPES)
    elif part == "cells":
        yield from _sources(store, CELLS)
    elif part == "pets":
        yield from _sources(store, {**PETS, "data": pets})
    elif part == "losses":
        yield from _losses(store)
    elif part == "counts":
        yield from _counts(store, SHAPES, (3, 10, 30, 100))
    elif part == "counts-cells":
        yield from _counts(store, CELLS, (3, 10, 30))
    elif part == "loop":
        yield from _loop(store)
    else:
        raise SystemExit(f"expert_masks: unknown part {part!r}.")


def _sources(store: Store, settings: Mapping[str, Any]) -> Iterator[Row]:
    masks, both = _with_all_masks(store, settings)
    twin, rival = _of(masks, "twin"), _of(masks, "teacher-maps")
    yield Row("teacher", _of(masks, "teacher"))
    yield Row("twin", twin)
    yield Row("teacher's maps", rival, twin)
    yield Row("masks", _of(masks, "student"), twin, rival)
    yield Row("masks of other images", _of(masks, "placebo"), twin, rival)
    yield Row("both", _of(both, "student"), twin, rival)
    yield Row("both, of other images", _of(both, "placebo"), twin, rival)


def _with_all_masks(store: Store, settings: Mapping[str, Any]) -> tuple[list[Run], list[Run]]:
    """Runs on masks and on both, over seeds."""
    masks = _over_seeds(store, {**settings, "map_source": "mask", "arms": ALL_ARMS})
    return masks, _over_seeds(store, {**settings, "map_source": "both", "arms": ("student", "placebo")})


def _losses(store: Store) -> Iterator[Row]:
    twin = _of(_over_seeds(store, {**SHAPES, "map_source": "mask", "arms": ALL_ARMS}, FEW_SEEDS), "twin")
    for name, spec in EXPLANATION_LOSSES.items():
        for source in sorted({*spec.map_sources} - {"teacher"}) if name != "attention" else ():
            settings = {**SHAPES, "explanation_loss": name, "map_source": source, "arms": ("student",)}
            yield Row(f"{name}, {source}", _of(_over_seeds(store, settings, FEW_SEEDS), "student"), twin)


def _counts(store: Store, settings: Mapping[str, Any], counts: Sequence[int]) -> Iterator[Row]:
    masks, both = _with_all_masks(store, settings)
    twin = _of(masks, "twin")
    ends: dict[str, tuple[Arm, list[Run]]] = {"mask": ("twin", masks), "both": ("teacher-maps", both)}
    for source, (none, every) in ends.items():
        yield Row(f"{source}, 0 marks", _of(masks, none), twin)
        for count in counts:
            found = [_marked(store, settings, source, count, seed) for seed in SEEDS]
            yield Row(f"{source}, {count:,} marks", _of(found, "student"), twin)
        yield Row(f"{source}, all marked", _of(every, "student"), twin)
    weaker = {**settings, "explanation_weight": 3}
    for count in counts[-2:]:
        found = [_marked(store, weaker, "mask", count, seed) for seed in SEEDS]
        yield Row(f"mask, {count:,} marks, λ = 3", _of(found, "student"), twin)


def _marked(store: Store, settings: Mapping[str, Any], source: str, count: int, seed: int) -> Run:
    config = make_config({**settings, "arms": ("student",), "seed": seed})
    marks = _marks(store, config, count)
    return _trained(store, make_config({**config.model_dump(), "marks": marks, "map_source": source}))


def _loop(store: Store) -> Iterator[Row]:
    """A finished run on the teacher's maps, and runs that go on from it."""
    parents = _over_seeds(store, {**SHAPES, "arms": ("student", "twin"), "explanation_weight": 3})
    twins = _of(parents, "twin")
    yield Row("parent", _of(parents, "student"), twins)
    for count in (10, 100):
        found = [_marked_again(store, parent, "mask", count) for parent in parents]
        yield Row(f"{count} marks, mask", _of(found, "student"), _of(found, "twin"))
        both = [_marked_again(store, parent, "both", count) for parent in parents]
        yield Row(f"{count} marks, both", _of(both, "student"), _of(found, "twin"))
    yield Row("teacher's maps again", _of(found, "teacher-maps"), _of(found, "twin"))
    yield Row("twin again", _of(found, "twin"))


def _marked_again(store: Store, parent: Run, source: str, count: int) -> Run:
    """A run that goes on from another, with marks on the first images."""
    arms = ("student", "twin", "teacher-maps") if source == "mask" else ("student",)
    changes = {"marks": _marks(store, parent.config, count), "arms": arms}
    return _trained(store, continued(parent, {**changes, "map_source": source}))


def _marks(store: Store, config: RunConfig, count: int) -> str:
    """A file of marks on the first images: the masks that come with the data."""
    images = images_to_mark(config, load_dataset(config, silent))
    assert images.object_masks is not None
    named = zip(digests(images.images)[:count], images.object_masks.numpy(), strict=False)
    return str(store.keep_marks(Marks(dict(named)).to_bytes()))


def _over_seeds(store: Store, settings: Mapping[str, Any], seeds: Iterable[int] = SEEDS) -> list[Run]:
    return [_trained(store, make_config({**settings, "seed": seed})) for seed in seeds]


def _trained(store: Store, config: RunConfig) -> Run:
    for run in store.runs():
        if run.state == "finished" and run.record.config_key == config.key:
            return run
    run = execute(store, submit(store, config, foreground=True))
    if run.state != "finished":
        raise SystemExit(f"expert_masks: run {run.id} {run.state}: {run.record.message}")
    print(f"{run.id} {run.record.progress.seconds:.0f} s", file=sys.stderr, flush=True)
    return run


def _of(runs: Sequence[Run], arm: Arm) -> list[ArmResult]:
    return [run.results[arm] for run in runs if run.results]


def _cells(row: Row) -> Iterator[tuple[str, str]]:
    yield "student", row.name
    for label, field in FIGURES.items():
        yield label, _text(hierarchical_bootstrap([getattr(each, field) for each in row.results]))
    for label, others in (("less twin", row.twins), ("less teacher's maps", row.rivals)):
        if others:
            gains = [own.accuracy - other.accuracy for own, other in zip(row.results, others, strict=True)]
            yield label, _text(hierarchical_bootstrap(gains), signed=True)


def _text(value: Interval, *, signed: bool = False) -> str:
    form = "+.3f" if signed else ".3f"
    return f"{value.value:{form}} ({value.low:{form}} to {value.high:{form}})".replace("-", "−")


if __name__ == "__main__":
    main()
