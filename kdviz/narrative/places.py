"""Where on an image each network's evidence is strongest, in a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kdviz.comparison import ImageExplanation, Levels
from kdviz.datasets import class_name
from kdviz.figures.maps import brightest_point, density, has_clear_spot, is_defined, place_name
from kdviz.language import _, listed, sentences
from kdviz.narrative.why import arm_names
from kdviz.types import Arm, FloatArray

_ARMS: tuple[Arm, ...] = ("teacher", "student", "twin")

_NEAR = 1 / 6
"""Of the picture's side, down and across: spots as near as that are at one place, the first one's."""

_ALIKE = 0.9
"""Maps that correlate at least so have one place, too: which of two bright cells is brightest is chance."""


def places_sentence(explanation: ImageExplanation) -> str:
    """The ninth of an image with the brightest spot, by arm, and whose map is flat; "" of a text.

    Networks whose brightest spots nearly coincide, or whose maps are nearly the same, have one name, the
    teacher's. explanation: each arm's for its own prediction. An arm without a map is left out.
    """
    at: dict[str, list[str]] = {}
    for arm, place in _places(explanation).items():
        at.setdefault(place, []).append(arm_names()[arm])
    flat = [arm_names()[arm] for arm, heat in _heat(explanation).items() if _is_flat(heat)]
    found = _("; ").join(_at(place, arms) for place, arms in at.items())
    strongest = _("The evidence is strongest {places}.").format(places=found)
    return sentences(strongest if found else "", _flat(flat))


def places_contradict(explanation: ImageExplanation, compared: ImageExplanation, chance: Levels) -> bool:
    """Whether the places would say the opposite of the agreements: one is coarse, the other of all cells.

    So where of student and twin only the one is at the teacher's place that agrees less with it. compared:
    the maps whose agreements with the teacher's are said.
    """
    places = _places(explanation)
    if not set(_ARMS) <= set(places):
        return False
    student, twin = (places[arm] == places["teacher"] for arm in _ARMS[1:])
    ours, theirs = (compared.beyond_chance(arm, chance) for arm in _ARMS[1:])
    return student != twin and (ours < theirs if student else ours > theirs)


def answers_sentence(explanation: ImageExplanation) -> str:
    """What teacher, student and twin predict."""
    by_answer: dict[str, list[str]] = {}
    for arm in (each for each in _ARMS if each in explanation.arms):
        name = class_name(explanation.classes, explanation.arms[arm].predicted)
        by_answer.setdefault(name, []).append(arm_names()[arm])
    if len(by_answer) > 1:
        text = _("{arms} {name}")
        found = (text.format(arms=listed(arms), name=name) for name, arms in by_answer.items())
        return _("Answers: {answers}.").format(answers=_("; ").join(found))
    ((name, arms),) = by_answer.items()
    texts = (
        _("The {} answers {name}."),
        _("The {} and the {} answer {name}."),
        _("{}, {} and {} answer {name}."),
    )
    said = texts[len(arms) - 1].format(*arms, name=name)
    return said[0].upper() + said[1:]


def _places(explanation: ImageExplanation) -> dict[Arm, str]:
    """The place of each arm's brightest spot, if it is clear; one near to another's has that one's name."""
    seen: list[tuple[FloatArray, tuple[float, float]]] = []
    found: dict[Arm, str] = {}
    for arm, heat in _heat(explanation).items():
        if has_clear_spot(heat):
            point = brightest_point(heat)
            same = (other for map_, other in seen if _near(point, other) or _alike(heat, map_))
            seen.append((heat, next(same, point)))
            found[arm] = place_name(*seen[-1][1])
    return found


def _heat(explanation: ImageExplanation) -> dict[Arm, FloatArray]:
    """None of a text."""
    if explanation.text is not None:
        return {}
    arms = (each for each in _ARMS if each in explanation.arms)
    return {arm: density(explanation.arms[arm].attribution) for arm in arms}


def _is_flat(heat: FloatArray) -> bool:
    return is_defined(heat) and not has_clear_spot(heat)


def _near(point: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(one - two) <= _NEAR for one, two in zip(point, other, strict=True))


def _alike(heat: FloatArray, other: FloatArray) -> bool:
    return heat.shape == other.shape and np.corrcoef(heat.ravel(), other.ravel())[0, 1] >= _ALIKE


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
