"""Where on an image each network's evidence is strongest, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import ImageExplanation
from kdviz.figures.maps import brightest_point, density, has_clear_spot, is_defined, place_name
from kdviz.language import _, sentences
from kdviz.narrative.why import arm_names
from kdviz.types import Arm

_ARMS: tuple[Arm, ...] = ("teacher", "student", "twin")

_NEAR = 1 / 6
"""Of the picture's side, down and across: spots as near as that are at one place, the first one's."""


def places_sentence(explanation: ImageExplanation) -> str:
    """The ninth of an image with the brightest spot, by arm, and whose map is flat; "" of a text.

    Networks whose brightest spots nearly coincide have one name, the teacher's. explanation: each arm's for
    its own prediction. An arm without a map is left out.
    """
    if explanation.text is not None:
        return ""
    at: dict[str, list[str]] = {}
    points: list[tuple[float, float]] = []
    flat = []
    for arm in (each for each in _ARMS if each in explanation.arms):
        heat = density(explanation.arms[arm].attribution)
        if has_clear_spot(heat):
            point = brightest_point(heat)
            named = next((other for other in points if _near(point, other)), point)
            points.append(named)
            at.setdefault(place_name(*named), []).append(arm_names()[arm])
        elif is_defined(heat):
            flat.append(arm_names()[arm])
    found = _("; ").join(_at(place, arms) for place, arms in at.items())
    strongest = _("The evidence is strongest {places}.").format(places=found)
    return sentences(strongest if found else "", _flat(flat))


def _near(point: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(one - two) <= _NEAR for one, two in zip(point, other, strict=True))


def _at(place: str, arms: Sequence[str]) -> str:
    texts = (
        _("at the {place} for the {}"),
        _("at the {place} for {} and {}"),
        _("at the {place} for {}, {} and {}"),
    )
    return texts[len(arms) - 1].format(*arms, place=place)


def _flat(arms: Sequence[str]) -> str:
    texts = (
        "",
        _("The {}'s map has no clear spot."),
        _("The maps of {} and {} have no clear spot."),
        _("The maps of {}, {} and {} have no clear spot."),
    )
    return texts[len(arms)].format(*arms)
