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
    warm_ups: int = 3,
    aim: float | None = None,
    clock: Callable[[], float] = perf_counter,
) -> Ratio:
    """Time both in turn, `pairs` times after the warm-ups. aim: the largest ratio that is good enough."""
    for _ in range(warm_ups):
        ours()
        other()
    times = [(_seconds(ours, clock), _seconds(other, clock)) for _ in range(pairs)]
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


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    work()
    return clock() - began
