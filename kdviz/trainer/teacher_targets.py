"""What the teacher says about a batch: its answers, and where it looks."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

import torch
from torch import Tensor

from kdviz.explainers import MAPS, run
from kdviz.models import Network
from kdviz.progress import Message
from kdviz.trainer.batches import Batch, Batches
from kdviz.types import ASKED_BEFORE, Event, ExplanationLossSpec, Layer, Measured, Preparing

_AT_ONCE = 250

_MOST_BYTES = 2**29
"""Maps of all training images that take more than this are asked for anew in every epoch."""


@dataclass(frozen=True)
class TeacherOutput:
    """One batch's teaching. The same for every arm.

    logits: (B, classes). target: (B,), the teacher's top-1, the class that both sides explain.
    maps: the teacher's maps, or None where no arm asks for them.
    """

    logits: Tensor
    target: Tensor
    maps: Tensor | None

    def about(self, places: Tensor) -> TeacherOutput:
        """The lesson about some of its images. places: (B,)."""
        maps = None if self.maps is None else self.maps[places]
        return TeacherOutput(self.logits[places], self.target[places], maps)

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        return sum(part.nbytes for part in (self.logits, self.target, self.maps) if part is not None)


MapsOf = Literal["its own", "another image", "another image of the same answer"]
"""Which image's teacher map an arm is given: a student's its own, a placebo's another one's."""


def dealt(lesson: TeacherOutput, maps_of: MapsOf) -> Tensor:
    """The teacher's maps of a batch as an arm is given them; all zero, so undefined, where there is none.

    A batch comes in random order, so a rotation deals every image another one's map. An image whose answer no
    other image of the batch has gets none: with 10 classes next to no image of 64, with 100 every second one.
    Raises ValueError for a lesson without maps.
    """
    if lesson.maps is None:
        raise ValueError("the lesson has no maps to deal")
    if maps_of == "its own":
        return lesson.maps
    if maps_of == "another image":
        return lesson.maps.roll(1, dims=0)
    partner = next_of_same_class(lesson.target)
    alone = partner == torch.arange(len(partner), device=partner.device)
    return lesson.maps[partner].masked_fill(alone.view(-1, *[1] * (lesson.maps.ndim - 1)), 0)


def next_of_same_class(classes: Tensor) -> Tensor:
    """For each place of (N,) the next place of the same class, the last one's being the first; (N,).

    A class's only place is its own next one.
    """
    order, counts = classes.argsort(stable=True), classes.bincount()
    of_class = classes[order]
    first = (counts.cumsum(0) - counts)[of_class]
    turn = torch.arange(len(order), device=order.device) - first
    partner = torch.empty_like(order)
    partner[order] = order[first + (turn + 1) % counts[of_class]]
    return partner


Asking = Callable[[Tensor], TeacherOutput]
Teaching = Callable[[Batch], TeacherOutput]


def asking(teacher: Network, loss: ExplanationLossSpec | None, layer: Layer) -> Asking:
    """A function from normalised images to the teacher's lesson. The teacher stays in eval mode.

    loss: the explanation loss whose maps are wanted; None leaves them out.
    """
    teacher.eval().requires_grad_(False)

    def ask(images: Tensor) -> TeacherOutput:
        with torch.no_grad():
            seen = run(teacher, images, layer)
            target = seen.logits.argmax(1)
        maps = None if loss is None else MAPS[loss.map](seen, target, False).detach()
        return TeacherOutput(seen.logits.detach(), target, maps)

    return ask


def teaching(ask: Asking, batches: Batches, epochs: int) -> Generator[Event, None, Teaching]:
    """A function from a batch to its lesson.

    A teacher says the same of the same image every time, so from `ASKED_BEFORE` epochs on it is asked about
    all of them beforehand, in an order that does not depend on where a run is resumed.
    """
    known = (yield from everything(ask, batches)) if epochs >= ASKED_BEFORE else None
    if known is None:
        return lambda batch: ask(batch.images)
    return lambda batch: known.about(batch.views)


def everything(ask: Asking, batches: Batches) -> Generator[Event, None, TeacherOutput | None]:
    """The lesson about every view of every image; None if that takes too much memory."""
    lessons, count, began = [], batches.view_count, perf_counter()
    for start in range(0, count, _AT_ONCE):
        stop = min(start + _AT_ONCE, count)
        lessons.append(ask(batches.view(torch.arange(start, stop, device=batches.device))))
        if lessons[0].bytes * count / _AT_ONCE > _MOST_BYTES:
            return None
        yield Preparing(Message("Asking the teacher"), stop / count)
    yield Measured("students", 0.0, "teacher", {"seconds": perf_counter() - began})
    return _joined(lessons)


def _joined(lessons: list[TeacherOutput]) -> TeacherOutput:
    maps = [lesson.maps for lesson in lessons if lesson.maps is not None]
    return TeacherOutput(
        torch.cat([lesson.logits for lesson in lessons]),
        torch.cat([lesson.target for lesson in lessons]),
        torch.cat(maps) if maps else None,
    )
