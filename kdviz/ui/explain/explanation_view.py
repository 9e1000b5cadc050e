"""An explanation as it is drawn: its heatmaps, their scale, and what is outlined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kdviz.comparison import ImageExplanation, difference_map
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import Heatmaps, heatmaps, own_scale
from kdviz.language import _
from kdviz.report import has_own_scale
from kdviz.types import Arm
from kdviz.ui.explain.controls import ImageQuery

if TYPE_CHECKING:
    from kdviz.types import FloatArray


@dataclass(frozen=True, eq=False)
class ExplanationView:
    """One input's explanation, and its heatmaps on one scale.

    object_mask: to be outlined, (H, W); None for none. framed: numbers of a text's words in a frame. known:
    where an image has its cue and its object, whether outlined or not; None where nobody knows. alone: arms
    that have a scale of their own, whatever their class. alone_on_scale: whether the scale is one arm's own.
    """

    explanation: ImageExplanation
    maps: Heatmaps
    query: ImageQuery
    object_mask: NDArray[np.bool_] | None = None
    framed: frozenset[int] = frozenset()
    known: NDArray[np.bool_] | None = None
    alone: frozenset[Arm] = frozenset()
    alone_on_scale: bool = False

    def drawn(self, arm: Arm) -> ExplanationView:
        """The view in which an arm is drawn: a map of another class than the teacher's has its own scale."""
        own = has_own_scale(self.explanation, arm, self.alone)
        return self.on_own_scale(arm) if own else self

    def on_own_scale(self, arm: Arm) -> ExplanationView:
        """The same maps, to be drawn on the scale of one arm's own."""
        attribution = self.explanation.arms[arm].attribution
        scale = own_scale(attribution, signed=self.signed, colours=self.query.colours)
        return replace(self, maps=replace(self.maps, scale=scale), alone_on_scale=True)

    @classmethod
    def of(
        cls,
        explanation: ImageExplanation,
        query: ImageQuery,
        object_mask: NDArray[np.bool_] | None = None,
        framed: frozenset[int] = frozenset(),
        known: NDArray[np.bool_] | None = None,
    ) -> ExplanationView:
        """As the query wants it drawn."""
        signed = query.signed and EXPLAINERS[explanation.explainer].signed
        maps = heatmaps(explanation.attributions, signed=signed, clip=True, colours=query.colours)
        return cls(explanation, maps, query, object_mask, framed, known)

    @property
    def signed(self) -> bool:
        """Whether evidence against the class is drawn too."""
        return self.maps.scale.signed

    @property
    def unit(self) -> str:
        """Of the maps' values."""
        return _("times the mean strength of the evidence") if self.signed else _("times an even spread")

    def difference(self, first: Arm, second: Arm) -> FloatArray:
        """The second arm's map minus the first's; all NaN if they explain different classes."""
        values = difference_map(self.maps.values[first], self.maps.values[second])
        return values if self.same_target(first, second) else np.full_like(values, np.nan)

    def same_target(self, first: Arm, second: Arm) -> bool:
        """Whether two arms are explained for the same class."""
        return self.explanation.arms[first].target == self.explanation.arms[second].target

    def class_of(self, arm: Arm) -> str:
        """The name of the class that an arm is explained for."""
        return class_name(self.explanation.classes, self.explanation.arms[arm].target)
