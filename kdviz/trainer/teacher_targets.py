"""What students are trained to match: the teacher's logits, its predicted classes, and its maps."""

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
from kdviz.types import PRECOMPUTE_FROM_EPOCHS, Event, ExplanationLossSpec, Layer, Measured, Preparing

_BATCH_SIZE = 250

_MAX_BYTES = 2**29
"""Outputs for all training images that need more memory are computed batch by batch, in every epoch."""


@dataclass(frozen=True)
class TeacherOutput:
    """The teacher's outputs for some images.

    logits: (B, classes). target: (B,), the teacher's predicted class, which both networks explain.
    maps: the teacher's maps, or None if no arm matches them.
    """

    logits: Tensor
    target: Tensor
    maps: Tensor | None

    def take(self, indices: Tensor) -> TeacherOutput:
        """The outputs for some of the images. indices: (B,)."""
        maps = None if self.maps is None else self.maps[indices]
        return TeacherOutput(self.logits[indices], self.target[indices], maps)

    @property
    def size_bytes(self) -> int:
        """Its memory."""
        return sum(part.nbytes for part in (self.logits, self.target, self.maps) if part is not None)


MapPairing = Literal["same image", "other image", "other image, same prediction"]
"""Which map an arm matches for each image: the student its own, a placebo that of another image."""


def paired_maps(maps: Tensor, predicted: Tensor, pairing: MapPairing, words: Tensor | None = None) -> Tensor:
    """The map that an arm matches, for each image of a batch; all zero, so undefined, without one.

    maps: (B, *S). predicted: (B,), the teacher's predicted classes. words: bool (B, L), where texts have
    words: theirs are paired by length. None for others.
    Batches are shuffled, so rotating the maps by one pairs every image with another one. With "other image,
    same prediction", an image whose predicted class is unique in the batch has no map: with 10 classes next
    to no image of 64, with 100 every second one.
    """
    if pairing == "same image":
        return maps
    ring = torch.arange(len(maps), device=maps.device) if words is None else ring_by_length(words)
    if pairing == "other image":
        partner = torch.empty_like(ring)
        partner[ring] = ring.roll(1)
        return maps[partner]
    partner = torch.empty_like(ring)
    partner[ring] = ring[next_of_same_class(predicted[ring])]
    alone = partner == torch.arange(len(partner), device=partner.device)
    return maps[partner].masked_fill(alone.view(-1, *[1] * (maps.ndim - 1)), 0)


def ring_by_length(words: Tensor) -> Tensor:
    """An order (B,) of texts in which neighbours, the last and the first too, are of similar length.

    words: bool (B, L). A text is as long as up to its last word. Beyond it nothing is asked of a map, and a
    longer text's map asks for evidence where there is no word: pairs of any length are a weaker control.
    Up by every second length, and down by the others: no closed order has a smaller sum of differences, nor
    a smaller largest one.
    """
    places = torch.arange(1, words.shape[1] + 1, device=words.device)
    order = (words * places).amax(1).argsort(stable=True)
    return torch.cat([order[::2], order[1::2].flip(0)])


def next_of_same_class(classes: Tensor) -> Tensor:
    """For each element of (N,), the index of the next one of the same class, cyclically; (N,).

    A class with one element is its own next one.
    """
    order, counts = classes.argsort(stable=True), classes.bincount()
    of_class = classes[order]
    first = (counts.cumsum(0) - counts)[of_class]
    rank = torch.arange(len(order), device=order.device) - first
    partner = torch.empty_like(order)
    partner[order] = order[first + (rank + 1) % counts[of_class]]
    return partner


TeacherForward = Callable[[Tensor], TeacherOutput]
BatchTargets = Callable[[Batch], TeacherOutput]


def teacher_forward(teacher: Network, loss: ExplanationLossSpec | None, layer: Layer) -> TeacherForward:
    """A function from normalized images to the teacher's outputs. The teacher is set to eval mode and frozen.

    loss: the explanation loss that the maps are for; None leaves them out.
    """
    teacher.eval().requires_grad_(False)

    def forward(images: Tensor) -> TeacherOutput:
        with torch.no_grad():
            output = run(teacher, images, layer)
            target = output.logits.argmax(1)
        maps = None if loss is None else MAPS[loss.map](output, target, False).detach()
        return TeacherOutput(output.logits.detach(), target, maps)

    return forward


def batch_targets(
    forward: TeacherForward, batches: Batches, epochs: int
) -> Generator[Event, None, BatchTargets]:
    """A function from a batch to the teacher's outputs for it.

    In eval mode they depend on the image alone. From `PRECOMPUTE_FROM_EPOCHS` epochs on they are computed
    for all images in advance, in an order that does not depend on where a run is resumed.
    """
    known = (yield from precompute(forward, batches)) if epochs >= PRECOMPUTE_FROM_EPOCHS else None
    if known is None:
        return lambda batch: forward(batch.images)
    return lambda batch: known.take(batch.views)


def precompute(forward: TeacherForward, batches: Batches) -> Generator[Event, None, TeacherOutput | None]:
    """The teacher's outputs for every view of every image; None if they need too much memory."""
    outputs, count, start_s = [], batches.view_count, perf_counter()
    for start in range(0, count, _BATCH_SIZE):
        stop = min(start + _BATCH_SIZE, count)
        outputs.append(forward(batches.select(torch.arange(start, stop, device=batches.device))))
        if outputs[0].size_bytes * count / _BATCH_SIZE > _MAX_BYTES:
            return None
        yield Preparing(Message("Computing the teacher's outputs"), stop / count)
    yield Measured("students", 0.0, "teacher", {"seconds": perf_counter() - start_s})
    return _concatenated(outputs)


def _concatenated(outputs: list[TeacherOutput]) -> TeacherOutput:
    maps = [output.maps for output in outputs if output.maps is not None]
    return TeacherOutput(
        torch.cat([output.logits for output in outputs]),
        torch.cat([output.target for output in outputs]),
        torch.cat(maps) if maps else None,
    )
