"""Verdicts in words."""

from __future__ import annotations

from kdviz.agreement import Verdict
from kdviz.language import _, plural


def verdict_words(verdict: Verdict) -> str:
    """A verdict over images, as a short phrase."""
    return {
        Verdict.BETTER: _("better"),
        Verdict.WORSE: _("worse"),
        Verdict.NOT_DISTINGUISHABLE: _("not distinguishable from noise"),
        Verdict.NO_ERROR_BAR: _("undefined: too few images"),
    }[verdict]


def seeds_words(seeds: int) -> str:
    """The number of seeds; with a note if there is only one."""
    return _("no error bar: 1 seed") if seeds == 1 else plural("{count} seed", "{count} seeds", seeds)


def verdict_with_images(verdict: Verdict, *, images: int, seeds: int = 1) -> str:
    """A verdict from an interval over images: "better (n = 480 images, 3 seeds)".

    With one seed the interval covers only the choice of images, not that of initial weights, and the text
    says so.
    """
    return _("{direction} (n = {images}, {trust})").format(
        direction=verdict_words(verdict),
        images=plural("{count} image", "{count} images", images),
        trust=_("1 seed: interval over images only") if seeds == 1 else seeds_words(seeds),
    )


def verdict_over_seeds(verdict: Verdict, *, seeds: int) -> str:
    """A verdict from an interval over seeds only: "better (3 seeds)"."""
    if seeds == 1:
        return seeds_words(seeds)
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return plural("{count} seed cannot tell them apart", "{count} seeds cannot tell them apart", seeds)
    return _("{direction} ({seeds})").format(direction=verdict_words(verdict), seeds=seeds_words(seeds))
