"""How much more the student's maps agree with the teacher's than its twin's do, by one explainer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdviz.agreement import Verdict, verdict
from kdviz.narrative.findings import stored_gain
from kdviz.types import MAIN_MEASURE, Gain, Results

if TYPE_CHECKING:
    from kdviz.comparison import Survey

_TRAINED = "grad-cam"  # the explainer of `ArmResult.gain`


@dataclass(frozen=True)
class GainBy:
    """By a survey; or, while there is none by this explainer, of the run's results.

    student, twin: their agreements with the teacher, corrected for chance. stored: whether it is of the
    results, which a slow explainer has of fewer images.
    """

    explainer: str
    gain: Gain
    student: float
    twin: float
    stored: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict on the gain."""
        return verdict(self.gain)


def surveyed_gain(survey: Survey, measure: str = MAIN_MEASURE) -> GainBy:
    """Of a survey of student and twin."""
    from kdviz.comparison import difference, paired_levels  # imports NumPy, which results do not need

    return GainBy(
        survey.explainer,
        difference(survey, measure=measure).agreement,
        *paired_levels(survey, measure=measure),
    )


def gain_in_results(results: Results | None, explainer: str, measure: str = MAIN_MEASURE) -> GainBy | None:
    """Of a finished run's results, which have Grad-CAM and one held-out explainer by the main measure."""
    if not explainer or not results or "twin" not in results or measure != MAIN_MEASURE:
        return None
    student, twin = results["student"], results["twin"]
    if explainer == _TRAINED:
        gain, levels = student.gain, (student.cosine, twin.cosine)
    elif explainer == student.held_out_explainer:
        gain, levels = student.held_out_gain, (student.held_out, twin.held_out)
    else:
        return None
    found = stored_gain(gain, *levels)
    if not math.isfinite(found.low):
        return None
    own, others = (each.interval.value for each in levels)
    return GainBy(explainer, found, own, others, stored=True)


def with_gain_in_results(
    surveys: Iterable[Survey],
    results: Results | None,
    missing: str,
    *,
    trained_on: str,
    measure: str = MAIN_MEASURE,
) -> tuple[list[Survey | GainBy], str]:
    """Surveys, and the gain in the results by the explainer that is missing among them; the loss's first.

    Beside them the missing explainer, if there is no such gain either, else "". missing: "" if none is.
    """
    stored = gain_in_results(results, missing, measure)
    known: list[Survey | GainBy] = [*surveys, *([stored] if stored else [])]
    return sorted(known, key=lambda each: each.explainer != trained_on), "" if stored else missing
