"""The words of the project as frozen data: arms, specs of what can be chosen, events of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from kdviz.lazy import Deferred
from kdviz.progress import Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    FloatArray = NDArray[np.float32]
    IntArray = NDArray[np.int64]

Arm = Literal["teacher", "student", "twin", "placebo", "same-answer", "scratch"]
ARMS: tuple[Arm, ...] = get_args(Arm)
"""In the order in which they are drawn and listed, everywhere."""

Stage = Literal["teacher", "students"]
RunState = Literal["queued", "running", "paused", "finished", "failed", "cancelled", "interrupted"]
Layer = Literal["last", "second-to-last"]
"""A place to cut any network at: its last, or second-to-last, feature map that the head reads."""

Weights = Mapping[str, "Tensor"]
"""A network's state dict."""

Box = Literal["right-alike", "right-apart", "wrong-alike", "wrong-apart"]
BOXES: tuple[Box, ...] = get_args(Box)
"""An image by two questions: are teacher and student both right, and do their maps look alike."""

Ground = Literal["object", "cue"]
GROUNDS: tuple[Ground, ...] = get_args(Ground)
"""What may be known to be in a picture, and where."""


# --- what can be chosen -------------------------------------------------------------------------


@dataclass(frozen=True)
class Spec:
    """One entry of a registry. `name` is what a person types, `about` one sentence."""

    name: str
    label: str
    about: str


@dataclass(frozen=True)
class DatasetSpec(Spec):
    """A source of images.

    input_shape: (C, H, W) of an image, before a cue is planted; None where the person chooses the size.
    classes: None where the person's own files decide.
    counts: images to learn from (validation not yet cut off) and to test with; None likewise.
    recipe: settings that suit this source, used where a config leaves them out.
    source: where it comes from, with its licence.
    downloads: whether it comes from the internet when it is first used.
    """

    load: Callable[..., Any]
    source: str
    input_shape: tuple[int, ...] | None
    classes: int | None
    counts: tuple[int, int] | None = None
    recipe: Mapping[str, Any] = field(default_factory=dict)
    modality: Literal["image"] = "image"
    downloads: bool = False


@dataclass(frozen=True)
class ModelSpec(Spec):
    """A network family.

    offers: what explanation losses and explainers may ask of it: "spatial-features" (a feature map
        that Grad-CAM can use), "pooled-linear-head" (global average pooling and one linear layer
        follow its last map), "token-attention" (a class token's attention over patches), "relu" (all its
        activations are ReLUs).
    optimizer: the one that suits it.
    minimum_size: shortest image side that it takes, in pixels.
    has_width: whether its channel counts can be multiplied by a factor.
    """

    make: Callable[..., Any]
    source: str
    offers: frozenset[str]
    optimizer: Literal["sgd", "adamw"] = "sgd"
    minimum_size: int = 16
    has_width: bool = True


@dataclass(frozen=True)
class ExplainerSpec(Spec):
    """A way to explain a prediction. `requires` is a subset of what a model must offer.

    signed: whether values below 0, evidence against the target, can occur.
    positive_part: whether two maps are compared after a ReLU, as the method's paper draws them.
    complete: whether a map's values add up to logit(image) − logit(baseline).
    takes_baseline: whether it takes pixels away, so that one chooses what an absent pixel looks like.
    warning: what a person must know before believing a map, one sentence; empty for most.
    passes: what a map costs, about: passes of the image through the network, a backward one as two.
    """

    make: Callable[..., Any]
    source: str
    requires: frozenset[str] = frozenset()
    signed: bool = True
    positive_part: bool = False
    complete: bool = False
    takes_baseline: bool = False
    warning: str = ""
    passes: int = 3


@dataclass(frozen=True)
class BaselineSpec(Spec):
    """What an absent pixel looks like: `make(images, black)` -> (N, C, H, W)."""

    make: Callable[..., Any]


@dataclass(frozen=True)
class ExplanationLossSpec(Spec):
    """What λ weighs: a differentiable map of each network, and a distance between the two maps.

    map: a name in `explainers.MAPS`.
    distance: (teacher maps, student maps) -> Tensor (N,), 0 where they match, NaN where undefined.
    reaches_head: whether its gradient must reach the layers after the explained one.
    explainer: the explainer whose agreement such a loss trains, as it reads the same maps; "" for none.
    weight: λ where nobody chooses one.
    """

    map: str
    distance: Callable[..., Any]
    source: str
    explainer: str
    weight: float
    requires: frozenset[str] = frozenset()
    reaches_head: bool = True


@dataclass(frozen=True)
class MistakeSpec(Spec):
    """A classic error that a run can make on purpose. All but the first three are empty where there is none.

    signature: what it does to the curves and figures, one sentence. wrong, right: a line of Python each.
    source: where it was seen in public. needs: what a run must have for it to change anything.
    """

    signature: str = ""
    wrong: str = ""
    right: str = ""
    source: str = ""
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MeasureSpec(Spec):
    """How two attribution batches are compared: `measure(a, b)` -> (N,), 1 for equal maps.

    measure: names an `agreement.Measure`.
    """

    measure: Deferred
    source: str
    low: float = -1.0
    high: float = 1.0


# --- what comes out -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """One measure of one pair of models over one set of images, against chance.

    raw, chance: means over the n images whose maps are defined.
    corrected, low, high: (raw − chance)/(1 − chance) with its 95 % bootstrap interval.
    dead_rate: share of images left out because a map was undefined, in [0, 1].
    """

    raw: float
    chance: float
    corrected: float
    low: float
    high: float
    n: int
    dead_rate: float


# --- what happens in a run ----------------------------------------------------------------------


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
    """The final figures, by arm, on the test set. Plain JSON types only."""

    arms: Mapping[Arm, Mapping[str, Any]]


ASKED_BEFORE = 3
"""Epochs from which on it is less work to ask the teacher about every image and its mirror image once."""


@dataclass(frozen=True)
class Pace:
    """Seconds that the parts of a run take, on one machine.

    teacher_step, step: one batch, for the teacher alone, and for all student arms with the teacher's lesson.
    teacher_look, look: what is measured, explained and kept after an epoch of either stage.
    ask: the teacher's lesson about the images of one batch and their mirror images, where it is asked before.
    begin: from the ready teacher to the students' first batch. final: the test set at the end.
    """

    teacher_step: float
    teacher_look: float
    ask: float
    step: float
    look: float
    begin: float
    final: float


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
