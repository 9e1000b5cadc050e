"""Batch size and epochs that follow the number of training inputs, where these are a person's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_FEW, _SMALL_BATCH = 500, 16
"""Below this number of training inputs, a batch has at most as many as this."""

_STEPS = 400
"""Training steps in which a small network learns what there is to learn."""

_MOST_EPOCHS = 100

FOLLOW_COUNT = ("batch_size", "epochs", "teacher_epochs")


def for_training_inputs(
    count: int, usual: Mapping[str, Any], *, together: float = math.inf
) -> dict[str, int]:
    """The settings in `FOLLOW_COUNT` with which teacher and student have about 400 steps each.

    count: of training inputs. usual: the settings for many of them. Few inputs have smaller batches, and
    between the usual number of epochs and 100; more than 100 only where that is usual. together: the most
    epochs of teacher and student in all, of which each has half.
    """
    batch = int(usual["batch_size"])
    if count < _FEW:
        batch = max(min(batch, _SMALL_BATCH, count), 2)
    needed = min(math.ceil(_STEPS / max(count // batch, 1)), _MOST_EPOCHS, together // 2)
    epochs = {name: max(int(usual[name]), int(needed)) for name in ("epochs", "teacher_epochs")}
    return {"batch_size": batch, **epochs}
