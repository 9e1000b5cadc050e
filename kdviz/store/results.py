"""The results of a run as JSON. Its keys are those of all earlier versions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from kdviz.types import (
    ARMS,
    UNDEFINED_AGREEMENT,
    UNDEFINED_GAIN,
    Agreement,
    Arm,
    ArmResult,
    Gain,
    Results,
    TimeFigures,
)

_STORED_AS = {"accuracy": "test_accuracy", "intact_accuracy": "cue_intact_accuracy"}
"""Fields of `ArmResult` that have another key in JSON."""

_NUMBERS = (
    "accuracy",
    "intact_accuracy",
    "cue_followed",
    "commonest_prediction",
    "calibration_error",
    "fidelity",
    "fidelity_kl",
    "object_share",
    "object_area",
    "cue_share",
    "cue_area",
    "cue_chance",
    "shuffled_accuracy",
    "explanation_weight",
)


SHARES = frozenset(
    {
        "test_accuracy", "cue_intact_accuracy", "cue_followed", "calibration_error", "fidelity",
        "shuffled_accuracy", "commonest_prediction",
    }
)  # fmt: skip
"""Keys of figures that are shares of images."""

_SHARE = (0.0, 1.0)

LARGEST_FIGURE = 1e12
"""Beyond every figure, of either sign."""


def to_json(results: Results) -> str:
    """Results as standard JSON, which has no NaN: undefined numbers are null, or left out."""
    return json.dumps(to_plain(results))


def to_plain(results: Results) -> dict[str, dict[str, Any]]:
    """The same as plain types."""
    return {arm: _plain_arm(result) for arm, result in results.items()}


@lru_cache(maxsize=4096)
def from_json(text: str) -> Results:
    """Results from JSON of this or an earlier version. Missing figures are NaN.

    Raises an error, of any kind, if the text is not the results of a run.
    """
    stored = json.loads(text)
    if "student" not in stored:
        raise ValueError("there is no student")
    return MappingProxyType({arm: _arm(stored[arm]) for arm in ARMS if arm in stored})


def completed(results: Results, arms: Iterable[Arm]) -> Results:
    """The results, with undefined ones for arms that have none, so that every page finds what it reads."""
    missing = dict.fromkeys(set(arms) - set(results), ArmResult(0, math.nan))
    if not missing:
        return results
    every = {**results, **missing}
    return MappingProxyType({arm: every[arm] for arm in ARMS if arm in every})


def _plain_arm(result: ArmResult) -> dict[str, Any]:
    numbers = {_STORED_AS.get(name, name): getattr(result, name) for name in _NUMBERS}
    plain: dict[str, Any] = {"parameters": result.parameters}
    plain |= {name: value for name, value in numbers.items() if math.isfinite(value)}
    if result.agreement:
        plain["agreement"] = {name: _plain_score(score) for name, score in result.agreement.items()}
    if result.held_out_explainer:
        held_out = {"explainer": result.held_out_explainer, "cosine": _plain_score(result.held_out)}
        plain["untrained_agreement"] = held_out
    for key in ("cue_hits", "left_out_ranks"):
        if found := getattr(result, key):
            plain[key] = {name: value if math.isfinite(value) else None for name, value in found.items()}
    for key in ("time_figures", "untrained_time_figures"):
        if timed := getattr(result, key):
            plain[key] = {name: _plain_score(figures) for name, figures in timed.items()}
    gains = {
        "gain": result.gain,
        "untrained_gain": result.held_out_gain,
        "accuracy_gain": result.accuracy_gain,
    }
    for name, gain in gains.items():
        if gain.n:
            plain[name] = _plain_score(gain)
    return plain


def _plain_score(score: Agreement | Gain | TimeFigures) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in asdict(score).items()}


def _arm(stored: Mapping[str, Any]) -> ArmResult:
    held_out = stored.get("untrained_agreement") or {}
    scores = stored.get("agreement") or {}
    return ArmResult(
        parameters=int(stored.get("parameters") or 0),
        **{name: _number(stored, _STORED_AS.get(name, name)) for name in _NUMBERS},
        cue_hits=_by_explainer(stored.get("cue_hits") or {}, _SHARE),
        left_out_ranks=_by_explainer(stored.get("left_out_ranks") or {}, (-1.0, 1.0)),
        time_figures=_timed(stored.get("time_figures") or {}),
        untrained_time_figures=_timed(stored.get("untrained_time_figures") or {}),
        agreement=MappingProxyType({name: _score(score) for name, score in scores.items()}),
        held_out=_score(held_out.get("cosine") or {}),
        held_out_explainer=str(held_out.get("explainer", "")),
        gain=_gain(stored.get("gain") or {}),
        held_out_gain=_gain(stored.get("untrained_gain") or {}),
        accuracy_gain=_gain(stored.get("accuracy_gain") or {}),
    )


def _by_explainer(stored: Mapping[str, Any], bounds: tuple[float, float]) -> Mapping[str, float]:
    return MappingProxyType({name: _number(stored, name, bounds) for name in stored})


def _timed(stored: Mapping[str, Any]) -> Mapping[str, TimeFigures]:
    names = [each.name for each in fields(TimeFigures)]
    return MappingProxyType(
        {
            explainer: TimeFigures(**{name: _number(found, name) for name in names})
            for explainer, found in stored.items()
        }
    )


def _gain(stored: Mapping[str, Any]) -> Gain:
    if not stored:
        return UNDEFINED_GAIN
    return Gain(**{name: _number(stored, name) for name in ("value", "low", "high")}, n=int(stored["n"]))


def _score(stored: Mapping[str, Any]) -> Agreement:
    if not stored:
        return UNDEFINED_AGREEMENT
    names = ("raw", "chance", "corrected", "low", "high", "dead_rate")
    return Agreement(n=int(stored.get("n") or 0), **{name: _number(stored, name) for name in names})


def _number(
    stored: Mapping[str, Any], name: str, possible: tuple[float, float] = (-LARGEST_FIGURE, LARGEST_FIGURE)
) -> float:
    given = stored.get(name)
    value = math.nan if given is None else float(given)
    low, high = _SHARE if name in SHARES else possible
    if value < low or value > high:
        raise ValueError(f"{name}: {value}")
    return value
