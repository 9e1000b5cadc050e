"""The binomial distribution, without scipy, which takes longer to import than a page to be drawn."""

from __future__ import annotations

from math import exp, fsum, lgamma, log


def binomial_at_most(hits: int, count: int, share: float) -> float:
    """The probability of at most `hits` of `count`, each with probability `share`; 0 for negative hits."""
    if share in (0, 1):
        return float(hits >= 0 and (share == 0 or hits == count))
    ways = (lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) for k in range(hits + 1))
    return fsum(exp(way + k * log(share) + (count - k) * log(1 - share)) for k, way in enumerate(ways))
