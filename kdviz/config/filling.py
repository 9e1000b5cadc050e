"""Defaults of settings that are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdviz.datasets import DATASETS
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import PRETRAINED, TEACHERS

OPENING: Mapping[str, Any] = {
    "dataset": "fashion-mnist-mini",
    "cue": "place-patch",
    "train_count": 1000,
    "arms": ("student", "twin", "placebo"),
}
"""Settings of a run without a data set: real images with a planted cue, where λ has a clear effect."""

OWN_PICTURES: Mapping[str, Any] = {
    "image_size": 64,
    "student": "resnet8-lite",
    "student_width": 1.0,
    "epochs": 20,
    "batch_size": 16,
}
"""Settings in which a run on a person's few pictures differs from the recipe, which is for many."""

FINE_TUNING_EPOCHS = 3
"""The default of `teacher_epochs` for a pretrained teacher."""


def recipe_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults of the opening experiment or of the data set; empty for an unknown one."""
    if "dataset" not in values:
        return {**DATASETS[OPENING["dataset"]].recipe, **OPENING}
    spec = DATASETS.get(str(values["dataset"]))
    return dict(spec.recipe) if spec else {}


def usual_loss(teacher: str, student: str, layer: str = "last") -> str:
    """The default explanation loss for two networks and a layer.

    Class attention if only average pooling and one linear layer follow the layer in both networks: there it
    is the most effective, and needs no second backward pass. Otherwise Grad-CAM.
    """
    known = [TEACHERS[name] for name in (teacher, student) if name in TEACHERS]
    pooled = all("pooled-linear-head" in spec.offers for spec in known)
    return "class-attention" if pooled and layer == "last" else "grad-cam"


def usual_weight(loss: str) -> float:
    """The default λ of an explanation loss."""
    return EXPLANATION_LOSSES[loss].weight if loss in EXPLANATION_LOSSES else 0.0


def with_defaults(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with defaults for those left out. defaults: of the fields, where nothing else applies.

    Without a data set, defaults come from the opening experiment; with one, from that data set's recipe. The
    recipe's widths are meant for its own networks: others have width 1. The default explanation loss depends
    on the two networks, the default λ on the loss, unless the recipe has one for it. Marks are matched, and
    at λ = 0 the student is its own twin.
    """
    recipe = recipe_of(values)
    for role in ("teacher", "student"):
        if values.get(role, recipe.get(role)) != recipe.get(role):
            recipe[f"{role}_width"] = 1.0
    if values.get("teacher") == PRETRAINED:
        recipe["teacher_epochs"] = FINE_TUNING_EPOCHS
    chosen = {**defaults, **recipe, **values}
    if "explanation_loss" not in values:
        names = (str(chosen[field]) for field in ("teacher", "student", "explained_layer"))
        chosen["explanation_loss"] = usual_loss(*names)
    if "explanation_weight" not in values:
        loss, known = str(chosen["explanation_loss"]), recipe.get("explanation_weight")
        measured = known is not None and loss == recipe.get("explanation_loss")
        chosen["explanation_weight"] = known if measured else usual_weight(loss)
    if chosen["marks"] and "map_source" not in values:
        chosen["map_source"] = "mask"
    if chosen["explanation_weight"] == 0 and "arms" not in values:
        chosen["arms"] = ("student",)
    return chosen
