"""One input's maps as they are shown: of which class, and on which colour scale, each arm's is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kdviz.comparison import ImageExplanation
from kdviz.figures.maps import ColourScale, heatmaps, own_scale
from kdviz.types import Arm, FloatArray


@dataclass(frozen=True, eq=False)
class ShownMaps:
    """explanation: each arm's for the class that is shown. values: what is drawn. scales: of its colours.

    alone: arms with a scale of their own.
    """

    explanation: ImageExplanation
    values: Mapping[Arm, FloatArray]
    scales: Mapping[Arm, ColourScale]
    alone: frozenset[Arm]


def shown_maps(
    shown: ImageExplanation,
    compared: ImageExplanation | None = None,
    *,
    signed: bool = False,
    colours: str = "cividis",
    alone: Collection[Arm] = (),
) -> ShownMaps:
    """The maps of an input, on the teacher's scale where they are for its class.

    shown: explained for the classes that are shown. compared: for one class, whose maps set the common scale;
    None if that is `shown`. signed, colours: as in `heatmaps`. alone: arms with their own scale at any rate.
    """
    common = heatmaps((compared or shown).attributions, signed=signed, clip=True, colours=colours).scale
    apart = frozenset(arm for arm in shown.arms if has_own_scale(shown, arm, alone))
    scales = {
        arm: own_scale(of.attribution, signed=signed, colours=colours) if arm in apart else common
        for arm, of in shown.arms.items()
    }
    return ShownMaps(shown, heatmaps(shown.attributions, signed=signed).values, scales, apart)


def has_own_scale(shown: ImageExplanation, arm: Arm, alone: Collection[Arm] = ()) -> bool:
    """Whether an arm's map has its own scale: it is for another class than the teacher's, or in `alone`."""
    return arm in alone or shown.arms[arm].target != shown.arms["teacher"].target
