"""The figures behind a run's conclusions: a column for each, with a value for every network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan

from kdviz.agreement import share_interval
from kdviz.comparison import calibration, cue_split, localization_table
from kdviz.datasets import CUES
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed, percentage, plural, sentences
from kdviz.narrative.across_runs import seeds_sentence
from kdviz.narrative.checks import checks_headline
from kdviz.narrative.conclusion import Grounds
from kdviz.narrative.cue_split import lucky_errors_sentence
from kdviz.narrative.map_faults import fault_briefly
from kdviz.narrative.survey import teacher_misses
from kdviz.types import Arm, Interval, Region


@dataclass(frozen=True)
class FigureColumn:
    """shares: of each arm, in [0, 1]; with NaN ends where there is no interval, without undefined ones."""

    title: str
    shares: Mapping[Arm, Interval]


def figure_columns(grounds: Grounds) -> list[FigureColumn]:
    """One for each figure that is known. Without a cue none is about it."""
    return [each for each in _columns(grounds) if each.shares]


def figure_arms(columns: Sequence[FigureColumn]) -> list[Arm]:
    """The rows of a table of them: arms with a figure, in their usual order."""
    return [arm for arm in ARM_STYLES if any(arm in column.shares for column in columns)]


def figures_caption(grounds: Grounds) -> str:
    """On how many images each figure is."""
    survey, largest = grounds.survey, grounds.largest
    if grounds.has_cue:
        split = cue_split(largest)[0]
        counted = _("{images}; the cue is wrong in {wrong} of them, and right by luck in {lucky}.").format(
            images=_images(len(largest)), wrong=f"{split.wrong_count:,}", lucky=f"{split.lucky_count:,}"
        )
    else:
        counted = _("{images}.").format(images=_images(len(largest)))
    removed = next((each.n for each in grounds.removals), len(largest))
    removal = (
        _("Answers without the cue: {images}.").format(images=_images(removed))
        if removed != len(largest)
        else ""
    )
    spots = localization_table(survey)
    spot = (
        _("Brightest spot: by {explainer}, {images}.").format(
            explainer=_(EXPLAINERS[survey.explainer].label), images=_images(spots[0].n)
        )
        if spots
        else ""
    )
    return sentences(counted, removal, spot, _("In brackets: 95 % intervals over images."))


def figures_notes(grounds: Grounds) -> list[str]:
    """What the table has no column for: checks, the object by class, errors where the cue is right, seeds."""
    notes = (
        _checked(grounds),
        teacher_misses(grounds.survey) or _teacher_on_object(grounds),
        lucky_errors_sentence(grounds.largest) if grounds.has_cue else "",
        "" if grounds.seeds is None else seeds_sentence(grounds.seeds),
    )
    return [note for note in notes if note]


def _columns(grounds: Grounds) -> Iterator[FigureColumn]:
    largest, run = grounds.largest, grounds.run
    right = {arm: largest.right(arm) for arm in largest.predictions}
    accuracies = {arm: share_interval(int(of.sum()), len(of)) for arm, of in right.items()}
    yield FigureColumn(_("Right answers"), accuracies)
    if grounds.has_cue:
        yield from _of_cue(grounds)
    yield _spots(grounds, "object", _("Brightest spot on the object"))
    results = run.results or {}
    errors = {
        arm: results[arm].calibration_error if arm in results else calibration(largest, arm)
        for arm in largest.predictions
    }
    wrong = {arm: Interval(error, nan, nan) for arm, error in errors.items() if isfinite(error)}
    yield FigureColumn(_("Calibration error"), wrong)


def _of_cue(grounds: Grounds) -> Iterator[FigureColumn]:
    split, located = cue_split(grounds.largest), CUES[grounds.run.config.cue].variants is not None
    titles = (
        (
            _("Right where the patch is wrong ({wrong} of {count})"),
            _("Right where the patch is right by luck ({lucky} of {count})"),
            _("Answer changes without the patch"),
        )
        if located
        else (
            _("Right where the cue is wrong ({wrong} of {count})"),
            _("Right where the cue is right by luck ({lucky} of {count})"),
            _("Answer changes without the cue"),
        )
    )
    counts = {
        "wrong": f"{split[0].wrong_count:,}",
        "lucky": f"{split[0].lucky_count:,}",
        "count": f"{len(grounds.largest):,}",
    }
    wrong, lucky, changed = (title.format(**counts) for title in titles)
    yield FigureColumn(wrong, _defined({each.arm: each.wrong for each in split}))
    yield FigureColumn(lucky, _defined({each.arm: each.lucky for each in split}))
    yield FigureColumn(changed, {each.arm: each.changed for each in grounds.removals})
    yield _spots(grounds, "cue", _("Brightest spot on the patch"))


def _spots(grounds: Grounds, region: Region, title: str) -> FigureColumn:
    rows = [row for row in localization_table(grounds.survey) if row.region == region]
    return FigureColumn(title, _defined({row.arm: row.hit for row in rows}))


def _defined(shares: Mapping[Arm, Interval]) -> dict[Arm, Interval]:
    return {arm: share for arm, share in shares.items() if isfinite(share.value)}


def _checked(grounds: Grounds) -> str:
    cards, known = grounds.cards, (grounds.survey, grounds.removals)
    if not cards:
        return ""
    made_on = _("Each check is made on {count} test images.").format(count=max(card.n for card in cards))
    if len(cards) == 1 or not all(made for _passed, made in (card.counts for card in cards)):
        return sentences(*(checks_headline(card, *known) for card in cards), made_on)
    counts = listed(_counts(card.arm, card.counts, fault_briefly(card, *known)) for card in cards)
    passed = _("Checks that {explainer} passes: {counts}.").format(
        explainer=_(EXPLAINERS[cards[0].explainer].label), counts=counts
    )
    return sentences(passed, made_on)


def _counts(arm: Arm, counts: tuple[int, int], missed: str) -> str:
    text = _("{arm} {passed} of {made} ({missed})") if missed else _("{arm} {passed} of {made}")
    passed, made = counts
    return text.format(arm=_(arm), passed=passed, made=made, missed=missed)


def _teacher_on_object(grounds: Grounds) -> str:
    for row in localization_table(grounds.survey):
        if (row.region, row.arm) == ("object", "teacher") and isfinite(row.hit.value):
            return _(
                "By {explainer} the teacher's map is highest on the object in {share} of the images (a "
                "random place: {area})."
            ).format(
                explainer=_(EXPLAINERS[grounds.survey.explainer].label),
                share=percentage(row.hit.value),
                area=percentage(row.chance),
            )
    return ""


def _images(count: int) -> str:
    return plural("{count} image", "{count} images", count)
