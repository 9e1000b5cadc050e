"""What may be concluded from a run, what it does not show, and what had better not be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from kdviz.language import _, sentences
from kdviz.narrative.conclusion import Conclusion, Grounds, Group, Topic
from kdviz.narrative.map_conclusions import misleading_maps, object_conclusion, trust_conclusions
from kdviz.narrative.student_and_twin import comparisons, cue_conclusion, seeds_conclusion
from kdviz.narrative.weak_class import weak_class_sentence
from kdviz.notes import doubts_accuracy, shown_note

MOST = 4
"""Sentences in a group beside that on other seeds: no more can be kept in mind."""


def conclusions(grounds: Grounds) -> dict[Group, list[Conclusion]]:
    """The most important sentences of each group that has any, and that on other seeds.

    What may be said begins with the main finding: accuracy, then maps, then confidence. Of a teacher that
    guesses, nothing may be said.
    """
    seeds = seeds_conclusion(grounds)
    found = list(_by_importance(grounds))
    if grounds.guesses:
        found = [_nothing_learnt(), *(each for each in found if each.group != "say")]
    seeds_said = seeds.group != "say" or not grounds.guesses
    groups: dict[Group, list[Conclusion]] = {}
    for group in get_args(Group):
        kept = [each for each in found if each.group == group][:MOST]
        if of_group := [*kept, *([seeds] if group == seeds.group and seeds_said else [])]:
            groups[group] = sorted(of_group, key=_place) if group == "say" else of_group
    return groups


def _nothing_learnt() -> Conclusion:
    text = _("That the student learnt from its teacher, which is not clearly better than guessing.")
    return Conclusion("not-shown", "agreement", text)


def _new_inputs(grounds: Grounds) -> Iterator[Conclusion]:
    """That new inputs are answered as well, where the notes on the data say that the test is easier."""
    if doubts := [shown_note(note) for note in grounds.notes if doubts_accuracy(note)]:
        text = _("That new images are answered as well as those of the test.")
        yield Conclusion("not-shown", "data", sentences(text, *doubts))


def _place(said: Conclusion) -> int:
    return get_args(Topic).index(said.topic)


def _by_importance(grounds: Grounds) -> Iterator[Conclusion]:
    yield from _new_inputs(grounds)
    if grounds.has_cue:
        yield cue_conclusion(grounds)
    if weak := weak_class_sentence(grounds.largest):
        yield Conclusion("say", "classes", weak)
    trust = list(trust_conclusions(grounds))
    yield from (each for each in trust if each.group != "say")
    on_object = object_conclusion(grounds)
    if on_object.topic == "maps":
        yield on_object
    yield from comparisons(grounds)
    yield from (each for each in trust if each.group == "say")
    if on_object.topic != "maps":
        yield on_object
    yield from misleading_maps(grounds)
