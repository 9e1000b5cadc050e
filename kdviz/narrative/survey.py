"""The findings of a survey in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kdviz.agreement import Verdict, verdict
from kdviz.comparison.test_set.fixed_places import fixed_places
from kdviz.comparison.test_set.grading import difference
from kdviz.comparison.test_set.survey import Survey
from kdviz.comparison.test_set.triage import ALIKE_QUANTILE, alike_above
from kdviz.comparison.test_set.trust_card import TrustCard
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import place_name
from kdviz.language import _, decimal, listed, percentage, plural, sentences
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.narrative.accuracy_gains import student_accuracy_gain
from kdviz.narrative.answer import short_answer
from kdviz.narrative.gain_by import GainBy, surveyed_gain
from kdviz.narrative.intervals import digits_that_fit, gain_text, size_text
from kdviz.narrative.localization import missed_shares, point_apart
from kdviz.narrative.verdicts import verdict_words
from kdviz.types import MAIN_MEASURE, Arm, Results


def survey_headline(
    first: Survey | GainBy,
    second: Survey | GainBy | None = None,
    *,
    trained_on: str,
    loss: str = "",
    measure: str = MAIN_MEASURE,
    early: bool = False,
) -> str:
    """The student compared to its twin in one sentence, by one explainer or by two; "" without a twin.

    first, second: surveys of one run, or a gain in its results where there is no survey; the first by the
    explainer of the loss. trained_on: that explainer's name. loss: the name of the loss, which may match maps
    of another kind than that explainer's. early: whether it is too early for a finding; then the figures
    alone.
    """
    if not _has_twin(first):
        return ""
    gains = [_gain(each, measure) for each in (first, second) if each is not None]
    if early:
        return _so_far(gains)
    result = gains[0]
    finding = _first(result.verdict).format(
        explainer=_explainer(result, trained_on, loss), gain=_change(result)
    )
    if len(gains) == 1:
        return _("{finding}.").format(finding=finding)
    other = gains[1]
    if other.verdict is result.verdict:
        both = _("{finding}; the same by {explainer}: {gain}.")
    else:
        both = _second(other.verdict)
    return both.format(finding=finding, explainer=_explainer(other, trained_on, loss), gain=_change(other))


def _has_twin(known: Survey | GainBy) -> bool:
    return isinstance(known, GainBy) or "twin" in known.scores


def _gain(known: Survey | GainBy, measure: str) -> GainBy:
    return known if isinstance(known, GainBy) else surveyed_gain(known, measure)


def _change(found: GainBy) -> str:
    """The difference in agreement, with both levels: "higher by 0.64 (0.58 to 0.69) …, 0.98 against 0.35"."""
    if math.isnan(found.gain.value):
        return gain_text(found.gain)
    digits = digits_that_fit(found.student, found.twin)
    size = size_text(found.gain, digits=digits)
    if found.verdict is Verdict.BETTER:
        text, gain = _("higher by {gain}, {student} against {twin}"), size
    elif found.verdict is Verdict.WORSE:
        text, gain = _("lower by {gain}, {student} against {twin}"), size
    else:
        text, gain = _("{gain}, {student} against {twin}"), gain_text(found.gain, digits=digits)
    return text.format(gain=gain, student=decimal(found.student, digits), twin=decimal(found.twin, digits))


def survey_answer(
    first: Survey | GainBy,
    second: Survey | GainBy | None = None,
    *,
    measure: str = MAIN_MEASURE,
    early: bool = False,
    awaited: str = "",
    guesses: bool = False,
) -> str:
    """A question and its answer: yes, a little, no or not yet, and what decides it.

    awaited: the second explainer, while nothing is known by it. guesses: whether the teacher is no better
    than guessing, so that looking where it looks is nothing to conclude from. The rest is as in
    `survey_headline`.
    """
    question = _("Does the student look where its teacher looks?")
    if not _has_twin(first):
        return sentences(question, _("Not yet."), _("Without a twin, the effect of λ is unknown."))
    if guesses:
        return sentences(question, _("Nothing can be concluded here."))
    gains = [_gain(each, measure) for each in (first, second) if each is not None]
    if early:
        so_far = {each.verdict for each in gains} == {Verdict.BETTER}
        return sentences(question, _("So far, yes, but it is not settled.") if so_far else _("Not yet."))
    apart = isinstance(first, Survey) and isinstance(second, Survey) and point_apart(first, second)
    answer = short_answer(gains[0], gains[1] if second is not None else None, apart=apart)
    total = max((each.total for each in (first, second) if isinstance(each, Survey)), default=math.inf)
    few = (
        _("By {explainer} this is known on {images} so far.").format(
            explainer=_(EXPLAINERS[each.explainer].label),
            images=plural("{count} image", "{count} images", each.gain.n),
        )
        for each in gains
        if each.stored and each.gain.n < total
    )
    unknown = (
        _("By {explainer} it is not known yet.").format(explainer=_(EXPLAINERS[awaited].label))
        if awaited
        else ""
    )
    return sentences(question, answer, *few, unknown)


def _so_far(gains: Iterable[GainBy]) -> str:
    texts = (
        _("by {explainer} {gain}").format(
            explainer=_(EXPLAINERS[each.explainer].label), gain=gain_text(each.gain)
        )
        for each in gains
    )
    return _("So far, agreement, student − twin: {gains}.").format(gains=_("; ").join(texts))


def survey_details(survey: Survey, *, measure: str = MAIN_MEASURE) -> list[str]:
    """Further sentences on the survey."""
    lines = [_explained_images(survey)]
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
    above = alike_above(survey, arm, measure=measure, corrected=True)
    if not math.isfinite(above):
        return _("No map is defined, so none look alike.")
    return _(
        "Maps of unrelated images agree by 0 on average, but single pairs by up to {level} ({share} of them "
        "stay below it, by {explainer}): two maps look alike above that. The limit depends on the explainer, "
        "and on the network."
    ).format(
        level=decimal(above),
        explainer=_(EXPLAINERS[survey.explainer].label),
        share=percentage(ALIKE_QUANTILE, 0),
    )


def _explained_images(survey: Survey) -> str:
    if len(survey) == survey.total:
        text = _("All {total} test images, each explained for the teacher's prediction.")
        return text.format(total=f"{survey.total:,}")
    return _(
        "{count} of {total} test images, the same number of each class where there are enough, each "
        "explained for the teacher's prediction."
    ).format(count=f"{len(survey):,}", total=f"{survey.total:,}")


def left_out(survey: Survey, *, measure: str = MAIN_MEASURE) -> str:
    """How many images the comparison with the twin leaves out, and whose map is undefined; "" if none."""
    if "twin" not in survey.scores:
        return ""
    student, twin = (~survey.scores[arm][measure].defined for arm in ("student", "twin"))
    missing = int((student | twin).sum())
    if not missing:
        return ""
    whose = _("a map of student, twin or teacher")
    if not student.any():
        whose = _("the twin's map")
    elif not twin.any():
        whose = _("the student's map")
    return _(
        "The comparison with the twin leaves out {count} of {total} test images, where {map} is undefined."
    ).format(count=f"{missing:,}", total=f"{len(survey):,}", map=whose)


def teacher_misses(survey: Survey) -> str:
    """The classes for which the teacher's own maximum is on the object no more often than a random place.

    "" without object masks. Classes of fewer than 20 images with a maximum are left out.
    """
    if not (classes := missed_by_teacher(survey)):
        return ""
    return _("By {explainer} the teacher's brightest spot is on what is marked in only {classes}.").format(
        explainer=_(EXPLAINERS[survey.explainer].label), classes=classes
    )


def missed_by_teacher(survey: Survey) -> str:
    """The classes of `teacher_misses` with their shares, as a part of a sentence."""
    return missed_shares(survey, "object", "teacher") if "object" in survey.localization else ""


def shortcut_warning(survey: Survey, cards: Iterable[TrustCard] = ()) -> str:
    """A warning for each class on whose images the teacher looks at one place, which others do not share.

    See `fixed_places`; "" without one, and where the teacher's maps are not to be trusted. cards: the known
    checks.
    """
    if any((card.arm, card.trust) == ("teacher", "none") for card in cards):
        return ""
    text = _(
        "On {count} of {n} images labelled {name} the teacher's map is highest at the same place ({place}); "
        "on images of other classes it is highest there in {elsewhere}. If nothing there belongs to {name}, "
        "the teacher has learned a shortcut, and a student with its maps copies it."
    )
    return sentences(
        *(
            text.format(
                count=each.count,
                n=each.n,
                name=class_name(survey.classes, each.label),
                place=place_name(*each.place),
                elsewhere=percentage(each.elsewhere, 0),
            )
            for each in fixed_places(survey)
        )
    )


def goodhart_alarm(survey: Survey, results: Results | None = None, *, measure: str = MAIN_MEASURE) -> str:
    """A warning if the student gains agreement over its twin but loses accuracy, both beyond noise.

    results: of the run, if it has any.
    """
    if "twin" not in survey.scores:
        return ""
    found, accuracy = difference(survey, measure=measure), student_accuracy_gain(results, survey)
    if (found.verdict, verdict(accuracy)) != (Verdict.BETTER, Verdict.WORSE):
        return ""
    lost = accuracy.negated
    return _(
        "Agreement is up but accuracy is down: compared to its twin the student gains {gain} and loses "
        "{points} points of accuracy ({low} to {high}). Agreement is not a goal in itself: try a smaller λ."
    ).format(
        gain=gain_text(found.agreement),
        points=decimal(100 * lost.value, 1),
        low=decimal(100 * lost.low, 1),
        high=decimal(100 * lost.high, 1),
    )


def _first(verdict: Verdict) -> str:
    """The finding by one explainer, with {explainer} and {gain} to be filled in."""
    if verdict is Verdict.BETTER:
        return _(
            "By {explainer}, the student's maps agree with the teacher's more than its twin's do: agreement "
            "{gain}"
        )
    if verdict is Verdict.WORSE:
        return _(
            "By {explainer}, the student's maps agree with the teacher's less than its twin's do: agreement "
            "{gain}"
        )
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _(
            "By {explainer}, the student's maps agree with the teacher's no more than its twin's do, within "
            "noise: agreement {gain}"
        )
    return _(
        "By {explainer}, the student and its twin cannot be compared, because too few maps are defined: "
        "agreement {gain}"
    )


def _second(verdict: Verdict) -> str:
    """A different finding by another explainer; {finding} is that of the first one."""
    if verdict is Verdict.BETTER:
        return _("{finding}; but by {explainer}, they agree more: {gain}.")
    if verdict is Verdict.WORSE:
        return _("{finding}; but by {explainer}, they agree less: {gain}.")
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _("{finding}; but by {explainer}, the two are not distinguishable from noise: {gain}.")
    return _("{finding}; but by {explainer}, too few maps are defined: {gain}.")


def _explainer(found: GainBy, trained_on: str, loss: str) -> str:
    label = _(EXPLAINERS[found.explainer].label)
    if found.explainer == trained_on and loss and EXPLANATION_LOSSES[loss].map != trained_on:
        text = _("{explainer}, nearest to what the loss matches ({loss})")
        return text.format(explainer=label, loss=_(EXPLANATION_LOSSES[loss].label).lower())
    if found.explainer == trained_on:
        return _("{explainer}, which the loss matches").format(explainer=label)
    return _("{explainer}, a held-out explainer").format(explainer=label)
