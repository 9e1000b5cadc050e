"""Runs that come with kdviz packed, and are imported when they are first opened.

Those on photographs, sentences and sounds are made by `scripts/make_prepared_examples.py`, the one that
differs from the prepared run only in λ by `scripts/make_prepared_run.py`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from kdviz.store.locks import held
from kdviz.store.prepared import PREPARED, is_prepared
from kdviz.store.run import Run, run_from_row
from kdviz.store.store import Store
from kdviz.types import Arm, FloatArray, Results

EXAMPLES = ("flowers", "blood-cells", "counterfactual-reviews", "speech-commands-mini")
"""Those on other data, by their data sets."""

WEAKER = "weaker"
"""The run of the prepared one's settings, except for a smaller λ."""

PACKED = (WEAKER, *EXAMPLES)

PICKED = PREPARED / "examples.json"
"""By name, the index of the test image that its picture shows, its label, and by arm what is predicted."""

_OF_NOBODY = {"queued": None, "deleted": None, "request": None, "owner": "", "shared": 0}
"""What a run file does not say."""

_PATIENCE_S = 30.0
_TAKEN = "prepared run: another process has been importing one for 30 s. Try again."


@dataclass(frozen=True, eq=False)
class PreparedExample:
    """A run in the package.

    id: under which it was exported. index, label: of the test image in its picture. predicted: by arm, the
    name of a class. cue, train_count, epochs: of its settings.
    """

    name: str
    id: str
    index: int
    label: str
    predicted: Mapping[Arm, str]
    cue: str
    train_count: int
    epochs: int
    results: Results


def packed_file(name: str) -> Path:
    """A packed run, as exported."""
    return PREPARED / f"{name}.zip"


def prepared_picture(name: str) -> Path:
    """The picture of an example: a test image, then its maps by teacher, student and twin.

    Without gaps: four in a row, of sounds two rows of two.
    """
    return PREPARED / f"{name}.webp"


def prepared_sound(name: str) -> Path | None:
    """The sound whose spectrogram the picture of an example shows; None of other inputs."""
    file = PREPARED / f"{name}.wav"
    return file if file.exists() else None


@dataclass(frozen=True)
class PreparedSentence:
    """A test text, and what networks read in it.

    objects: places of the words where the object is. values: by arm, a number for each word: the map of what
    the arm predicts, with 1 as the most.
    """

    text: str
    objects: tuple[int, ...]
    values: Mapping[Arm, tuple[float, ...]]

    @property
    def maps(self) -> dict[Arm, FloatArray]:
        """The values as maps, (words,)."""
        return {arm: np.array(values, np.float32) for arm, values in self.values.items()}


@cache
def prepared_sentence(name: str) -> PreparedSentence:
    """What an example of texts shows."""
    stored = json.loads((PREPARED / f"{name}.json").read_text("utf-8"))
    values = {arm: tuple(each) for arm, each in stored["values"].items()}
    return PreparedSentence(stored["text"], tuple(stored["objects"]), values)


@cache
def prepared_example(name: str) -> PreparedExample:
    """The example of that name, one of `EXAMPLES`."""
    picked, run = json.loads(PICKED.read_text("utf-8"))[name], packed_run(name)
    assert run.results is not None
    return PreparedExample(
        name,
        run.id,
        **picked,
        cue=run.config.cue,
        train_count=run.config.train_count or 0,
        epochs=run.config.epochs,
        results=run.results,
    )


@cache
def packed_run(name: str) -> Run:
    """A packed run, one of `PACKED`, with the id under which it was exported."""
    with zipfile.ZipFile(packed_file(name)) as packed:
        record = json.loads(packed.read("run.json"))
        texts = {part: packed.read(f"{part}.json").decode() for part in ("config", "results")}
    tags = {"tags": json.dumps(record["tags"]), "origin": record["id"]}
    run = run_from_row({**_OF_NOBODY, **record, **tags, **texts})
    assert isinstance(run, Run)
    return run


def still_packed(runs: Iterable[Run]) -> list[Run]:
    """The packed runs that are not among these."""
    opened = {run.record.origin for run in runs}
    return [run for run in map(packed_run, PACKED) if run.id not in opened]


def open_example(store: Store, name: str) -> str:
    """The id of a packed run in a runs directory, imported unless it is there. Raises StoreError."""
    packed, directory = packed_run(name), store.directory
    with held(directory / "prepared.lock", directory, timeout_s=_PATIENCE_S, taken=_TAKEN):
        known = next((run.id for run in store.runs() if run.record.origin == packed.id), None)
        return known or store.import_run(packed_file(name))


def is_example(run: Run) -> bool:
    """Whether a run is one of the packed ones, even if it was renamed."""
    return run.record.origin in {packed_run(name).id for name in PACKED}


def came_with_kdviz(run: Run) -> bool:
    """Whether a run is the prepared one or one of the packed ones."""
    return is_prepared(run) or is_example(run)
