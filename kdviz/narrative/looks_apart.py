"""What it means that the maps of most images look apart, where the answer to all of them may be yes."""

from __future__ import annotations

from math import isfinite

from kdviz.comparison.test_set.grading import by_measure
from kdviz.comparison.test_set.survey import Survey
from kdviz.comparison.test_set.triage import alike_above, box_counts
from kdviz.language import _, sentences
from kdviz.types import BOXES, MAIN_MEASURE, Arm, Box

HIGH = 0.5
"""From this agreement on, corrected for chance, the limit is called high: 1 is the same map."""

_APART: frozenset[Box] = frozenset({"right-apart", "wrong-apart"})


def looks_apart(survey: Survey, arm: Arm, box: Box, *, measure: str = MAIN_MEASURE) -> str:
    """What most maps of an arm look like if they are in a box of those that look apart; else ""."""
    counts = box_counts(survey, arm, measure=measure)
    if box not in _APART or 2 * counts[box] <= sum(counts[each] for each in BOXES):
        return ""
    above = alike_above(survey, arm, measure=measure, corrected=True)
    found = next(row.score.interval for row in by_measure(survey) if (row.arm, row.measure) == (arm, measure))
    return sentences(
        _("Apart: individually, these maps cannot be distinguished from maps of other images."),
        _("The limit is high, since maps of different images are much alike in this data set.")
        if above >= HIGH
        else "",
        _("On average they agree more than by chance.") if isfinite(found.low) and found.low > 0 else "",
    )
