"""What may be concluded from a survey, and what not: a line for each thing that a reader has to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from kdviz.agreement import Verdict, verdict
from kdviz.comparison import (
    CueRemoval,
    Survey,
    calibration,
    calibration_difference,
    cue_split,
    localization_table,
    unseen_cues,
)
from kdviz.comparison.test_set.trust_card import TrustCard
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed, percentage, sentences
from kdviz.narrative.checks import checks_headline, missed_briefly
from kdviz.narrative.cue_removal import cue_removal_note
from kdviz.narrative.cue_split import cue_split_sentence, lucky_errors_sentence
from kdviz.narrative.survey import teacher_misses
from kdviz.narrative.unseen_cue import unseen_cue_note
from kdviz.store import Run
from kdviz.types import Results

Topic = Literal["maps", "teacher", "cue", "confidence", "seeds"]


@dataclass(frozen=True)
class Conclusion:
    """A sentence or two about one topic."""

    topic: Topic
    text: str


def conclusions(
    run: Run,
    survey: Survey,
    cards: Sequence[TrustCard],
    *,
    largest: Survey | None = None,
    removals: Sequence[CueRemoval] = (),
) -> list[Conclusion]:
    """One for each topic. cards: the known checks of the survey's explainer.

    largest: the run's survey with the most images, from which answers are counted; `survey` by default.
    removals: what removing the cue changes, if that is known.
    """
    return list(_found(run, survey, cards, largest or survey, removals))


def _found(
    run: Run,
    survey: Survey,
    cards: Sequence[TrustCard],
    largest: Survey,
    removals: Sequence[CueRemoval],
) -> Iterator[Conclusion]:
    yield Conclusion("maps", _checked(cards, survey, run.results))
    yield Conclusion("teacher", teacher_misses(survey) or _teacher_on_object(survey))
    if run.config.cue != "none":
        note = cue_removal_note(removals, survey, run.config.cue) or unseen_cue_note(
            unseen_cues(survey, run.results or {})
        )
        split = cue_split_sentence(cue_split(largest), run.config.cue)
        yield Conclusion("cue", sentences(note, split, lucky_errors_sentence(largest)))
    yield Conclusion("confidence", sentences(_confidence(run, largest), _reliability(largest)))
    yield Conclusion(
        "seeds",
        _(
            "One run with one seed ({seed}): intervals are over test images. How much another seed would "
            "change is not known from it."
        ).format(seed=run.config.seed),
    )


def _checked(cards: Sequence[TrustCard], survey: Survey, results: Results | None) -> str:
    if not cards:
        return _("It has not been checked yet whether these maps show what the networks use.")
    made_on = _("Each check is made on {count} test images.").format(count=max(card.n for card in cards))
    if len(cards) == 1 or not all(made for _passed, made in (card.counts for card in cards)):
        return sentences(*(checks_headline(card, survey, results) for card in cards), made_on)
    counts = listed(_counts(card, missed_briefly(card, survey, results)) for card in cards)
    passed = _("Checks that {explainer} passes: {counts}.").format(
        explainer=_(EXPLAINERS[cards[0].explainer].label), counts=counts
    )
    return sentences(passed, made_on)


def _counts(card: TrustCard, missed: Sequence[str]) -> str:
    text = _("{arm} {passed} of {made} ({missed})") if missed else _("{arm} {passed} of {made}")
    return text.format(
        arm=_(card.arm), passed=card.counts[0], made=card.counts[1], missed=_("; ").join(missed)
    )


def _teacher_on_object(survey: Survey) -> str:
    for row in localization_table(survey):
        if (row.region, row.arm) == ("object", "teacher") and isfinite(row.hit.value):
            return _(
                "By {explainer} the teacher's map is highest on the object in {share} of the images (a "
                "random point: {area})."
            ).format(
                explainer=_(EXPLAINERS[survey.explainer].label),
                share=percentage(row.hit.value),
                area=percentage(row.area),
            )
    return _("Whether the teacher looks at the right place is unknown: no masks say where the object is.")


def _confidence(run: Run, survey: Survey) -> str:
    """The calibration error of each arm; on all test images where that is known."""
    results = run.results or {}
    errors = {
        arm: results[arm].calibration_error if arm in results else calibration(survey, arm)
        for arm in survey.predictions
    }
    gaps = listed(f"{ARM_STYLES[arm].label} {percentage(error)}" for arm, error in errors.items())
    return _("The stated confidence is wrong by, on average: {gaps}.").format(gaps=gaps)


def _reliability(survey: Survey) -> str:
    """Whether the student's confidence is clearly less or more wrong than its twin's; "" if neither."""
    if "twin" not in survey.predictions:
        return ""
    match verdict(calibration_difference(survey), better=-1):
        case Verdict.WORSE:
            return _("The student's confidence is clearly less reliable than its twin's.")
        case Verdict.BETTER:
            return _("The student's confidence is clearly more reliable than its twin's.")
    return ""
