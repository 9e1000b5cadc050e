"""One agreement for one thing: of the most images on which it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kdviz.comparison import Survey, by_measure
from kdviz.narrative.findings import of_more_images
from kdviz.types import MAIN_MEASURE, Agreement, Arm, ArmResult, Results


def largest_agreements(results: Results, surveys: Mapping[str, Survey]) -> Results:
    """Results in which each agreement is of the most images on which it is known: those of a survey, if more.

    A run's end evaluates the held-out explainer on fewer images than a survey does.
    """
    return {arm: _largest(arm, result, surveys) for arm, result in results.items()}


def _largest(arm: Arm, result: ArmResult, surveys: Mapping[str, Survey]) -> ArmResult:
    trained = _surveyed_agreements(surveys, "grad-cam", arm)
    held_out = _surveyed_agreements(surveys, result.held_out_explainer, arm).get(MAIN_MEASURE)
    return replace(
        result,
        agreement={
            name: of_more_images(known, trained.get(name)) for name, known in result.agreement.items()
        },
        held_out=of_more_images(result.held_out, held_out),
    )


def _surveyed_agreements(surveys: Mapping[str, Survey], explainer: str, arm: Arm) -> dict[str, Agreement]:
    """An arm's agreement by measure in the survey with an explainer; none if it is unknown."""
    survey = surveys.get(explainer)
    if survey is None or arm not in survey.scores:
        return {}
    return {row.measure: row.score for row in by_measure(survey) if row.arm == arm}
