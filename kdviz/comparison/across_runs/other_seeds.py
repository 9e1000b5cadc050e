"""What other seeds say of a run: the visitor's own runs, and those that came with the package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from kdviz.agreement import hierarchical_bootstrap
from kdviz.comparison.across_runs.compared import Reached, SeedGroup, seed_group
from kdviz.comparison.across_runs.lambda_curve import Dot, dots, similar_runs
from kdviz.store import Run, Store
from kdviz.store.packaged_runs import packaged_runs
from kdviz.store.prepared_examples import came_with_kdviz
from kdviz.types import Interval


def known_seeds(store: Store, run: Run) -> SeedGroup | None:
    """A finished run beside those that differ from it only in the seed; None if there are none."""
    return beside_other_seeds(run, chain(store.runs(), packaged_runs().runs.values()))


def beside_other_seeds(run: Run, others: Iterable[Run]) -> SeedGroup | None:
    """The same of given runs. A student at λ = 0 is the twin of those with its seed that have none.

    Arms and device are no difference: arms are trained side by side and do not change one another. Of several
    runs with a seed the first counts, and the run itself for its own, but see `_by_seed`. Seeds without a
    twin are left out where others have one.
    """
    if run.state != "finished":
        return None
    found = _by_seed(run, others)
    weight = float(run.config.explanation_weight)
    students = [dot for (of, _seed), dot in found.items() if of == weight]
    pairs = [(dot, twin) for dot in students if weight and (twin := found.get((0.0, dot.seed)))]
    if pairs:
        students = [student for student, _twin in pairs]
    if len(students) < 2:
        return None
    return seed_group(
        (),
        [dot.seed for dot in students],
        [_reached(dot) for dot in students],
        [(_reached(dot), _reached(twin)) for dot, twin in pairs],
    )


@dataclass(frozen=True)
class SeedLead:
    """How much more accurate the second of two settings is, in pairs of runs with a seed.

    accuracy: the mean difference with its 95 % interval over seeds, `count` of them.
    """

    count: int
    accuracy: Interval


def known_lead(store: Store, first: Run, second: Run) -> SeedLead | None:
    """The lead of a run's settings over another's, by all runs that are known with either.

    None where fewer than two seeds are known of both, or the two differ in the seed alone.
    """
    others = [*store.runs(), *packaged_runs().runs.values()]
    before, after = (_students(run, others) for run in (first, second))
    seeds = sorted(before.keys() & after.keys())
    if len(seeds) < 2 or all(before[seed] == after[seed] for seed in seeds):
        return None
    gains = [after[seed].accuracy - before[seed].accuracy for seed in seeds]
    return SeedLead(len(seeds), hierarchical_bootstrap(gains))


def _students(run: Run, others: Iterable[Run]) -> dict[int, Dot]:
    """The students of a run's settings, by seed."""
    weight = float(run.config.explanation_weight)
    return {seed: dot for (of, seed), dot in _by_seed(run, others).items() if of == weight}


def _by_seed(run: Run, others: Iterable[Run]) -> dict[tuple[float, int], Dot]:
    """The students of a run and of those that differ from it in λ and seed alone, by λ and seed.

    Runs that came with kdviz count last: of their seed, the studies that come with kdviz have a run of
    the same machine as their other seeds, which Sweep shows.
    """
    known = sorted([run, *similar_runs(others, run.config)], key=came_with_kdviz)
    return {(dot.weight, dot.seed): dot for dot in dots(known)}


def _reached(dot: Dot) -> Reached:
    return dot.accuracy, dot.agreement
