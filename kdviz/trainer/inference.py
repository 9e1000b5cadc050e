"""What networks answer and where they look, over a whole split, in eval mode."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.datasets import Normalizer, Split
from kdviz.explainers import MAPS, run
from kdviz.models import Network
from kdviz.progress import Message
from kdviz.types import Event, Layer, Preparing

_BATCH = 250


@dataclass(frozen=True)
class View:
    """A network's view of a split, on the CPU: logits (N, classes) and signed Grad-CAM maps (N, h, w)."""

    logits: Tensor
    maps: Tensor

    @property
    def predicted(self) -> Tensor:
        """(N,) top-1 classes."""
        return self.logits.argmax(1)

    def accuracy(self, labels: Tensor) -> float:
        """Share of right answers in [0, 1]."""
        return accuracy(self.logits, labels)


def view(
    network: Network, split: Split, normalizer: Normalizer, layer: Layer, *, target: Tensor | None = None
) -> Generator[Event, None, View]:
    """Look at a split. target: (N,) class to explain; None explains the network's own top-1.

    Yields after each batch, so that a run can be paused or stopped in between.
    """
    network.eval()
    logits, maps = [], []
    for part in _parts(split):
        images = normalizer.normalize(split.images[part])
        with torch.no_grad():
            seen = run(network, images, layer)
        wanted = seen.logits.argmax(1) if target is None else target[part].to(normalizer.device)
        maps.append(MAPS["grad-cam"](seen, wanted, False).detach().float().cpu())
        logits.append(seen.logits.float().cpu())
        yield Preparing(Message("Measuring"), part.stop / len(split))
    return View(torch.cat(logits), torch.cat(maps))


def answers(network: Network, split: Split, normalizer: Normalizer) -> Generator[Event, None, Tensor]:
    """Logits (N, classes) over a split, on the CPU. Yields after each batch."""
    network.eval()
    logits = []
    for part in _parts(split):
        with torch.no_grad():
            logits.append(network(normalizer.normalize(split.images[part])).float().cpu())
        yield Preparing(Message("Measuring"), part.stop / len(split))
    return torch.cat(logits)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of right answers in [0, 1]. logits: (N, classes); labels: (N,)."""
    return float((logits.argmax(1) == labels).double().mean())


def _parts(split: Split) -> list[slice]:
    return [slice(start, min(start + _BATCH, len(split))) for start in range(0, len(split), _BATCH)]
