"""Names and values that settings may take, and settings that depend on λ."""

from __future__ import annotations

from collections.abc import Mapping

from kdviz.datasets import AUGMENTATIONS, CUES, DATASETS
from kdviz.losses import EXPLANATION_LOSSES, MAP_SOURCES
from kdviz.models import MODELS, TEACHERS
from kdviz.museum.mistakes import MISTAKES
from kdviz.types import (
    ANY_INPUT,
    IMAGES,
    SOUNDS,
    TEXTS,
    Arm,
    AugmentationSpec,
    CueSpec,
    DatasetSpec,
    ExplanationLossSpec,
    ModalityName,
    ModelSpec,
    Spec,
)

LAMBDA_LADDER = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""The values of λ in menus; any other may be typed."""

IDLE_WITHOUT_LAMBDA = ("explanation_loss", "explanation_share", "map_source", "marks")
"""Settings without effect at λ = 0."""

SETTINGS_OF: Mapping[str, frozenset[ModalityName]] = {
    "image_size": IMAGES,
    "augmentation": SOUNDS,
    "teacher_weights": IMAGES | TEXTS,
    "teacher_input": IMAGES,
    "teacher_size": IMAGES,
    "teacher_classes": IMAGES,
}
"""Settings that have a meaning for some kinds of input alone. The others' have it for all."""

NEED_LAMBDA: frozenset[Arm] = frozenset({"twin", "placebo", "same-answer", "teacher-maps"})
"""Arms that equal the student at λ = 0."""

CHOICES: Mapping[str, Mapping[str, Spec]] = {
    "dataset": DATASETS,
    "cue": CUES,
    "teacher": TEACHERS,
    "student": MODELS,
    "augmentation": AUGMENTATIONS,
    "explanation_loss": EXPLANATION_LOSSES,
    "map_source": MAP_SOURCES,
    "mistake": MISTAKES,
}
"""Fields whose value is a name in a registry."""


def has_setting(modality: ModalityName, field: str) -> bool:
    """Whether a setting has a meaning for a kind of input."""
    return modality in SETTINGS_OF.get(field, ANY_INPUT)


def choices_for(field: str, modality: ModalityName) -> dict[str, Spec]:
    """The values of a field in `CHOICES` that are made for a kind of input."""
    return {name: spec for name, spec in CHOICES[field].items() if modality in _modalities(spec)}


def _modalities(spec: Spec) -> frozenset[ModalityName]:
    if isinstance(spec, DatasetSpec):
        return frozenset({spec.modality})
    made_for = AugmentationSpec | CueSpec | ExplanationLossSpec | ModelSpec
    return spec.modalities if isinstance(spec, made_for) else ANY_INPUT
