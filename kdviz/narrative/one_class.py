"""That a network gives one answer to everything, in a sentence, for the headline of a run."""

from __future__ import annotations

import math

from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, enumerated, plural
from kdviz.narrative.accuracy_gains import NO_SURVEYS, Surveys, largest_with
from kdviz.types import ARMS, Arm, Results


def one_class_sentence(results: Results | None, surveys: Surveys = NO_SURVEYS) -> str:
    """Which arms predict one class only; "" if none does, or that is unknown."""
    found = one_class_arms(results or {}, surveys)
    if not found:
        return ""
    return plural(
        "The {arms} predicts one class only.",
        "The {arms} predict one class only.",
        len(found),
        arms=enumerated([_("twin") if arm == "twin" else ARM_STYLES[arm].label for arm in found]),
    )


def one_class_arms(results: Results, surveys: Surveys = NO_SURVEYS) -> list[Arm]:
    """The arms that predict one class for all test images.

    Results of earlier versions do not say so: then the survey with the most images does.
    """
    largest = largest_with(surveys)

    def one_class(arm: Arm) -> bool:
        if arm in results and math.isfinite(results[arm].commonest_prediction):
            return results[arm].commonest_prediction == 1
        if largest is None or arm not in largest.predictions:
            return False
        predicted = largest.predictions[arm].predicted
        return bool((predicted == predicted[0]).all())

    return [arm for arm in ARMS if one_class(arm)]
