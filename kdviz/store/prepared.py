"""The run that comes with kdviz, so that no page is empty at first.

It is made by `scripts/make_prepared_run.py`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kdviz.store.failures import as_store_errors
from kdviz.store.locks import held
from kdviz.store.run import Run
from kdviz.store.store import Store

PREPARED = Path(__file__).parents[1] / "prepared"
RUN, PROBE = PREPARED / "run.zip", PREPARED / "probe.npz"

_PATIENCE_S = 30.0
_TAKEN = "prepared run: another process has been putting it in its place for 30 s. Try again."


@dataclass(frozen=True, eq=False)
class ProbeImages:
    """The inputs of a run's probe set.

    images: uint8 (N, H, W, C), or texts. labels: (N,) class numbers. classes: their names. planted: of texts
    with a cue, the numbers of the planted words of each.
    """

    images: NDArray[np.uint8] | tuple[str, ...]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    planted: tuple[Collection[int], ...] = ()


def offer_prepared_run(store: Store) -> None:
    """Import the prepared run into a new runs directory, once, even with concurrent calls.

    A deleted one stays deleted. Raises StoreError if the directory cannot be written to.
    """
    offered, directory = store.directory / "prepared.offered", store.directory
    if offered.exists():
        return
    with held(directory / "prepared.lock", directory, timeout_s=_PATIENCE_S, taken=_TAKEN):
        if offered.exists():
            return
        if not store.runs(include_deleted=True):
            store.import_run(RUN)
        with as_store_errors(directory):
            offered.touch()


def is_prepared(run: Run) -> bool:
    """Whether a run is the prepared one, even if it was renamed."""
    return run.record.origin == _id()


@cache
def prepared_probe() -> ProbeImages:
    """The probe set of the prepared run, in the order of its stored maps.

    It is stored, so that a page need not load the data set.
    """
    with np.load(PROBE, allow_pickle=False) as arrays:
        return ProbeImages(arrays["images"], arrays["labels"], tuple(map(str, arrays["classes"])))


@cache
def _id() -> str:
    """The id under which it was exported."""
    with zipfile.ZipFile(RUN) as packed:
        return str(json.loads(packed.read("run.json"))["id"])
