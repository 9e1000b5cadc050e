"""The answer that a run's surveys give, with what limits it: as on Agreement and in the report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdviz.comparison import CueRemoval, Survey, second_explainer, trained_explainer
from kdviz.narrative.answer_limits import answer_limits, brief_limits
from kdviz.narrative.gain_by import GainBy, with_gain_in_results
from kdviz.narrative.placebo import placebo_warning
from kdviz.narrative.survey import survey_answer
from kdviz.types import MAIN_MEASURE

if TYPE_CHECKING:
    from kdviz.store import Run


@dataclass(frozen=True)
class RunAnswer:
    """Sentences, "" where there is nothing to say.

    decisive: what the answer is of, the explainer of the loss first. answer: whether the student looks where
    its teacher looks. limits: what limits that, in words, or why it is too early. placebo: that it is no
    opponent. figures: those of the limits.
    """

    decisive: Sequence[Survey | GainBy]
    answer: str
    limits: str
    placebo: str
    figures: str


def run_answer(
    run: Run,
    surveys: Collection[Survey],
    *,
    caveat: str,
    guesses: bool,
    removals: Sequence[CueRemoval] = (),
    measure: str = MAIN_MEASURE,
) -> RunAnswer:
    """The answer by one or two surveys of a run: at least one, each by another explainer.

    caveat: why it is too early for a finding, if it is. guesses: whether the teacher is no better than
    guessing. removals: what removing the cue changes, if that is known.
    """
    trained_on = trained_explainer(run.config)
    first_two = sorted(surveys, key=lambda each: each.explainer != trained_on)[:2]
    missing = "" if len(first_two) > 1 else second_explainer(run, first_two[0].explainer)
    known, awaited = with_gain_in_results(
        first_two, run.results, missing, trained_on=trained_on, measure=measure
    )
    return RunAnswer(
        known,
        survey_answer(*known, measure=measure, early=bool(caveat), awaited=awaited, guesses=guesses),
        caveat or brief_limits(*first_two, measure=measure, removals=removals),
        "" if guesses else placebo_warning(run.results, {each.explainer: each for each in surveys}),
        answer_limits(*first_two, measure=measure, removals=removals),
    )
