"""Settings of a study in the words of the pages, in English: titles of figures, names of runs."""

from __future__ import annotations

from typing import Any

from kdviz.config import CHOICES, IDLE_WITHOUT_LAMBDA, RunConfig
from kdviz.store.annotations import NAME_LENGTH
from kdviz.study.plan import PAIR, Point, Study

_SYMBOLS = {"explanation_weight": "λ", "cue_strength": "ρ", "temperature": "T"}


def setting_words(field: str, value: Any) -> str:
    """A setting and its value: "λ = 3", "seed 0", "ResNet-8"."""
    if field == PAIR:
        return str(value)
    name = _SYMBOLS.get(field) or (RunConfig.model_fields[field].title or field).lower()
    if field == "seed":
        return f"seed {value}"
    if value in CHOICES.get(field, {}):
        label = CHOICES[field][value].label
        return f"{name}: {label.lower()}" if value == "none" else label
    return f"{name} = {value:g}" if isinstance(value, float | int) else f"{name} = {value}"


def run_name(study: Study, point: Point) -> str:
    """The name of a run of the study: "The λ ladder: λ = 3, seed 0"."""
    idle = () if point.config.explanation_weight else IDLE_WITHOUT_LAMBDA
    values = [setting_words(field, _plain(point.value(field))) for field in study.grid if field not in idle]
    place = ", ".join([*([point.pair] if point.pair else []), *values]) or study.name
    return f"{study.name}: {place}"[:NAME_LENGTH]


def _plain(value: Any) -> Any:
    """Arms joined by commas."""
    return ", ".join(value) if isinstance(value, tuple) else value
