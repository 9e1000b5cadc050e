"""Whether agreement tells where a network errs, in a sentence."""

from __future__ import annotations

from kdviz.comparison import Survey, error_ranking
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.narrative.intervals import percent_text
from kdviz.types import MAIN_MEASURE, Arm, Interval

_WELL = 0.75
"""From this share on, the lower agreement is a fair sign of an error."""


def tells_errors(survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE) -> str:
    """How often a wrongly answered image has a lower agreement than a rightly answered one.

    "" where one of them are too few to say so.
    """
    found = error_ranking(survey, arm, measure=measure)
    if found is None:
        return ""
    text = _(
        "{finding}: of a wrongly and a rightly answered image, the wrong one has the lower agreement in "
        "{share} of all pairs, where 50 % is chance."
    )
    finding = _finding(found).format(arm=ARM_STYLES[arm].label)
    return text.format(finding=finding, share=percent_text(found))


def _finding(found: Interval) -> str:
    if found.high < 0.5:
        return _("Agreement is even higher where the {arm} errs")
    if found.low <= 0.5:
        return _("Agreement does not tell where the {arm} errs")
    if found.value < _WELL:
        return _("Agreement tells only a little about where the {arm} errs")
    return _("Agreement tells where the {arm} errs")
