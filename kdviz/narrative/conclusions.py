"""What may be concluded from a run, what it does not show, and what had better not be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from kdviz.narrative.conclusion import Conclusion, Grounds, Group
from kdviz.narrative.map_conclusions import misleading_maps, object_conclusion, trust_conclusions
from kdviz.narrative.student_and_twin import comparisons, cue_conclusion, seeds_conclusion

MOST = 3
"""Sentences in a group: no more can be kept in mind."""


def conclusions(grounds: Grounds) -> dict[Group, list[Conclusion]]:
    """The most important sentences of each group that has any. That on other seeds is never left out."""
    seeds = seeds_conclusion(grounds)
    found = list(_by_importance(grounds))
    groups: dict[Group, list[Conclusion]] = {}
    for group in get_args(Group):
        last = [seeds] if group == seeds.group else []
        of_group = [each for each in found if each.group == group]
        if kept := [*of_group[: MOST - len(last)], *last]:
            groups[group] = kept
    return groups


def _by_importance(grounds: Grounds) -> Iterator[Conclusion]:
    if grounds.has_cue:
        yield cue_conclusion(grounds)
    yield from trust_conclusions(grounds)
    on_object = object_conclusion(grounds)
    if on_object.topic == "maps":
        yield on_object
    yield from comparisons(grounds)
    if on_object.topic != "maps":
        yield on_object
    yield from misleading_maps(grounds)
