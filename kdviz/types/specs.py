"""Entries of the registries: what can be chosen, as frozen data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kdviz.lazy import Deferred


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
    """A classic error that a run can make on purpose; the texts are empty for "none".

    hooks: makes the `trainer.training_hooks.TrainingHooks` of a run.
    signature: what it does to the curves and figures, one sentence. wrong, right: a line of Python each.
    source: where it was found in public. needs: what a run must have for it to change anything.
    """

    hooks: Deferred
    signature: str = ""
    wrong: str = ""
    right: str = ""
    source: str = ""
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MeasureSpec(Spec):
    """How two attribution batches are compared: `measure(a, b)` -> (N,), 1 for equal maps.

    measure: names an `agreement.Measure`. dimensions: the numbers of spatial dimensions that it takes.
    """

    measure: Deferred
    source: str
    low: float = -1.0
    high: float = 1.0
    dimensions: frozenset[int] = frozenset({1, 2})
