"""Of the checks of several networks' maps: which are the worst, and how many are passed, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import CueRemoval, Survey, Trust, TrustCard
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, plural
from kdviz.narrative.map_faults import fault_briefly, qualified_trust
from kdviz.types import Arm

CHECKED: tuple[Arm, ...] = ("teacher", "student")
"""The arms whose maps are to be trusted before anything is concluded from where a student looks."""

_WORST_FIRST: tuple[Trust, ...] = ("none", "limited", "unknown", "location")


def least_trusted(
    cards: Sequence[TrustCard], survey: Survey | None = None, removals: Sequence[CueRemoval] = ()
) -> list[TrustCard]:
    """Of one explainer's cards those with the worst result; two only where nothing tells them apart.

    Not empty, if cards are not. The rest is as of `qualified_trust`.
    """

    def rank(card: TrustCard) -> tuple[int, float]:
        passed, made = card.counts
        return _WORST_FIRST.index(qualified_trust(card, survey, removals)), passed / max(made, 1)

    def found(card: TrustCard) -> tuple[object, ...]:
        return rank(card), card.counts, fault_briefly(card, survey, removals)

    worst = min(cards, key=rank)
    return [card for card in cards if found(card) == found(worst)]


def checks_brief(
    cards: Sequence[TrustCard], survey: Survey | None = None, removals: Sequence[CueRemoval] = ()
) -> str:
    """The same as the headline in the fewest words: "Grad-CAM, teacher: 2 of 5 checks, 16 images".

    What the maps are wrong about is said first. cards: as of `least_trusted`; of teacher and student the
    fewer images are counted.
    """
    card = min(cards, key=lambda each: each.n)
    passed, made = card.counts
    counted = _("{passed} of {made} checks, {images}").format(
        passed=passed, made=made, images=plural("{count} image", "{count} images", card.n)
    )
    if fault := fault_briefly(card, survey, removals):
        counted = _("{fault}, yet {checks}").format(fault=fault, checks=counted)
    narrow = _("{count} only just").format(count=just) if (just := len(card.only_just)) else ""
    return _("{method}, {arm}: {finding}").format(
        method=_(EXPLAINERS[card.explainer].label),
        arm=_("teacher and student") if len(cards) > 1 else _(card.arm),
        finding=_("; ").join(filter(None, [counted, narrow])),
    )
