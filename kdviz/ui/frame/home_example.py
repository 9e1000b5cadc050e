"""What one finished run tells in a picture row and a few numbers. For the prepared run without PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdviz.store import Run, Store
from kdviz.store.prepared import is_prepared, probe_pictures
from kdviz.types import Arm, ProbeExplained

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kdviz.types import FloatArray, IntArray

    Pictures = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Example:
    """A test image of the probe set after the last epoch.

    index: its place in the test set. image: uint8 (H, W, C). target: the class that is explained.
    attributions: by arm, raw. telling: whether the student names its label, and the twin does not.
    """

    index: int
    image: Pictures
    label: str
    target: str
    attributions: Mapping[Arm, FloatArray]
    answers: Mapping[Arm, str]
    telling: bool


def example(store: Store, run: Run) -> Example:
    """The probe set's first image that the student names correctly and its twin does not, else its first.

    Raises StoreError where the run's maps are missing or damaged.
    """
    epochs = store.probe_epochs(run.id)
    probe = store.probe(run.id, epochs[-1] if epochs else 0)
    images, labels, classes = _pictures(run, probe)
    at, telling = _telling(probe, labels)
    return Example(
        int(probe.indices[at]),
        images[at],
        classes[int(labels[at])],
        classes[int(probe.targets[at])],
        {arm: maps[at] for arm, maps in probe.maps.items()},
        {arm: classes[int(answers[at])] for arm, answers in probe.predicted.items()},
        telling,
    )


def _telling(probe: ProbeExplained, labels: IntArray) -> tuple[int, bool]:
    """The place of the image in the probe set, and whether it is what was looked for."""
    if "twin" not in probe.predicted:
        return 0, False
    right = {arm: answers == labels for arm, answers in probe.predicted.items()}
    found = right["student"] & ~right["twin"]
    return int(found.argmax()), bool(found.any())


def _pictures(run: Run, probe: ProbeExplained) -> tuple[Pictures, IntArray, tuple[str, ...]]:
    """The probe set's images, labels and classes. The prepared run's come along, ready made."""
    if is_prepared(run):
        ready = probe_pictures()
        return ready.images, ready.labels, ready.classes
    from kdviz.comparison import run_images

    images = run_images(run.config)
    split = images.test.take(probe.indices)
    return split.images.permute(0, 2, 3, 1).numpy(), split.labels.numpy(), images.classes
