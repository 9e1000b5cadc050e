"""Keys that identify runs and teachers by the settings that determine their results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdviz.content import file_hash
from kdviz.datasets import fingerprint

if TYPE_CHECKING:
    from kdviz.config.run_config import RunConfig

# Two runs that agree in all of these can share one trained teacher.
_TEACHER_FIELDS = (
    "dataset",
    "image_size",
    "cue",
    "teacher",
    "teacher_width",
    "teacher_weights",
    "teacher_epochs",
    "batch_size",
    "optimizer",
    "learning_rate",
)

_NO_LOSS = "grad-cam"
"""The explanation loss in keys at λ = 0, where it has no effect."""


def teacher_key(config: RunConfig) -> str:
    """Key of the teacher of a run: equal for runs that can share it."""
    parts = {name: getattr(config, name) for name in _TEACHER_FIELDS}
    return _digest({**parts, **content(config)})


def run_key(config: RunConfig) -> str:
    """Key of a run: equal for equal settings, ignoring those without effect at λ = 0."""
    settings = config.model_dump(mode="json")
    if config.explanation_weight == 0:
        settings["explanation_loss"] = _NO_LOSS
    return _digest({**settings, **content(config)})


def content(config: RunConfig) -> Mapping[str, str]:
    """Hashes of the user's files, by setting. Keys contain them instead of the paths."""
    found = {"data": fingerprint(config.dataset, config.data)}
    given = config.teacher_weights
    if given and given != "imagenet" and Path(given).is_file():
        found["teacher_weights"] = file_hash(Path(given))
    return found


def _digest(parts: Mapping[str, Any]) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
