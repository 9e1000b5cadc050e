"""Keys of runs and teachers: equal for equal settings, whatever the paths of a user's files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kdviz.types import COLUMN_FIELDS

if TYPE_CHECKING:
    from kdviz.config.run_config import RunConfig

INPUT_FIELDS = ("dataset", "data", "image_size", "clip_seconds", *COLUMN_FIELDS, "cue")
"""Settings that the inputs of networks depend on, and so the test images of a run."""

# Two runs that agree in all of these can share one trained teacher.
_TEACHER_FIELDS = (
    "dataset",
    "image_size",
    "clip_seconds",
    *COLUMN_FIELDS,
    "cue",
    "teacher",
    "teacher_width",
    "teacher_weights",
    "teacher_input",
    "teacher_size",
    "teacher_classes",
    "teacher_epochs",
    "batch_size",
    "augmentation",
    "optimizer",
    "learning_rate",
)

_NO_LOSS = "grad-cam"
"""The explanation loss in keys at λ = 0, where it has no effect."""


def teacher_key(config: RunConfig) -> str:
    """Of the teacher of a run: equal for runs that can share it."""
    stored = config.model_dump(mode="json")
    parts = {name: stored[name] for name in _TEACHER_FIELDS if name in stored}
    found = {name: content for name, content in config.content.items() if name != "marks"}
    return _digest({**parts, **found})


def run_key(config: RunConfig) -> str:
    """Of a run: equal for equal settings, ignoring those without effect at λ = 0."""
    settings = config.model_dump(mode="json")
    if config.explanation_weight == 0:
        settings["explanation_loss"] = _NO_LOSS
    return _digest({**settings, **config.content})


def _digest(parts: Mapping[str, Any]) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
