"""The test image that the tour shows, selected without PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kdviz.datasets import class_name
from kdviz.store import Run, Store
from kdviz.store.prepared import prepared_probe
from kdviz.types import Arm

_SAME_CORNER = (1, 11, 12, 14)
"""Test images among the first 16 whose patch stays in its corner where its colour is the true one."""


@dataclass(frozen=True)
class Example:
    """A test image of the prepared run's probe set after the last epoch.

    index: in the test set. target: the explained class. answers: predicted classes by arm.
    """

    index: int
    label: str
    target: str
    answers: Mapping[Arm, str]


def example(store: Store, run: Run) -> Example:
    """The first probe image of the prepared run on which its student is correct and its twin is not.

    Only of those on which nothing but the colour of the patch changes where it is set right. Raises
    StoreError if the run's maps are missing or damaged.
    """
    epochs = store.probe_epochs(run.id)
    probe, ready = store.probe(run.id, epochs[-1] if epochs else 0), prepared_probe()
    right = {arm: predicted == ready.labels for arm, predicted in probe.predicted.items()}
    at = int((right["student"] & ~right["twin"] & np.isin(probe.indices, _SAME_CORNER)).argmax())
    return Example(
        int(probe.indices[at]),
        class_name(ready.classes, int(ready.labels[at])),
        class_name(ready.classes, int(probe.targets[at])),
        {arm: class_name(ready.classes, int(predicted[at])) for arm, predicted in probe.predicted.items()},
    )
