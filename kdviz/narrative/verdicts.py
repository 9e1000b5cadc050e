"""Verdicts in words."""

from __future__ import annotations

from kdviz.agreement import Verdict
from kdviz.language import _, plural


def verdict_words(verdict: Verdict) -> str:
    """A verdict over images, in a few words."""
    return {
        Verdict.BETTER: _("better"),
        Verdict.WORSE: _("worse"),
        Verdict.NOT_DISTINGUISHABLE: _("not distinguishable from noise"),
        Verdict.NO_ERROR_BAR: _("undefined: too few images"),
    }[verdict]


def seeds_words(seeds: int) -> str:
    """The number of seeds that something rests on. One seed says nothing of others."""
    return _("no error bar: 1 seed") if seeds == 1 else plural("{count} seed", "{count} seeds", seeds)


def verdict_with_images(verdict: Verdict, *, images: int, seeds: int = 1) -> str:
    """A verdict from an interval over images: "better (n = 480 images, 3 seeds)".

    With one seed the interval covers the choice of images only, not that of the initial weights, and the
    words say so.
    """
    return _("{direction} (n = {images}, {trust})").format(
        direction=verdict_words(verdict),
        images=plural("{count} image", "{count} images", images),
        trust=seeds_words(seeds),
    )


def verdict_over_seeds(verdict: Verdict, *, seeds: int) -> str:
    """A verdict from an interval over seeds alone: "better (3 seeds)"."""
    if seeds == 1:
        return seeds_words(seeds)
    return _("{direction} ({seeds})").format(direction=verdict_words(verdict), seeds=seeds_words(seeds))
