"""Whether the choice of measure, or of explainer, changes the ranking of images, in words."""

from __future__ import annotations

import math
from itertools import combinations

from kdviz.comparison.test_set.rank_correlation import RankCorrelations
from kdviz.language import _, decimal, plural

NEARLY_THE_SAME, ALIKE = 0.8, 0.5
"""Rank correlations above which two rankings are called nearly the same, or alike."""


def rank_correlation_sentence(found: RankCorrelations) -> str:
    """How similar the rankings are, and which two are the least and the most similar."""
    pairs = [
        (found.cells[a][b], a, b)
        for a, b in combinations(range(len(found.labels)), 2)
        if math.isfinite(found.cells[a][b])
    ]
    if not pairs:
        return _("Too few maps are defined to compare rankings.")
    finding = _verdict(min(pairs)[0]).format(images=plural("{count} image", "{count} images", found.n))
    if len(pairs) == 1:
        return _("{finding} {first} and {second}: {value}.").format(finding=finding, **_pair(found, pairs[0]))
    least, most = _pair(found, min(pairs)), _pair(found, max(pairs))
    return _(
        "{finding} Least similar: {first} and {second}, {value}. Most similar: {third} and {fourth}, {other}."
    ).format(finding=finding, **least, third=most["first"], fourth=most["second"], other=most["value"])


def _verdict(lowest: float) -> str:
    if lowest >= NEARLY_THE_SAME:
        return _("The choice hardly matters here: all rank the {images} in nearly the same order.")
    if lowest >= ALIKE:
        return _("The choice matters a little here: the rankings of the {images} are similar, not the same.")
    return _("The choice matters here: some rank the {images} quite differently.")


def _pair(found: RankCorrelations, pair: tuple[float, int, int]) -> dict[str, str]:
    value, first, second = pair
    return {
        "first": _(found.labels[first]),
        "second": _(found.labels[second]),
        "value": decimal(value),
    }
