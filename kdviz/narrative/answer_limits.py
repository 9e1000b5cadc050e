"""What a yes or a no leaves open: two explainers that point at different places, a teacher that errs."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.agreement import Verdict
from kdviz.comparison import CueRemoval, Survey, difference
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, enumerated, sentences
from kdviz.narrative.answer import same_answer
from kdviz.narrative.cue_removal import misleading_map
from kdviz.narrative.gain_by import surveyed_gain
from kdviz.narrative.localization import explainers_differ, maxima_differ, missed_classes, point_apart
from kdviz.narrative.survey import missed_by_teacher
from kdviz.types import MAIN_MEASURE


def answer_limits(
    first: Survey,
    second: Survey | None = None,
    *,
    measure: str = MAIN_MEASURE,
    removals: Sequence[CueRemoval] = (),
) -> str:
    """What a yes or a no leaves open: two explainers that point at different places, a teacher that errs.

    removals: what removing the cue changes, if that is known. The rest is as in `survey_headline`. "" without
    either, or without a twin.
    """
    if "twin" not in first.scores:
        return ""
    places = explainers_differ(first, second, removals) if second is not None else ""
    classes = missed_by_teacher(first)
    if difference(first, measure=measure).verdict is not Verdict.BETTER or not classes:
        return places
    but = _(
        "But by {explainer} the teacher's brightest spot is on what is marked in only {classes}. There this "
        "does not show that either looks at the right place."
    )
    return sentences(places, but.format(explainer=_(EXPLAINERS[first.explainer].label), classes=classes))


def brief_limits(
    first: Survey,
    second: Survey | None = None,
    *,
    measure: str = MAIN_MEASURE,
    removals: Sequence[CueRemoval] = (),
) -> str:
    """The same in everyday words, without the figures; arguments as of `answer_limits`."""
    if "twin" not in first.scores:
        return ""
    places = _brief_places(first, second, measure, removals) if second is not None else ""
    missed = missed_classes(first, "object", "teacher") if "object" in first.localization else []
    if difference(first, measure=measure).verdict is not Verdict.BETTER or not missed:
        return places
    text = _("On images labelled {classes} the teacher's own maps miss what is marked.")
    names = [class_name(first.classes, each.label) for each in missed]
    return sentences(places, text.format(classes=enumerated(names)))


def _brief_places(first: Survey, second: Survey, measure: str, removals: Sequence[CueRemoval]) -> str:
    if not point_apart(first, second):
        return ""
    text = _("But {difference}.")
    if same_answer(surveyed_gain(first, measure), surveyed_gain(second, measure)):
        text = _("The same answer by a second explainer, though {difference}.")
    return text.format(difference=_difference(first, second, removals))


def _difference(first: Survey, second: Survey, removals: Sequence[CueRemoval]) -> str:
    """At what the maps of only one of two explainers point, as a clause."""
    names = [_(EXPLAINERS[survey.explainer].label) for survey in (first, second)]
    on_cue, misleading = maxima_differ(first, second, "cue"), misleading_map(removals, first, second)
    if not on_cue or misleading is None:
        text = (
            _("of the maps by {first} and by {second} only those of one point at the patch")
            if on_cue
            else _("of the maps by {first} and by {second} only those of one point at the object")
        )
        return text.format(first=names[0], second=names[1])
    wrong, right = names if misleading.explainer == first.explainer else reversed(names)
    if misleading.marks:
        text = _(
            "{wrong} marks the patch and {right} does not: removing the patch shows that {right} is right "
            "about teacher and student"
        )
    else:
        text = _(
            "{right} marks the patch and {wrong} does not: removing the patch shows that {right} is right "
            "about teacher and student"
        )
    return text.format(wrong=wrong, right=right)
