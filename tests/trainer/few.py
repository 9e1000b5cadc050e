"""Packaged data sets with few inputs, and few test inputs whose maps are graded: for runs that are over soon."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from kdviz.config import RunConfig
from kdviz.datasets.split import SPLITS, DataSet, balanced_subset
from kdviz.trainer import distill
from kdviz.types import Event, TeacherReady


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


def taught_once() -> Callable[[RunConfig], list[Event]]:
    """A maker of the events of runs, in which runs that have the same teacher train it once."""
    teachers = {}

    def events(config: RunConfig) -> list[Event]:
        found = list(distill(config, teacher=teachers.get))
        teachers.update({event.key: event.weights for event in found if isinstance(event, TeacherReady)})
        return found

    return events
