"""The data that runs are trained on, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kdviz.config import CHOICES
from kdviz.datasets import DATASETS
from kdviz.language import _, listed, plural, speaking_of

if TYPE_CHECKING:
    from kdviz.study import Point


def shared_data(points: Sequence[Point]) -> str:
    """Data set, cue and number of training images, or texts, as far as all points share them."""
    counts = {point.config.train_count for point in points}
    count = counts.pop() if len(counts) == 1 else None
    with speaking_of(DATASETS[points[0].config.dataset].modality):
        images = plural("{count} image", "{count} images", count) if count else ""
    return listed(filter(None, [_shared_label(points, "dataset"), _cue(points), images]))


def shared_recipe(points: Sequence[Point]) -> str:
    """The same, with the explanation loss, its λ and the number of epochs: what two results may differ in."""
    weights = {point.config.explanation_weight for point in points}
    losses = {point.config.explanation_loss for point in points if point.config.explanation_weight}
    epochs = {point.config.epochs for point in points}
    loss = _(CHOICES["explanation_loss"][losses.pop()].label) if len(losses) == 1 else ""
    weight = f"λ = {weights.pop():g}" if len(weights) == 1 else ""
    length = plural("{count} epoch", "{count} epochs", epochs.pop()) if len(epochs) == 1 else ""
    return listed(filter(None, [shared_data(points), loss, weight, length]))


def _cue(points: Sequence[Point]) -> str:
    if {point.config.cue for point in points} == {"none"}:
        return _("no cue")
    return _shared_label(points, "cue").lower()


def _shared_label(points: Sequence[Point], field: str) -> str:
    """The label of a setting that is the same for all; "" if it varies."""
    values = {getattr(point.config, field) for point in points}
    if len(values) > 1:
        return ""
    return _(CHOICES[field][values.pop()].label)
