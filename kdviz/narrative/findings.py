"""The finding of a finished run in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from kdviz.agreement import Verdict, verdict
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, listed, percentage, sentences
from kdviz.narrative.accuracy_gains import NO_SURVEYS, Surveys, accuracy_gains
from kdviz.narrative.answer import effect, only_little
from kdviz.narrative.intervals import accuracy_range_text, agreement_text, gain_text, score_text
from kdviz.types import UNDEFINED_GAIN, Agreement, Arm, ArmResult, Gain, Results

_Figure = TypeVar("_Figure", Agreement, Gain)

_TRAINED = "grad-cam"  # the explainer of `ArmResult.agreement`
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


def finding(results: Results, surveys: Surveys = NO_SURVEYS) -> Finding | None:
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


def twin_gains(results: Results, surveys: Surveys = NO_SURVEYS) -> Mapping[Arm, Gain]:
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
    surveys: Surveys = NO_SURVEYS,
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
        ).format(agreement=agreement_text(student.cosine), accuracy=percentage(student.accuracy))
        return sentences(alone, caveat)
    if caveat or early:
        return sentences(_("So far: {figures}.").format(figures=_figures(found)), caveat)
    return _("{finding}: {figures}.").format(
        finding=_effect_of_lambda(found, trained_on), figures=_figures(found)
    )


def plain_finding(
    results: Results, surveys: Surveys = NO_SURVEYS, *, trained_on: str = _TRAINED, early: bool = False
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


def figures(results: Results, surveys: Surveys = NO_SURVEYS) -> str:
    """Agreement and accuracy with their intervals, in a sentence."""
    found = finding(results, surveys)
    if found is not None:
        text = _("Student against twin: {figures}.").format(figures=_figures(found))
        return sentences(text, "" if found.agreed else why_fewer_images(found))
    return _("Agreement of the student {agreement}.").format(
        agreement=agreement_text(results["student"].cosine)
    )


def _effect_of_lambda(found: Finding, trained_on: str) -> str:
    """Without the full stop."""
    words = effect(
        found.trained,
        None if found.agreed else found.held_out,
        by_loss=trained_on == _TRAINED,
        costly=found.costs_accuracy,
        little=only_little(found.trained, found.student.cosine.interval.value, found.student.cosine.n),
    )
    return words.format(weight=f"{found.student.explanation_weight:g}")


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


def _figures(found: Finding) -> str:
    """Agreement and accuracy of both; the gain by the held-out explainer where its verdict is another."""
    agreement = _("agreement {student} against {twin}").format(
        student=agreement_text(found.student.cosine), twin=agreement_text(found.twin.cosine)
    )
    if not found.agreed:
        held_out = _("by {explainer} {gain}").format(
            explainer=explainer_label(found.student.held_out_explainer), gain=held_out_gain_text(found)
        )
        agreement = listed([agreement, held_out])
    cue = math.isfinite(found.student.intact_accuracy)
    form = (
        _("accuracy with a random cue {student} against {twin}")
        if cue
        else _("accuracy {student} against {twin}")
    )
    accuracy = form.format(student=percentage(found.student.accuracy), twin=percentage(found.twin.accuracy))
    known = found.accuracy_gain.n
    gain = [_("difference {gain}").format(gain=accuracy_range_text(found.accuracy_gain))] if known else []
    return _("; ").join([agreement, accuracy, *gain])


def held_out_gain_text(found: Finding) -> str:
    """The gain by the held-out explainer, and on how many of the test images it is."""
    gain, total = found.held_out_gain, found.accuracy_gain.n
    if math.isnan(gain.value) or gain.n >= total:
        return gain_text(gain)
    text, counts = _("{value} on {count} of {total} images"), {"count": f"{gain.n:,}", "total": f"{total:,}"}
    return text.format(value=score_text(gain, signed=True), **counts)


def why_fewer_images(found: Finding) -> str:
    """Why the held-out explainer has fewer images than the test set; "" if it was given all of them."""
    if not 0 < found.student.held_out.total < found.accuracy_gain.n:
        return ""
    text = _("{explainer} takes many passes for each image, so it is evaluated on a part of them.")
    return text.format(explainer=explainer_label(found.student.held_out_explainer))


def held_out_label(results: Results) -> str:
    """The label of the held-out explainer; "" if no arm was evaluated with one."""
    names = (arm.held_out_explainer for arm in results.values() if arm.held_out_explainer)
    return next(map(explainer_label, names), "")


def explainer_label(explainer: str) -> str:
    """An explainer's label; its name, if this version does not have it."""
    return _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else explainer
