"""Registry entries as frozen data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kdviz.lazy import Deferred
from kdviz.types.names import LAYER_STRIDES, MapSource

ModalityName = Literal["image", "text", "audio"]
IMAGES: frozenset[ModalityName] = frozenset({"image"})
TEXTS: frozenset[ModalityName] = frozenset({"text"})
SOUNDS: frozenset[ModalityName] = frozenset({"audio"})
PICTURES: frozenset[ModalityName] = IMAGES | SOUNDS
"""Inputs with rows and columns: a sound is a spectrogram."""

ANY_INPUT: frozenset[ModalityName] = PICTURES | TEXTS

WITH_SAMPLES = 5
"""Channels of a sound with its samples: the spectrogram, then 4 with a frame's 160 samples in 40 rows."""

INPUT_NAMES: Mapping[str, str] = {"image": "images", "text": "texts", "audio": "sounds"}
"""What inputs are called in messages."""


@dataclass(frozen=True)
class Spec:
    """An entry of a registry. name: its key, as typed by users. about: one sentence."""

    name: str
    label: str
    about: str


@dataclass(frozen=True)
class OwnFiles:
    """What is known of a user's files before they are learnt from.

    missing: what is said where their path is not given. counted: (path) -> `datasets.Counts`. fingerprint:
    (path) -> a hash of their content; "" if they do not exist. masked: (path) -> whether the place of what
    decides comes with some of them; None if it never does. readable: (path) -> raises DataError for an upload
    that no run can use; None if counting tells. warned: (path) -> sentences on what is left out of files
    that a run can use; None if nothing is. Of texts, `TextColumns` follow the path of the first, of masked
    and of warned.
    """

    missing: str
    counted: Callable[..., Any]
    fingerprint: Callable[..., Any]
    masked: Callable[..., Any] | None = None
    readable: Callable[..., Any] | None = None
    warned: Callable[..., Any] | None = None


@dataclass(frozen=True)
class DatasetSpec(Spec):
    """A data set.

    input_shape: (C, H, W) of an image, before a cue is planted, (1, L) of a text of L words, or (1, bands,
    frames) of a sound; None if the user chooses the size.
    classes: None if the user's files define them.
    counts: number of training images (validation included) and test images; None likewise. validation_count:
        number of validation images; None for a sixth of the training images.
    recipe: default settings for this data set.
    source: origin and licence.
    downloads: whether it is downloaded on first use.
    object_masks: whether its images come with masks of the object; None if the user's files may. masks_note:
        what to know about them.
    own_files: how the user's files are known; None for a data set that needs none.
    """

    load: Callable[..., Any]
    source: str
    input_shape: tuple[int, ...] | None
    classes: int | None
    counts: tuple[int, int] | None = None
    validation_count: int | None = None
    recipe: Mapping[str, Any] = field(default_factory=dict)
    modality: ModalityName = "image"
    downloads: bool = False
    object_masks: bool | None = False
    masks_note: str = ""
    own_files: OwnFiles | None = None


@dataclass(frozen=True)
class AugmentationSpec(Spec):
    """How inputs are changed at random in training, beside what is usual for their kind.

    gain_db: sounds are made louder or quieter by up to so much. noise_db: lowest and highest signal-to-noise
    ratio of the white noise that is added to them; None for no noise.
    """

    gain_db: float = 0.0
    noise_db: tuple[float, float] | None = None
    modalities: frozenset[ModalityName] = ANY_INPUT

    @property
    def changes_samples(self) -> bool:
        """Whether it changes the samples of a sound."""
        return self.gain_db > 0 or self.noise_db is not None


@dataclass(frozen=True)
class CueSpec(Spec):
    """A cue that can be planted.

    plant: (split, (N,) classes to indicate, classes=, generator=) -> the split with the cue.
    variants: (a split of one input without the cue, number of classes) -> its `datasets.CueVariants`; None
        for a cue without a position.
    indicated_by: which property of the cue indicates the class: its colour, its
        position, which word it is, or how high its tone is.
    """

    plant: Callable[..., Any] | None = None
    variants: Deferred | None = None
    indicated_by: Literal["", "colour", "place", "word", "pitch"] = ""
    modalities: frozenset[ModalityName] = IMAGES


@dataclass(frozen=True)
class ModelSpec(Spec):
    """A network family.

    offers: capabilities that explanation losses and explainers may require: "spatial-features" (a feature map
    for Grad-CAM), "pooled-linear-head" (global average pooling and one linear layer follow the last map),
    "token-attention" (a class token attends to patches or words), "relu" (all activations are ReLUs),
    "usual-input" (it reads what others of its modality read: their gradients can be compared by channel).
    optimizer: the default one. learning_rate: the peak for fine-tuning, whatever that of other networks; None
    for networks that are trained from the start.
    minimum_size: shortest side of an image in pixels, or of a text in words.
    size_multiple: sides must be multiples of it.
    finest: pixels a cell of its finest map that can be explained, if above 2.
    has_width: whether channel counts can be scaled by a factor.
    family: the name of its family's smallest network; "" for one that is its own family.
    reads_samples: whether it reads the samples of a sound instead of its spectrogram.
    """

    make: Callable[..., Any]
    source: str
    offers: frozenset[str]
    optimizer: Literal["sgd", "adamw"] = "sgd"
    learning_rate: float | None = None
    minimum_size: int = 16
    size_multiple: int = 1
    has_width: bool = True
    family: str = ""
    modalities: frozenset[ModalityName] = PICTURES
    finest: int = 1
    reads_samples: bool = False

    def read_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The part of a run's inputs (C, *S) that it reads, or would read of sounds without samples."""
        if self.reads_samples:
            return (WITH_SAMPLES, *shape[1:])
        return (1, *shape[1:]) if shape[0] == WITH_SAMPLES else shape

    def takes(self, sides: Sequence[int]) -> bool:
        """Whether images with these sides, in pixels, fit."""
        return min(sides) >= self.minimum_size and all(side % self.size_multiple == 0 for side in sides)

    def has(self, layer: str) -> bool:
        """Whether it has a map of that name, one of `Layer`. Of a program only its file says so."""
        return LAYER_STRIDES.get(layer, self.finest) >= self.finest


_FEW_PASSES = 10


@dataclass(frozen=True)
class ExplainerSpec(Spec):
    """An explanation method. requires: capabilities of `ModelSpec.offers`.

    signed: whether values can be negative (evidence against the target).
    positive_part: whether maps are compared after a ReLU, as in the method's paper.
    complete: whether values add up to logit(image) − logit(baseline).
    takes_baseline: whether it removes pixels, so that a baseline must be chosen.
    warning: a known limitation of its maps, one sentence; empty for most.
    passes: approximate cost of a map in forward passes; a backward pass counts as two.
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
    modalities: frozenset[ModalityName] = PICTURES

    @property
    def slow(self) -> bool:
        """Whether a map is so expensive that fewer images are explained, and none in advance."""
        return self.passes > _FEW_PASSES


@dataclass(frozen=True)
class BaselineSpec(Spec):
    """What an absent pixel or word looks like: `make(images, black)` -> (N, C, *S)."""

    make: Callable[..., Any]
    modality: ModalityName = "image"


@dataclass(frozen=True)
class ExplanationLossSpec(Spec):
    """A differentiable map of each network, and a distance between the two maps, which λ weights.

    map: a name in `explainers.MAPS`.
    distance: (teacher maps, student maps) -> Tensor (N,), 0 if they match, NaN where undefined.
    reaches_head: whether its gradient must reach the layers after the explained one.
    explainer: the explainer with the same maps, whose agreement the loss optimizes; "" for none.
    weight: the default λ.
    map_sources: what its maps can be matched to.
    """

    map: str
    distance: Callable[..., Any]
    source: str
    explainer: str
    weight: float
    requires: frozenset[str] = frozenset()
    reaches_head: bool = True
    map_sources: tuple[MapSource, ...] = ("teacher", "mask", "both")
    modalities: frozenset[ModalityName] = ANY_INPUT


@dataclass(frozen=True)
class MistakeSpec(Spec):
    """A common mistake that a run can make on purpose; the texts are empty for "none".

    hooks: makes the `trainer.training_hooks.TrainingHooks` of a run. plain: what went wrong, in a sentence
    without terms. easy: whether one look at the curves tells, without comparing values.
    signature: its effect on curves and figures, one sentence. wrong, right: a line of Python each.
    source: where it was found in public. needs: what a run must have for it to have an effect.
    """

    hooks: Deferred
    plain: str = ""
    easy: bool = False
    signature: str = ""
    wrong: str = ""
    right: str = ""
    source: str = ""
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MeasureSpec(Spec):
    """A measure of agreement: `measure(a, b)` of two batches of maps -> (N,), 1 for equal maps.

    measure: names an `agreement.Measure`. dimensions: supported numbers of spatial dimensions.
    """

    measure: Deferred
    source: str
    low: float = -1.0
    high: float = 1.0
    dimensions: frozenset[int] = frozenset({1, 2})
