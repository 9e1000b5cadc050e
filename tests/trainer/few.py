"""Packaged data sets with few inputs, and few test inputs whose maps are graded: for runs that are over soon."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from kdviz.datasets.split import SPLITS, DataSet, balanced_subset


@contextmanager
def few_inputs(source: ModuleType, name: str, *, count: int, graded: int) -> Iterator[None]:
    """source: the module that reads the data set. count: inputs in each of its splits."""
    whole = source._read(name)
    parts = {split: balanced_subset(getattr(whole, split), count, seed=0) for split in SPLITS}
    few = DataSet(whole.name, whole.classes, flips=True, **parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "_read", lambda name: few)
        patch.setattr("kdviz.trainer.evaluation.HELD_OUT_IMAGES", 8)
        patch.setattr("kdviz.trainer.evaluation.MAX_TEST_MAPS", graded)
        yield
