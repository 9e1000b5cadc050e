"""What one page rerun costs in a process that has torch loaded, before and after `gc.freeze`."""

from __future__ import annotations

import gc
from collections.abc import Iterator

from benchmarks.paired import Ratio, paired
from kdviz.jobs import prepare_process


def ratios() -> Iterator[Ratio]:
    """A full collection, as Streamlit makes after each script run, frozen against not."""

    def frozen() -> None:
        gc.collect()

    def thawed() -> None:
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    prepare_process()
    yield paired("collection after a rerun: frozen / not frozen", frozen, thawed, pairs=10)
