"""Train the teachers that the package brings along: `PYTHONPATH=. python scripts/make_teachers.py`.

That of the opening experiment, and one for each data set that needs no download, without a cue and with the
one that its examples plant, at default settings. What is there already is left as it is.
"""

from __future__ import annotations

from pathlib import Path

import torch

from kdviz.config import RunConfig, make_config
from kdviz.replacing import write_atomically
from kdviz.store.folder import weights_to_bytes
from kdviz.store.teachers import SHIPPED
from kdviz.trainer import distill
from kdviz.types import Measured, TeacherReady


def main() -> None:
    """Write kdviz/teachers/<key>.safetensors."""
    torch.set_num_threads(1)
    cues = {
        "fashion-mnist-mini": ("none", "hue-patch"),
        "shapes": ("none", "hue-patch"),
        "flowers": ("none",),
        "blood-cells": ("none", "place-patch"),
        "sentiment": ("none", "marker-word"),
        "bank-intents": ("none", "marker-word"),
        "counterfactual-reviews": ("none", "marker-word"),
        "speech-commands-mini": ("none", "beep"),
    }
    named = [{"dataset": name, "cue": cue} for name, planted in cues.items() for cue in planted]
    for values in [{}, *named]:
        config = make_config({**values, "device": "cpu"})
        if not (SHIPPED / f"{config.teacher_key}.safetensors").exists():
            ship(config, SHIPPED)


def ship(config: RunConfig, shelf: Path) -> None:
    """Train one teacher and write it to the shelf."""
    accuracy = 0.0
    for event in distill(config):
        if isinstance(event, Measured):
            accuracy = event.values.get("validation_accuracy", accuracy)
        if isinstance(event, TeacherReady):
            write_atomically(shelf / f"{event.key}.safetensors", weights_to_bytes(event.weights))
            print(f"{config.dataset}, cue {config.cue}: {event.key}, validation accuracy {accuracy:.3f}")
            return


if __name__ == "__main__":
    main()
