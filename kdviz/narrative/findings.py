"""The finding of a finished run in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from kdviz.agreement import Verdict, verdict
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, listed, percentage, sentences
from kdviz.narrative.answer import effect, only_little
from kdviz.narrative.intervals import accuracy_range_text, gain_text, score_text
from kdviz.narrative.verdicts import verdict_words
from kdviz.types import UNDEFINED_GAIN, Agreement, Arm, ArmResult, Gain, Results

if TYPE_CHECKING:
    from kdviz.comparison import Survey

Surveys = Mapping[str, "Survey"]
"""Surveys of a run by explainer."""

_Figure = TypeVar("_Figure", Agreement, Gain)

_TRAINED = "grad-cam"  # the explainer of `ArmResult.agreement`
_NONE: Surveys = {}
COSTLY = 0.02
"""A larger loss of accuracy is mentioned in the finding, whatever the gain in agreement."""


@dataclass(frozen=True)
class Finding:
    """A student compared to its twin.

    gain, held_out_gain: how much more the student's maps match the teacher's than the twin's do, by Grad-CAM
    and by a held-out explainer. accuracy_gain: how much more accurate it is.
    """

    student: ArmResult
    twin: ArmResult
    placebo: ArmResult | None
    same_answer: ArmResult | None
    gain: Gain
    held_out_gain: Gain
    accuracy_gain: Gain

    @property
    def trained(self) -> Verdict:
        """The verdict by Grad-CAM."""
        return verdict(self.gain)

    @property
    def held_out(self) -> Verdict:
        """The verdict by the held-out explainer."""
        return verdict(self.held_out_gain)

    @property
    def agreed(self) -> bool:
        """Whether the held-out explainer has the same verdict, or none."""
        return not self.held_out_gain.n or self.held_out in (self.trained, Verdict.NO_ERROR_BAR)

    @property
    def costs_accuracy(self) -> bool:
        """Whether the student's accuracy is clearly lower than its twin's; beyond noise, where known."""
        by_chance = self.accuracy_gain.n and verdict(self.accuracy_gain) is not Verdict.WORSE
        return self.student.accuracy < self.twin.accuracy - COSTLY and not by_chance


def finding(results: Results, surveys: Surveys = _NONE) -> Finding | None:
    """The student compared to its twin; None if the run has no twin.

    surveys: those that are known decide, unless the results cover more images.
    """
    if "twin" not in results:
        return None
    student, twin = results["student"], results["twin"]
    return Finding(
        student,
        twin,
        results.get("placebo"),
        results.get("same-answer"),
        _surveyed(surveys, _TRAINED) or stored_gain(student.gain, student.cosine, twin.cosine),
        of_more_images(
            stored_gain(student.held_out_gain, student.held_out, twin.held_out),
            _surveyed(surveys, student.held_out_explainer),
        ),
        accuracy_gains(results, surveys).get("student", UNDEFINED_GAIN),
    )


def accuracy_gains(results: Results, surveys: Surveys = _NONE) -> Mapping[Arm, Gain]:
    """How much more accurate than the twin each arm is, over the same images; empty without a twin.

    surveys: used for results of earlier versions, which do not have it. Of no images where it is unknown.
    """
    if "twin" not in results:
        return {}
    rivals = [arm for arm in results if arm not in ("teacher", "twin")]
    return {arm: _accuracy_gain(arm, results[arm], surveys) for arm in rivals}


def student_accuracy_gain(results: Results | None, survey: Survey) -> Gain:
    """How much more accurate than its twin the student is: the figure and interval that every page shows.

    results: of the run, whose gain is over all test images; None if it has none, and the survey decides.
    """
    found = accuracy_gains(results or {}, {survey.explainer: survey}).get("student", UNDEFINED_GAIN)
    return found if found.n else _surveyed_accuracy(survey, "student")


def twin_gains(results: Results, surveys: Surveys = _NONE) -> Mapping[Arm, Gain]:
    """How much more each arm's maps match the teacher's than the twin's do; empty without a twin."""
    found = finding(results, surveys)
    if found is None:
        return {}
    stored: dict[Arm, Gain] = {
        arm: stored_gain(result.gain, result.cosine, found.twin.cosine)
        for arm, result in results.items()
        if arm not in ("teacher", "twin")
    }
    return stored | {"student": found.gain}


def headline(
    results: Results,
    surveys: Surveys = _NONE,
    *,
    trained_on: str = _TRAINED,
    caveat: str = "",
    early: bool = False,
) -> str:
    """The finding in one sentence.

    trained_on: the explainer that the loss matches. caveat: why it is too early for a finding (see
    `training_caveat`); it follows the figures. early: it is too early, and the caveat is said elsewhere.
    """
    found = finding(results, surveys)
    if found is None:
        student = results["student"]
        alone = _(
            "The student's agreement with its teacher is {agreement}, its accuracy {accuracy}; without a "
            "twin, the effect of λ is unknown."
        ).format(agreement=score_text(student.cosine.interval), accuracy=percentage(student.accuracy))
        return sentences(alone, caveat)
    if caveat or early:
        return sentences(_("So far: {figures}.").format(figures=_figures(found)), caveat)
    return _("{finding}: {figures}.").format(
        finding=_effect_of_lambda(found, trained_on), figures=_figures(found)
    )


def plain_finding(
    results: Results, surveys: Surveys = _NONE, *, trained_on: str = _TRAINED, early: bool = False
) -> str:
    """The same in one sentence with the accuracies alone, without an interval; `figures` has the rest."""
    found = finding(results, surveys)
    if found is None:
        text = _(
            "The student is right on {student} of the test images; without a twin, the effect of λ is "
            "unknown."
        )
        return text.format(student=percentage(results["student"].accuracy))
    shares = {"student": percentage(found.student.accuracy), "twin": percentage(found.twin.accuracy)}
    unclear = found.accuracy_gain.n and verdict(found.accuracy_gain) is Verdict.NOT_DISTINGUISHABLE
    if unclear and shares["student"] != shares["twin"]:
        shares["twin"] = _("{share} (not clearly different)").format(share=shares["twin"])
    if early:
        return _("So far the student is right on {student} of the test images, its twin on {twin}.").format(
            **shares
        )
    text = _("{finding}; the student is right on {student} of the test images, its twin on {twin}.")
    return text.format(finding=_effect_of_lambda(found, trained_on), **shares)


def figures(results: Results, surveys: Surveys = _NONE) -> str:
    """Agreement and accuracy with their intervals, in a sentence."""
    found = finding(results, surveys)
    if found is not None:
        text = _("Student against twin: {figures}.").format(figures=_figures(found))
        return sentences(text, "" if found.agreed else _why_not_all(found))
    return _("Agreement of the student {agreement}.").format(
        agreement=score_text(results["student"].cosine.interval)
    )


def _effect_of_lambda(found: Finding, trained_on: str) -> str:
    """Without the full stop."""
    words = effect(
        found.trained,
        None if found.agreed else found.held_out,
        by_loss=trained_on == _TRAINED,
        costly=found.costs_accuracy,
        little=only_little(found.trained, found.student.cosine.interval.value),
    )
    return words.format(weight=f"{found.student.explanation_weight:g}")


def details(results: Results, surveys: Surveys = _NONE) -> list[str]:
    """Further sentences on the finding."""
    found = finding(results, surveys)
    if found is None:
        return []
    lines = []
    if found.placebo is not None:
        lines.append(
            _(
                "The placebo, with the same λ on shuffled maps: agreement {agreement}, accuracy {accuracy}. "
                "Only the gain over it comes from each image's own map."
            ).format(
                agreement=score_text(found.placebo.cosine.interval),
                accuracy=percentage(found.placebo.accuracy),
            )
        )
    if found.same_answer is not None:
        lines.append(
            _(
                "The same-answer placebo, with the same λ on maps of other images that got the same answer: "
                "agreement {agreement}, accuracy {accuracy}."
            ).format(
                agreement=score_text(found.same_answer.cosine.interval),
                accuracy=percentage(found.same_answer.accuracy),
            )
        )
    if "teacher-maps" in results:
        lines.append(_instead_of_masks(found.student, found.twin, results["teacher-maps"]))
    if math.isfinite(found.student.held_out.interval.value):
        lines.append(
            _("Evaluated with {explainer}, a held-out explainer: student − twin {gain}, {verdict}.").format(
                explainer=_label(found.student.held_out_explainer),
                gain=_held_out_gain(found),
                verdict=verdict_words(found.held_out),
            )
        )
        lines[-1] = sentences(lines[-1], _why_not_all(found))
    return lines


def _instead_of_masks(student: ArmResult, twin: ArmResult, second: ArmResult) -> str:
    """The student of the teacher's maps beside that of masks; and where they look, if that is known."""
    text = _(
        "The control without marks, with the same λ on the teacher's maps: agreement {agreement}, accuracy "
        "{accuracy}."
    ).format(agreement=score_text(second.cosine.interval), accuracy=percentage(second.accuracy))
    shares = [each.object_share for each in (student, second, twin)]
    if not all(map(math.isfinite, (*shares, student.object_area))):
        return text
    masks, maps, neither = map(percentage, shares)
    return sentences(
        text,
        _(
            "Evidence on the object: with masks {masks}, with the teacher's maps {maps}, with neither "
            "{neither}; the object covers {area} of an image."
        ).format(masks=masks, maps=maps, neither=neither, area=percentage(student.object_area)),
    )


def _surveyed(surveys: Surveys, explainer: str) -> Gain | None:
    """The gain by the survey with an explainer; None if it is unknown."""
    survey = surveys.get(explainer)
    if survey is None or "twin" not in survey.scores:
        return None
    from kdviz.comparison import difference  # imports NumPy, which a run without surveys does not need

    return difference(survey).agreement


def of_more_images(stored: _Figure, surveyed: _Figure | None) -> _Figure:
    """The figure of more images: a survey of an earlier version can have fewer than the results."""
    return surveyed if surveyed is not None and surveyed.n >= stored.n else stored


def stored_gain(gain: Gain, student: Agreement, twin: Agreement) -> Gain:
    """The gain in the results; in older ones, as if the arms had been tested on different images.

    Undefined where it is of too few images.
    """
    if gain.n:
        return gain.of(max(student.total, twin.total))
    own, other = student.interval, twin.interval
    value = own.value - other.value
    below = math.hypot(own.value - own.low, other.high - other.value)
    above = math.hypot(own.high - own.value, other.value - other.low)
    return Gain(value, value - below, value + above, min(student.n, twin.n))


def _accuracy_gain(arm: Arm, result: ArmResult, surveys: Surveys) -> Gain:
    known = [each for each in surveys.values() if arm in each.scores and "twin" in each.scores]
    if result.accuracy_gain.n or not known:
        return result.accuracy_gain
    return _surveyed_accuracy(max(known, key=len), arm)


def _surveyed_accuracy(survey: Survey, arm: Arm) -> Gain:
    from kdviz.comparison import difference  # imports NumPy, which a run without surveys does not need

    found = difference(survey, arm=arm).accuracy
    return Gain(found.value, found.low, found.high, len(survey))


def _figures(found: Finding) -> str:
    """Agreement and accuracy of both; the gain by the held-out explainer where its verdict is another."""
    agreement = _("agreement {student} against {twin}").format(
        student=score_text(found.student.cosine.interval), twin=score_text(found.twin.cosine.interval)
    )
    if not found.agreed:
        held_out = _("by {explainer} {gain}").format(
            explainer=_label(found.student.held_out_explainer), gain=_held_out_gain(found)
        )
        agreement = listed([agreement, held_out])
    cue = math.isfinite(found.student.intact_accuracy)
    form = (
        _("accuracy with a random cue {student} against {twin}")
        if cue
        else _("accuracy {student} against {twin}")
    )
    accuracy = form.format(student=percentage(found.student.accuracy), twin=percentage(found.twin.accuracy))
    differs = found.accuracy_gain.n and (found.accuracy_gain.low, found.accuracy_gain.high) != (0, 0)
    gain = [_("difference {gain}").format(gain=accuracy_range_text(found.accuracy_gain))] if differs else []
    return _("; ").join([agreement, accuracy, *gain])


def _held_out_gain(found: Finding) -> str:
    """The gain by the held-out explainer, and on how many of the test images it is."""
    gain, total = found.held_out_gain, found.accuracy_gain.n
    if math.isnan(gain.value) or gain.n >= total:
        return gain_text(gain)
    text, counts = _("{value} on {count} of {total} images"), {"count": f"{gain.n:,}", "total": f"{total:,}"}
    return text.format(value=score_text(gain, signed=True), **counts)


def _why_not_all(found: Finding) -> str:
    """Why the held-out explainer has fewer images than the test set; "" if it was given all of them."""
    if not 0 < found.student.held_out.total < found.accuracy_gain.n:
        return ""
    text = _("{explainer} takes many passes for each image, so it is evaluated on a part of them.")
    return text.format(explainer=_label(found.student.held_out_explainer))


def held_out_label(results: Results) -> str:
    """The label of the held-out explainer; "" if no arm was evaluated with one."""
    return next((_label(arm.held_out_explainer) for arm in results.values() if arm.held_out_explainer), "")


def _label(explainer: str) -> str:
    return _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else explainer
