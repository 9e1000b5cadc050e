"""Verdicts on claims, and their measured effects, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import TYPE_CHECKING

from kdviz.figures.charts import difference_with_interval, published_text, signed_difference
from kdviz.language import _
from kdviz.narrative.data import shared_data
from kdviz.narrative.verdicts import seeds_words

if TYPE_CHECKING:
    from kdviz.claims import ClaimVerdict, Contrast, Effect, Judgement


def claim_verdict_words(verdict: ClaimVerdict) -> str:
    """The verdict as a short phrase."""
    return {
        "shown": _("shown here"),
        "open": _("not shown"),
        "reversed": _("reversed here"),
        "untested": _("not tested yet"),
    }[verdict]


def with_seeds(judgement: Judgement) -> str:
    """The verdict on a claim with the number of seeds."""
    words = claim_verdict_words(judgement.verdict)
    if not judgement.seeds:
        return words
    return _("{verdict} ({seeds})").format(verdict=words, seeds=seeds_words(judgement.seeds))


def overview(judgements: Iterable[Judgement]) -> Iterator[dict[str, str]]:
    """A row per contrast: claim, comparison, measured and published effect, seeds and verdict."""
    for judgement in judgements:
        for effect in judgement.effects:
            published = effect.contrast.published
            yield {
                "claim": _(judgement.claim.label),
                "verdict": claim_verdict_words(effect.verdict),
                "compared": _(effect.contrast.subject),
                "measured": measured_words(effect),
                "published": published_text(published, in_points=effect.contrast.in_points)
                if published
                else "–",
                "seeds": str(len(effect.differences)),
                "data": shared_data(judgement.claim.points(1)),
            }


def measured_words(effect: Effect) -> str:
    """The difference with its interval: "+58.0 points (+41.2 to +70.1)"; "–" if undefined."""
    found = effect.difference
    return difference_with_interval(found.value, (found.low, found.high), in_points=effect.contrast.in_points)


def beside_published(effect: Effect) -> str:
    """The interval compared to the published effect; "" if one of them is missing."""
    published, found = effect.contrast.published, effect.difference
    if published is None or not isfinite(found.low):
        return ""
    if found.high < published[0]:
        return _("Smaller than published.")
    if found.low > published[1]:
        return _("Larger than published: the experiment here is easier than the paper's.")
    return _("Compatible with the published effect.")


def claimed_words(contrast: Contrast) -> str:
    """The claimed range of the difference, in a sentence."""
    low, high = contrast.claimed
    end = high if isfinite(high) else low
    if isfinite(low) and isfinite(high):
        words = _("{subject}: if the claim holds, **{more}** and **{less}** differ by less than {end}.")
    elif isfinite(high):
        words = _("{subject}: if the claim holds, **{more}** is at most {end} above **{less}**.")
    elif low:
        words = _("{subject}: if the claim holds, **{more}** is more than {end} above **{less}**.")
    else:
        words = _("{subject}: if the claim holds, it is higher for **{more}** than for **{less}**.")
    return words.format(
        subject=_(contrast.subject),
        more=_(contrast.more.label),
        less=_(contrast.less.label),
        end=signed_difference(end, in_points=contrast.in_points).removeprefix("+"),
    )
