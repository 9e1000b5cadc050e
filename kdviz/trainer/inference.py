"""Logits and Grad-CAM maps of a network over a whole split, in eval mode."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.agreement import calibration_error
from kdviz.datasets import Normalizer, Split, random_cue_classes
from kdviz.explainers import MAPS, run
from kdviz.models import Network
from kdviz.progress import Message
from kdviz.types import Event, Layer, Preparing

_BATCH_SIZE = 250


@dataclass(frozen=True)
class SplitOutput:
    """A network's outputs on a split, on the CPU: logits (N, classes) and signed Grad-CAM maps (N, h, w)."""

    logits: Tensor
    maps: Tensor

    @property
    def predicted(self) -> Tensor:
        """(N,) predicted classes."""
        return self.logits.argmax(1)


def split_output(
    network: Network, split: Split, normalizer: Normalizer, layer: Layer, *, target: Tensor | None = None
) -> Generator[Event, None, SplitOutput]:
    """Logits and maps over a split. target: (N,) classes to explain; None explains the predicted ones.

    Yields after each batch, so that a run can be paused or stopped in between.
    """
    network.eval()
    logits, maps = [], []
    for part in _slices(split):
        images = normalizer.normalize(split.images[part])
        with torch.no_grad():
            output = run(network, images, layer)
        explained = output.logits.argmax(1) if target is None else target[part].to(normalizer.device)
        found = MAPS["grad-cam"](output, explained, False).detach().float()
        maps.append(network.over_cells(found, images).cpu())
        logits.append(output.logits.float().cpu())
        yield Preparing(Message("Measuring"), part.stop / len(split))
    return SplitOutput(torch.cat(logits), torch.cat(maps))


def split_logits(network: Network, split: Split, normalizer: Normalizer) -> Generator[Event, None, Tensor]:
    """Logits (N, classes) over a split, on the CPU. Yields after each batch."""
    network.eval()
    logits = []
    for part in _slices(split):
        with torch.no_grad():
            logits.append(network(normalizer.normalize(split.images[part])).float().cpu())
        yield Preparing(Message("Measuring"), part.stop / len(split))
    return torch.cat(logits)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of correct predictions, in [0, 1]. logits: (N, classes); labels: (N,)."""
    return float((logits.argmax(1) == labels).double().mean())


def prediction_figures(logits: Tensor, labels: Tensor, *, random_cue: bool) -> dict[str, float]:
    """The figures of `ArmResult` by predictions for test images. logits: (N, classes); labels: (N,).

    random_cue: whether a cue is drawn at random in them.
    """
    figures = {
        "accuracy": accuracy(logits, labels),
        "commonest_prediction": float(logits.argmax(1).bincount().max()) / len(logits),
        "calibration_error": calibration_error(logits, labels),
    }
    if random_cue:
        figures["cue_followed"] = cue_followed(logits, labels, random_cue_classes(*logits.shape))
    return figures


def cue_followed(logits: Tensor, labels: Tensor, indicated: Tensor) -> float:
    """Share of predictions that are the indicated class, where that is not the label; NaN if it always is.

    logits: (N, classes); labels, indicated: (N,).
    """
    wrong = indicated != labels
    return float((logits.argmax(1) == indicated)[wrong].double().mean())


def _slices(split: Split) -> list[slice]:
    return [slice(start, min(start + _BATCH_SIZE, len(split))) for start in range(0, len(split), _BATCH_SIZE)]
