"""Events of a run: what the trainer yields, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kdviz.progress import Message
from kdviz.types.names import Arm, Stage
from kdviz.types.results import Results

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    FloatArray = NDArray[np.float32]
    IntArray = NDArray[np.int64]

Weights = Mapping[str, "Tensor"]
"""A network's state dict."""


@dataclass(frozen=True)
class Preparing:
    """Work before, between or after training steps: what is being done, and how far, in [0, 1]."""

    message: Message
    fraction: float = 0.0


@dataclass(frozen=True)
class Noted:
    """What a person should know about the images, a sentence each: files skipped, pictures enlarged."""

    notes: tuple[str, ...]


@dataclass(frozen=True)
class StageStarted:
    """Training of the teacher, or of all student arms in lockstep, begins or goes on."""

    stage: Stage
    arms: tuple[Arm, ...]
    epochs: int
    steps_per_epoch: int
    epochs_done: int = 0


@dataclass(frozen=True)
class StepTaken:
    """One batch has taught every arm. Comes often: the place to pause or to stop."""

    stage: Stage
    step: int
    steps: int


@dataclass(frozen=True)
class Measured:
    """Numbers about one arm. `epoch` counts epochs done: fractional within an epoch."""

    stage: Stage
    epoch: float
    arm: Arm
    values: Mapping[str, float]


ELAPSED = "elapsed_s"
"""A number kept beside an arm's others: seconds of work on the run, pauses left out, when it had learnt so
much. Runs that were recorded without it have no curves over time."""


@dataclass(frozen=True)
class ProbeExplained:
    """The probe set's attributions after an epoch.

    indices: (P,) places in the test set. targets: (P,) the class explained, the teacher's top-1.
    maps: by arm, (P, h, w) signed Grad-CAM at the arm's own resolution.
    predicted: by arm, (P,) the arm's own top-1.
    """

    epoch: int
    indices: IntArray
    targets: IntArray
    maps: Mapping[Arm, FloatArray]
    predicted: Mapping[Arm, IntArray]


@dataclass(frozen=True)
class SnapshotTaken:
    """All that is needed to go on from the end of an epoch, bit for bit.

    weights: by arm. state: weights, optimisers and schedules, as `torch.save` takes them.
    """

    stage: Stage
    epoch: int
    weights: Mapping[Arm, Weights]
    state: Mapping[str, Any]


@dataclass(frozen=True)
class TeacherReady:
    """The teacher is trained (or came from the cache) and will not change any more."""

    key: str
    weights: Weights
    cached: bool


@dataclass(frozen=True)
class Finished:
    """The final figures, by arm, on the test set."""

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
