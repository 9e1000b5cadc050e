"""What the teacher says about one batch: its answers, and where it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.explainers import MAPS, run
from kdviz.models import Network
from kdviz.types import ExplanationLossSpec, Layer


@dataclass(frozen=True)
class Lesson:
    """One batch's teaching. The same for every arm.

    logits: (B, classes). target: (B,), the teacher's top-1, the class that both sides explain.
    maps: the teacher's maps, or None where no arm asks for them.
    """

    logits: Tensor
    target: Tensor
    maps: Tensor | None


Teaching = Callable[[Tensor], Lesson]


def teaching(teacher: Network, loss: ExplanationLossSpec | None, layer: Layer) -> Teaching:
    """A function from normalised images to the teacher's lesson. The teacher stays in eval mode.

    loss: the explanation loss whose maps are wanted; None leaves them out.
    """
    teacher.eval().requires_grad_(False)

    def teach(images: Tensor) -> Lesson:
        with torch.no_grad():
            seen = run(teacher, images, layer)
            target = seen.logits.argmax(1)
        maps = None if loss is None else MAPS[loss.map](seen, target, False).detach()
        return Lesson(seen.logits.detach(), target, maps)

    return teach
