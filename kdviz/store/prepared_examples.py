"""Runs on photographs and on sentences that come with kdviz, imported when they are first opened.

They are made by `scripts/make_prepared_examples.py`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from kdviz.store.locks import held
from kdviz.store.prepared import PREPARED
from kdviz.store.results import from_json
from kdviz.store.run import Run
from kdviz.store.store import Store
from kdviz.types import Arm, FloatArray, Results

EXAMPLES = ("flowers", "blood-cells", "counterfactual-reviews")
"""Their data sets, which are their names."""

PICKED = PREPARED / "examples.json"
"""By name, the index of the test image that its picture shows."""

_PATIENCE_S = 30.0
_TAKEN = "prepared run: another process has been importing one for 30 s. Try again."


@dataclass(frozen=True, eq=False)
class PreparedExample:
    """A run in the package.

    id: under which it was exported. index: of the test image in its picture. cue, train_count: of its
    settings.
    """

    name: str
    id: str
    index: int
    cue: str
    train_count: int
    results: Results

    @property
    def run_file(self) -> Path:
        """The run, as exported."""
        return PREPARED / f"{self.name}.zip"


def prepared_picture(name: str) -> Path:
    """The picture of an example: a test image, then its maps by teacher, student and twin."""
    return PREPARED / f"{name}.webp"


@dataclass(frozen=True)
class PreparedSentence:
    """A test text, and what networks read in it.

    objects: places of the words where the object is. values: by arm, a number for each word: the map of its
    own prediction, with 1 as the most. predicted: by arm, the name of a class.
    """

    text: str
    objects: tuple[int, ...]
    values: Mapping[Arm, tuple[float, ...]]
    predicted: Mapping[Arm, str]

    @property
    def maps(self) -> dict[Arm, FloatArray]:
        """The values as maps, (words,)."""
        return {arm: np.array(values, np.float32) for arm, values in self.values.items()}


@cache
def prepared_sentence(name: str) -> PreparedSentence:
    """What an example of texts shows."""
    stored = json.loads((PREPARED / f"{name}.json").read_text("utf-8"))
    values = {arm: tuple(each) for arm, each in stored["values"].items()}
    return PreparedSentence(stored["text"], tuple(stored["objects"]), values, stored["predicted"])


@cache
def prepared_example(name: str) -> PreparedExample:
    """The example of that name, one of `EXAMPLES`."""
    picked: dict[str, int] = json.loads(PICKED.read_text("utf-8"))
    with zipfile.ZipFile(PREPARED / f"{name}.zip") as packed:
        run_id = str(json.loads(packed.read("run.json"))["id"])
        settings = json.loads(packed.read("config.json"))
        results = from_json(packed.read("results.json").decode())
    return PreparedExample(name, run_id, picked[name], settings["cue"], settings["train_count"], results)


def open_example(store: Store, name: str) -> str:
    """The id of the example's run in a runs directory, imported unless it is there. Raises StoreError."""
    example, directory = prepared_example(name), store.directory
    with held(directory / "prepared.lock", directory, timeout_s=_PATIENCE_S, taken=_TAKEN):
        known = next((run.id for run in store.runs() if run.record.origin == example.id), None)
        return known or store.import_run(example.run_file)


def is_example(run: Run) -> bool:
    """Whether a run is one of the examples, even if it was renamed."""
    return run.record.origin in {prepared_example(name).id for name in EXAMPLES}
