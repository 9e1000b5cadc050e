"""Two ways of doing a thing, timed in turn, so that a machine that slows down slows both."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """How much longer the first takes than the second: median, smallest and largest of the pairs."""

    name: str
    median: float
    low: float
    high: float
    aim: float | None
    ours_ms: float
    other_ms: float


def paired(
    name: str,
    ours: Callable[[], object],
    other: Callable[[], object],
    *,
    pairs: int = 30,
    aim: float | None = None,
) -> Ratio:
    """Time both in turn, `pairs` times after three warm-ups. aim: the largest ratio that is good enough."""
    for _ in range(3):
        ours()
        other()
    times = [(_seconds(ours), _seconds(other)) for _ in range(pairs)]
    ratios = sorted(a / b for a, b in times)
    return Ratio(
        name,
        median(ratios),
        ratios[0],
        ratios[-1],
        aim,
        1000 * median(a for a, _ in times),
        1000 * median(b for _, b in times),
    )


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
