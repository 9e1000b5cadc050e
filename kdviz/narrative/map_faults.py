"""What the test set says against maps that pass their checks: they are wrong about the planted cue."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import CueRemoval, Survey, Trust, TrustCard, localization_table, unseen_cues
from kdviz.comparison.test_set.localization import LocalizationRow
from kdviz.comparison.test_set.unseen_cue import UnseenCue
from kdviz.language import _, percentage
from kdviz.narrative.cue_removal import marks_too_often
from kdviz.narrative.localization import CLEARLY
from kdviz.types import Interval


def qualified_trust(card: TrustCard, survey: Survey | None, removals: Sequence[CueRemoval] = ()) -> Trust:
    """What the map may be used for: with care where all checks are passed, but it is wrong about the cue.

    It misses a cue that decides (see `unseen_cues`), or marks one that does not (see `marks_too_often`). Maps
    beside the object are no fault of theirs: the network's evidence may be there. survey: of the card's
    explainer. removals: what removing the cue changes; each as far as it is known.
    """
    return "limited" if card.trust == "location" and fault_briefly(card, survey, removals) else card.trust


def fault_briefly(card: TrustCard, survey: Survey | None, removals: Sequence[CueRemoval] = ()) -> str:
    """What the maps are wrong about, in a few words; arguments as of `qualified_trust`.

    "" otherwise, and without checks that apply.
    """
    if _missed(card, survey):
        return _("the patch is missed where it decides")
    if _marked(card, survey, removals):
        return _("the patch is marked where it does not decide")
    return ""


def passed_but(card: TrustCard, survey: Survey | None, removals: Sequence[CueRemoval] = ()) -> str:
    """In place of the conclusion where all checks are passed, but the maps are wrong; "" otherwise."""
    if card.trust != "location":
        return ""
    if missed := _missed(card, survey):
        return _(
            "Passed, but the maps miss the patch where it decides the answer: of the {count} test images "
            "whose answer changes without the patch, the map is highest on it in {hit} (a random place: "
            "{chance}). Use them to see where evidence is, not to rule the patch out."
        ).format(count=missed.n, hit=percentage(missed.hit.value), chance=percentage(missed.chance))
    if marked := _marked(card, survey, removals):
        row, changed = marked
        return _(
            "Passed, but the maps mark the patch more often than it decides the answer: they are highest on "
            "it in {hit} of the test images, and without it the answer changes in {changed}. Do not say that "
            "the patch decides because they mark it."
        ).format(hit=percentage(row.hit.value), changed=percentage(changed.value))
    return ""


def _missed(card: TrustCard, survey: Survey | None) -> UnseenCue | None:
    if survey is None or not card.counts[1]:
        return None
    return next((each for each in unseen_cues(survey) if each.arm == card.arm), None)


def _marked(
    card: TrustCard, survey: Survey | None, removals: Sequence[CueRemoval]
) -> tuple[LocalizationRow, Interval] | None:
    changed = next((each.changed for each in removals if each.arm == card.arm), None)
    if survey is None or changed is None or not card.counts[1]:
        return None  # before the table, whose intervals take a moment
    for row in localization_table(survey):
        if (row.region, row.arm) == ("cue", card.arm):
            clearly = row.hit.low > row.chance + CLEARLY
            return (row, changed) if clearly and marks_too_often(changed, row) else None
    return None
