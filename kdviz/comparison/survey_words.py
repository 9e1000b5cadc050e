"""What a survey says, in sentences made from its numbers."""

from __future__ import annotations

import math
from typing import Literal

from kdviz.agreement import MEASURES
from kdviz.comparison.grading import MAIN_MEASURE, Difference, difference
from kdviz.comparison.surveyed import Survey
from kdviz.comparison.triage import ALIKE_QUANTILE, alike_above
from kdviz.config import RunConfig
from kdviz.explainers import EXPLAINERS
from kdviz.types import Arm, Interval

# The explainer that reads the same maps as the loss: its agreement is the exam graded with its own answers.
_EXPLAINER_OF_LOSS = {
    "grad-cam": "grad-cam",
    "class-attention": "grad-cam",
    "attention-transfer": "attention",
    "attention": "attention",
    "input-gradient": "saliency",
}

Sign = Literal["more", "less", "noise", "undefined"]

_FIRST: dict[Sign, str] = {
    "more": "looks more like its teacher than its twin does",
    "less": "looks less like its teacher than its twin does",
    "noise": "looks no more like its teacher than its twin does, within noise",
    "undefined": "cannot be told from its twin, for too few maps are defined",
}
_SECOND: dict[Sign, str] = {
    "more": "it does",
    "less": "it looks less like it",
    "noise": "the two are not distinguishable from noise",
    "undefined": "too few maps are defined",
}


def trained_explainer(config: RunConfig) -> str:
    """The explainer that a run's loss was made of; "" where λ is 0."""
    return _EXPLAINER_OF_LOSS[config.explanation_loss] if config.explanation_weight > 0 else ""


def survey_headline(
    first: Survey, second: Survey | None = None, *, trained_on: str, measure: str = MAIN_MEASURE
) -> str:
    """The student against its twin in one sentence, by one explainer or by two.

    first, second: surveys of one run, that of the explainer that the loss was made of first.
    trained_on: that explainer's name.
    """
    if "twin" not in first.scores:
        return "Without a twin nobody can say what λ did."
    found = difference(first, measure=measure)
    told = (
        f"By {_explainer(first, trained_on)}, the student {_FIRST[_sign(found.agreement)]}: "
        f"corrected agreement {_gain(found)}"
    )
    if second is None:
        return f"{told}."
    other = difference(second, measure=measure)
    same = _sign(other.agreement) == _sign(found.agreement)
    joint = "; and so by" if same else "; but by"
    rest = "" if same else f", {_SECOND[_sign(other.agreement)]}"
    return f"{told}{joint} {_explainer(second, trained_on)}{rest}: {_gain(other)}."


def survey_details(survey: Survey, *, measure: str = MAIN_MEASURE) -> list[str]:
    """What must be said beside the headline, a sentence each."""
    lines = [
        f"{len(survey):,} of {survey.total:,} test images, balanced by class, each explained for the "
        "teacher's answer."
    ]
    if "placebo" in survey.scores:
        placebo = difference(survey, "placebo", measure=measure)
        lines.append(
            "Against the placebo, which had the same λ on shuffled maps: "
            f"{_gain(placebo)}, {placebo.verdict.partition(' (')[0]}."
        )
    undefined = {arm: int((~scores[measure].defined).sum()) for arm, scores in survey.scores.items()}
    if any(undefined.values()):
        counts = ", ".join(f"{arm} {count:,}" for arm, count in undefined.items())
        lines.append(f"Left out because the teacher's map or the arm's is undefined: {counts}.")
    return lines


def alike_rule(survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE) -> str:
    """What "look alike" means here, in a sentence."""
    above = alike_above(survey, arm, measure=measure)
    if not math.isfinite(above):
        return "No map is defined, so none look alike."
    return (
        f"Two maps look alike where their {MEASURES[measure].label} is above {_number(above)}: only "
        f"{1 - ALIKE_QUANTILE:.0%} of pairs of unrelated images score more.".replace(
            "%", "\N{NO-BREAK SPACE}%"
        )
    )


def goodhart_alarm(survey: Survey, *, measure: str = MAIN_MEASURE) -> str:
    """A warning where the student gains agreement over its twin and loses accuracy, both beyond noise.

    Empty where there is nothing to warn of.
    """
    if "twin" not in survey.scores:
        return ""
    found = difference(survey, measure=measure)
    if _sign(found.agreement) != "more" or _sign(found.accuracy) != "less":
        return ""
    lost = Interval(*(-100 * end for end in (found.accuracy.value, found.accuracy.high, found.accuracy.low)))
    return (
        f"Agreement is up but accuracy is down: against its twin the student gains {_gain(found)} and loses "
        f"{lost.value:.1f} points of accuracy ({lost.low:.1f} to {lost.high:.1f}). "
        "Looking where the teacher looks is not the aim itself: try a smaller λ."
    )


def _explainer(survey: Survey, trained_on: str) -> str:
    how = "on which it was trained" if survey.explainer == trained_on else "on which nothing was trained"
    return f"{EXPLAINERS[survey.explainer].label}, {how}"


def _gain(found: Difference) -> str:
    """A difference with its ends and its images, e.g. "+0.23 (0.20 to 0.26) on 2,000 images"."""
    gain = found.agreement
    if math.isnan(gain.value):
        return "undefined"
    sign = "+" if gain.value >= 0.005 else ""
    ends = f" ({_number(gain.low)} to {_number(gain.high)})" if math.isfinite(gain.low) else ""
    return f"{sign}{_number(gain.value)}{ends} on {found.n:,} images"


def _sign(found: Interval) -> Sign:
    if math.isnan(found.low):
        return "undefined"
    if found.low > 0:
        return "more"
    return "less" if found.high < 0 else "noise"


def _number(value: float) -> str:
    return f"{value:z.2f}".replace("-", "\N{MINUS SIGN}")
