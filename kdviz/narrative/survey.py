"""The findings of a survey in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from kdviz.agreement import MEASURES, Verdict, verdict
from kdviz.comparison.test_set.fixed_places import fixed_places
from kdviz.comparison.test_set.grading import difference
from kdviz.comparison.test_set.survey import Survey
from kdviz.comparison.test_set.triage import ALIKE_QUANTILE, alike_above
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import place_name
from kdviz.language import _, decimal, listed, percentage, sentences
from kdviz.narrative.answer import short_answer
from kdviz.narrative.intervals import gain_text
from kdviz.narrative.verdicts import verdict_words
from kdviz.types import MAIN_MEASURE, Arm, Interval

_ENOUGH = 20
"""Images of a class from which the place of its maxima is reported."""


def survey_headline(
    first: Survey,
    second: Survey | None = None,
    *,
    trained_on: str,
    measure: str = MAIN_MEASURE,
    caveat: str = "",
) -> str:
    """The student compared to its twin in one sentence, by one explainer or by two.

    first, second: surveys of one run, the first by the explainer of the loss. trained_on: that explainer's
    name. caveat: why it is too early for a finding; the figures follow.
    """
    if "twin" not in first.scores:
        return sentences(caveat, _("Without a twin, the effect of λ is unknown."))
    if caveat:
        return sentences(caveat, _so_far(filter(None, (first, second)), measure))
    result = difference(first, measure=measure)
    finding = _first(result.verdict).format(
        explainer=_explainer(first, trained_on), gain=gain_text(result.agreement)
    )
    if second is None:
        return _("{finding}.").format(finding=finding)
    other = difference(second, measure=measure)
    if other.verdict is result.verdict:
        both = _("{finding}; the same by {explainer}: {gain}.")
    else:
        both = _second(other.verdict)
    return both.format(
        finding=finding, explainer=_explainer(second, trained_on), gain=gain_text(other.agreement)
    )


def survey_answer(
    first: Survey, second: Survey | None = None, *, measure: str = MAIN_MEASURE, caveat: str = ""
) -> str:
    """Whether the student looks where its teacher looks, in everyday words.

    Empty where the headline alone says why there is no answer. Arguments as in `survey_headline`.
    """
    if "twin" not in first.scores or caveat:
        return ""
    verdicts = [difference(each, measure=measure).verdict for each in (first, second) if each is not None]
    return short_answer(verdicts[0], verdicts[1] if second is not None else None)


def _so_far(surveys: Iterable[Survey], measure: str) -> str:
    gains = (
        _("by {explainer} {gain}").format(
            explainer=_(EXPLAINERS[survey.explainer].label),
            gain=gain_text(difference(survey, measure=measure).agreement),
        )
        for survey in surveys
    )
    return _("So far, corrected agreement, student − twin: {gains}.").format(gains=_("; ").join(gains))


def survey_details(survey: Survey, *, measure: str = MAIN_MEASURE) -> list[str]:
    """Further sentences on the survey."""
    lines = [
        _(
            "{count} of {total} test images, class-balanced, each explained for the teacher's prediction."
        ).format(count=f"{len(survey):,}", total=f"{survey.total:,}")
    ]
    if "placebo" in survey.scores:
        placebo = difference(survey, "placebo", measure=measure)
        lines.append(
            _("Compared to the placebo, which has the same λ with shuffled maps: {gain}, {verdict}.").format(
                gain=gain_text(placebo.agreement), verdict=verdict_words(placebo.verdict)
            )
        )
    if "same-answer" in survey.scores:
        same = difference(survey, "same-answer", measure=measure)
        lines.append(
            _("Compared to the same-answer placebo: {gain}, {verdict}.").format(
                gain=gain_text(same.agreement), verdict=verdict_words(same.verdict)
            )
        )
    undefined = {arm: int((~scores[measure].defined).sum()) for arm, scores in survey.scores.items()}
    if any(undefined.values()):
        counts = listed(f"{_(arm)} {count:,}" for arm, count in undefined.items())
        lines.append(
            _("Left out because the teacher's map or the arm's is undefined: {counts}.").format(counts=counts)
        )
    return lines


def alike_rule(survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE) -> str:
    """What "look alike" means here, in a sentence."""
    above = alike_above(survey, arm, measure=measure)
    if not math.isfinite(above):
        return _("No map is defined, so none look alike.")
    return _(
        "Two maps look alike where their {measure} is above {level}: only {share} of pairs of unrelated "
        "images score higher."
    ).format(
        measure=_(MEASURES[measure].label),
        level=decimal(above),
        share=percentage(1 - ALIKE_QUANTILE, 0),
    )


def teacher_misses(survey: Survey) -> str:
    """The classes for which the teacher's own maximum is beside the object more often than a random place.

    "" without object masks. Classes of fewer than 20 images with a maximum are left out.
    """
    found = survey.localization.get("object")
    if found is None:
        return ""
    hit, lines = found.arms["teacher"].hit, []
    for number, name in enumerate(survey.classes):
        known = (survey.labels == number) & np.isfinite(hit)
        if known.sum() < _ENOUGH:
            continue
        missed, chance = 1 - float(hit[known].mean()), 1 - float(found.area[known].mean())
        if missed > chance:
            text = _(
                "For {name} the teacher itself looks beside the object in {share} of the images; a random "
                "place is beside it in {chance}."
            )
            lines.append(text.format(name=name, share=percentage(missed, 0), chance=percentage(chance, 0)))
    return sentences(*lines)


def shortcut_warning(survey: Survey) -> str:
    """A warning for each class on whose images the teacher looks at one place, which others do not share.

    See `fixed_places`; "" without one.
    """
    text = _(
        "On {count} of {n} images of {name} the teacher's map is highest at the same place ({place}); on "
        "images of other classes it is highest there in {elsewhere}. If nothing there belongs to {name}, the "
        "teacher has learned a shortcut, and the student copies it."
    )
    return sentences(
        *(
            text.format(
                count=each.count,
                n=each.n,
                name=survey.classes[each.label],
                place=place_name(*each.place),
                elsewhere=percentage(each.elsewhere, 0),
            )
            for each in fixed_places(survey)
        )
    )


def goodhart_alarm(survey: Survey, *, measure: str = MAIN_MEASURE) -> str:
    """A warning if the student gains agreement over its twin but loses accuracy, both beyond noise."""
    if "twin" not in survey.scores:
        return ""
    found = difference(survey, measure=measure)
    if (found.verdict, verdict(found.accuracy)) != (Verdict.BETTER, Verdict.WORSE):
        return ""
    lost = Interval(*(-100 * end for end in (found.accuracy.value, found.accuracy.high, found.accuracy.low)))
    return _(
        "Agreement is up but accuracy is down: compared to its twin the student gains {gain} and loses "
        "{points} points of accuracy ({low} to {high}). Agreement is not a goal in itself: try a smaller λ."
    ).format(
        gain=gain_text(found.agreement),
        points=decimal(lost.value, 1),
        low=decimal(lost.low, 1),
        high=decimal(lost.high, 1),
    )


def _first(verdict: Verdict) -> str:
    """The finding by one explainer, with {explainer} and {gain} to be filled in."""
    if verdict is Verdict.BETTER:
        return _(
            "By {explainer}, the student looks more like its teacher than its twin does: corrected agreement "
            "{gain}"
        )
    if verdict is Verdict.WORSE:
        return _(
            "By {explainer}, the student looks less like its teacher than its twin does: corrected agreement "
            "{gain}"
        )
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _(
            "By {explainer}, the student looks no more like its teacher than its twin does, within noise: "
            "corrected agreement {gain}"
        )
    return _(
        "By {explainer}, the student and its twin cannot be compared, because too few maps are defined: "
        "corrected agreement {gain}"
    )


def _second(verdict: Verdict) -> str:
    """A different finding by another explainer; {finding} is that of the first one."""
    if verdict is Verdict.BETTER:
        return _("{finding}; but by {explainer}, it does: {gain}.")
    if verdict is Verdict.WORSE:
        return _("{finding}; but by {explainer}, it looks less like it: {gain}.")
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _("{finding}; but by {explainer}, the two are not distinguishable from noise: {gain}.")
    return _("{finding}; but by {explainer}, too few maps are defined: {gain}.")


def _explainer(survey: Survey, trained_on: str) -> str:
    label = _(EXPLAINERS[survey.explainer].label)
    if survey.explainer == trained_on:
        return _("{explainer}, which the loss matches").format(explainer=label)
    return _("{explainer}, a held-out explainer").format(explainer=label)
