"""Several runs side by side: settings that differ, whether they are comparable, and means over seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdviz.agreement import hierarchical_bootstrap
from kdviz.config import INPUT_FIELDS, LAMBDA_LADDER, RunConfig
from kdviz.device import available_devices
from kdviz.errors import ConfigError
from kdviz.metrics import METRICS
from kdviz.types import ArmResult, Interval, Results

FEWEST_RUNS, MOST_RUNS = 2, 6

Reached = tuple[float, float]
"""Accuracy and agreement of an arm."""


@dataclass(frozen=True)
class SeedGroup:
    """Finished runs that differ only in their seed, by their indices among the compared runs.

    accuracy, agreement: means of the student on the test images, with 95 % intervals over seeds.
    accuracy_gain, agreement_gain: the same of student − twin in each run; None if the runs have no twin.
    """

    places: tuple[int, ...]
    seeds: tuple[int, ...]
    accuracy: Interval
    agreement: Interval
    accuracy_gain: Interval | None
    agreement_gain: Interval | None


def check_run_count(count: int) -> None:
    """Raises ConfigError for a number of runs that cannot be compared side by side."""
    if not FEWEST_RUNS <= count <= MOST_RUNS:
        raise ConfigError(
            f"compare: {FEWEST_RUNS} to {MOST_RUNS} runs fit side by side, got {count}. "
            f"{'Leave some out.' if count > MOST_RUNS else 'Name another run.'}"
        )


def different_settings(configs: Sequence[RunConfig]) -> dict[str, tuple[Any, ...]]:
    """The settings in which the runs differ, with the value of each run.

    The device "auto" is no other than the one that it stands for on this machine.
    """
    values = {name: tuple(getattr(config, name) for config in configs) for name in RunConfig.model_fields}
    return {
        name: each
        for name, each in values.items()
        if any(value != each[0] for value in each) and not (name == "device" and _are_one_device(each))
    }


def _are_one_device(settings: Sequence[str]) -> bool:
    """Whether these settings of the device are the same here; one that is missing here is like no other."""
    best = available_devices()[0]
    return len({best if setting == "auto" else setting for setting in settings}) == 1


def on_same_images(configs: Sequence[RunConfig]) -> bool:
    """Whether all runs have the same test images, so that their accuracies are comparable."""
    return not set(different_settings(configs)) & set(INPUT_FIELDS)


def seed_groups(configs: Sequence[RunConfig], results: Sequence[Results | None]) -> list[SeedGroup]:
    """Groups of at least two finished runs that differ only in the seed."""
    alike: dict[str, dict[int, int]] = {}
    for place, (config, result) in enumerate(zip(configs, results, strict=True)):
        if result is not None:
            others = config.model_dump_json(exclude={"seed"})
            alike.setdefault(others, {}).setdefault(config.seed, place)
    return [
        _group(of_seeds, [result for place in sorted(of_seeds) if (result := results[of_seeds[place]])])
        for of_seeds in alike.values()
        if len(of_seeds) > 1
    ]


def equal_runs(configs: Sequence[RunConfig], results: Sequence[Results | None]) -> list[tuple[int, ...]]:
    """Groups of at least two finished runs with the same settings and the same results, by their indices.

    Undefined results are equal. The device is no difference where it made none.
    """
    alike: dict[str, list[int]] = {}
    for place, (config, result) in enumerate(zip(configs, results, strict=True)):
        if result is not None:
            alike.setdefault(f"{config.model_dump_json(exclude={'device'})} {dict(result)!r}", []).append(
                place
            )
    return [tuple(places) for places in alike.values() if len(places) > 1]


def nearest_lambdas(config: RunConfig, others: Sequence[RunConfig], most: int = 2) -> list[int]:
    """The indices of the runs that differ from one in λ alone, the nearest λ first; of equal λ the first.

    Arms beside the student are no difference, since they change nothing in it, and nor is the device.
    """
    own = config.explanation_weight
    alike: dict[float, int] = {}
    for place, other in enumerate(others):
        if other.explanation_weight != own and _but_lambda(other) == _but_lambda(config):
            alike.setdefault(other.explanation_weight, place)
    nearest = sorted(alike, key=lambda weight: abs(_on_ladder(weight) - _on_ladder(own)))
    return [alike[weight] for weight in nearest[:most]]


def _but_lambda(config: RunConfig) -> str:
    return config.model_dump_json(exclude={"explanation_weight", "arms", "device"})


def _on_ladder(weight: float) -> float:
    """Where a λ is on a logarithmic scale, 0 a step below the smallest that is usual."""
    return math.log10(weight + min(each for each in LAMBDA_LADDER if each))


def _group(of_seeds: Mapping[int, int], results: Sequence[Results]) -> SeedGroup:
    """of_seeds: indices by seed. results: in the order of the seeds."""
    seeds = tuple(sorted(of_seeds))
    places = tuple(of_seeds[seed] for seed in seeds)
    students = [_reached(of_run["student"]) for of_run in results]
    pairs = [
        (_reached(of_run["student"]), _reached(of_run["twin"])) for of_run in results if "twin" in of_run
    ]
    return seed_group(places, seeds, students, pairs)


def _reached(arm: ArmResult) -> Reached:
    return arm.accuracy, arm.cosine.interval.value


def seed_group(
    places: Sequence[int],
    seeds: Sequence[int],
    students: Sequence[Reached],
    pairs: Sequence[tuple[Reached, Reached]],
) -> SeedGroup:
    """The means of students, and of the differences in pairs of a student and its twin."""
    accuracy, agreement = (_over_seeds(values) for values in zip(*students, strict=True))
    gains = [[mine - its for mine, its in zip(*pair, strict=True)] for pair in pairs]
    gain = [_over_seeds(values) for values in zip(*gains, strict=True)] if gains else [None, None]
    return SeedGroup(
        tuple(places),
        tuple(seeds),
        METRICS["accuracy"].possible(accuracy),
        METRICS["agreement"].possible(agreement),
        *gain,
    )


def _over_seeds(values: Iterable[float]) -> Interval:
    """The mean of the defined values; the interval is NaN for one seed."""
    return hierarchical_bootstrap([value for value in values if math.isfinite(value)])
