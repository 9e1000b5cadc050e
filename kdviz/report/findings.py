"""What a report says first: the finding, what may be concluded from it, and what it is based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdviz.comparison import (
    CueRemoval,
    SeedGroup,
    Survey,
    trained_explainer,
    unseen_cues,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed, sentences
from kdviz.narrative import (
    Conclusion,
    Grounds,
    Group,
    UnseenWarning,
    conclusions,
    details,
    figure_columns,
    figures_caption,
    figures_notes,
    goodhart_alarm,
    headline,
    one_class_sentence,
    placebo_warning,
    run_answer,
    shortcut_warning,
    unseen_warning,
)
from kdviz.notes import doubts_accuracy, shown_note
from kdviz.report.tables import RowTable, concluded_figures
from kdviz.store import Run

_MARKS: Mapping[Group, str] = {"say": "✓", "not-shown": "?", "do-not-say": "✕"}


@dataclass(frozen=True)
class FindingSentences:
    """opening: the answer and what limits it, as on Agreement. numbers: the figures behind it."""

    opening: Sequence[str]
    numbers: Sequence[str]


@dataclass(frozen=True)
class Concluded:
    """What may be concluded: groups with a sign and sentences, and the figures behind them, with notes.

    caveat: why it is too early for a finding, or "". unseen: that a cue decides answers whose maps are
    elsewhere.
    """

    groups: Sequence[tuple[Group, str, Sequence[Conclusion]]]
    caveat: str
    figures: RowTable
    caption: str
    notes: Sequence[str]
    warnings: Sequence[str]
    unseen: UnseenWarning | None


def finding_sentences(
    run: Run,
    surveys: Mapping[str, Survey],
    removals: Sequence[CueRemoval],
    caveat: str,
    *,
    guesses: bool,
    notes: Sequence[str],
) -> FindingSentences:
    """Of a run; of one that has ended without results, why there are none.

    guesses: whether its teacher is no better than guessing. notes: on its data, as stored; without a survey,
    what follows from them is not among what may be concluded.
    """
    if run.results is None:
        return FindingSentences([caveat] if caveat and run.ended else [], [])
    trained_on = trained_explainer(run.config)
    said = "" if surveys else caveat  # once: it stands behind the answer
    one_class = one_class_sentence(run.results, surveys)
    first = headline(run.results, surveys, trained_on=trained_on, caveat=said, early=bool(caveat))
    if not surveys:
        doubts = (shown_note(note) for note in notes if doubts_accuracy(note))
        opening = filter(None, (first, one_class, placebo_warning(run.results), *doubts))
        return FindingSentences(list(opening), details(run.results, surveys))
    found = run_answer(run, surveys.values(), caveat=caveat, guesses=guesses, removals=removals)
    opening = filter(None, (found.answer, one_class, found.limits, found.placebo))
    figures = [found.figures] if found.figures else []
    return FindingSentences(list(opening), [first, *figures, *details(run.results, surveys)])


def concluded(grounds: Grounds) -> Concluded:
    """What may be concluded, as on Agreement, with its warnings."""
    survey = grounds.survey
    warnings = (shortcut_warning(survey, grounds.cards), goodhart_alarm(survey, grounds.run.results))
    return Concluded(
        [(group, _MARKS[group], found) for group, found in conclusions(grounds).items()],
        grounds.caveat,
        concluded_figures(figure_columns(grounds)),
        figures_caption(grounds),
        figures_notes(grounds),
        list(filter(None, warnings)),
        unseen_warning(unseen_cues(survey)),
    )


def basis(run: Run, seeds: SeedGroup | None) -> str:
    """The basis of the finding: images and seeds. seeds: others, if what they say is in the report."""
    results = {arm: of for arm, of in (run.results or {}).items() if of.cosine.n}
    if not results:
        return ""
    if any(of.cosine.is_partial for of in results.values()):
        counts = listed(f"{ARM_STYLES[arm].label} {of.cosine.n:,}" for arm, of in results.items())
        images = _(
            "Agreement on the test images with defined maps: {counts}; intervals are over images."
        ).format(counts=counts)
    else:
        compared = next(iter(results.values())).cosine.n
        images = _("Agreement on {count} test images; intervals are over images.").format(
            count=f"{compared:,}"
        )
    if seeds is None:
        one = _("The figures are of one seed ({seed}), so they have no error bar over seeds.")
        return sentences(images, one.format(seed=run.config.seed))
    one = _("The figures are of one seed ({seed}); the means over {count} seeds are under the table below.")
    return sentences(images, one.format(seed=run.config.seed, count=len(seeds.seeds)))
