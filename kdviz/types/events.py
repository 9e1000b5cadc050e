"""Events that the trainer yields, in order of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kdviz.progress import Message
from kdviz.types.names import Arm, Stage
from kdviz.types.results import Results

if TYPE_CHECKING:
    from torch import Tensor

    from kdviz.types.arrays import FloatArray, IntArray

Weights = Mapping[str, "Tensor"]
"""The state dict of a network."""


@dataclass(frozen=True)
class Preparing:
    """Work other than training steps: a message, and the share that is done, in [0, 1]."""

    message: Message
    fraction: float = 0.0


@dataclass(frozen=True)
class Noted:
    """Notes about the images, a sentence each: files skipped, images enlarged."""

    notes: tuple[str, ...]


@dataclass(frozen=True)
class StageStarted:
    """Training of the teacher, or of all student arms in lockstep, starts or resumes."""

    stage: Stage
    arms: tuple[Arm, ...]
    epochs: int
    steps_per_epoch: int
    epochs_done: int = 0


@dataclass(frozen=True)
class StepTaken:
    """A training step of all arms. Frequent: consumers pause or stop here."""

    stage: Stage
    step: int
    steps: int


@dataclass(frozen=True)
class Measured:
    """Metrics of one arm. `epoch` counts epochs done; it is fractional within an epoch."""

    stage: Stage
    epoch: float
    arm: Arm
    values: Mapping[str, float]


ELAPSED = "elapsed_s"
"""Metric stored with the others of an arm: seconds of work on the run so far, pauses excluded.

Runs recorded without it have no curves over time.
"""


@dataclass(frozen=True)
class ProbeExplained:
    """Attributions of the probe set after an epoch.

    indices: (P,), in the test set. targets: (P,), the explained class, which the teacher predicts. maps: by
    arm, (P, h, w) signed Grad-CAM at the arm's own resolution. predicted: by arm, (P,) the arm's predicted
    class.
    """

    epoch: int
    indices: IntArray
    targets: IntArray
    maps: Mapping[Arm, FloatArray]
    predicted: Mapping[Arm, IntArray]


@dataclass(frozen=True)
class SnapshotTaken:
    """The state at the end of an epoch, from which training resumes bit for bit.

    weights: by arm. state: weights, optimizers and schedulers, for `torch.save`.
    """

    stage: Stage
    epoch: int
    weights: Mapping[Arm, Weights]
    state: Mapping[str, Any]


@dataclass(frozen=True)
class TeacherReady:
    """The teacher is trained, or loaded from the cache, and fixed from now on."""

    key: str
    weights: Weights
    cached: bool


@dataclass(frozen=True)
class Finished:
    """The results by arm on the test set."""

    arms: Results


PRECOMPUTE_FROM_EPOCHS = 3
"""Number of epochs from which on the teacher's outputs are computed once for every image, mirrored or not."""


Event = (
    Preparing
    | Noted
    | StageStarted
    | StepTaken
    | Measured
    | ProbeExplained
    | SnapshotTaken
    | TeacherReady
    | Finished
)
