"""Which network of the registry a file of weights is for."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

from torch import Tensor

from kdviz.models import MODELS, is_ignorable, namings
from kdviz.models.building import skeleton

TENSOR_NAMES = Path(__file__).with_name("tensor_names.json")
"""Of every network and naming: how often each name occurs, with numbers left out; and its size."""

_ENOUGH = 0.5


@dataclass(frozen=True)
class Candidate:
    """A network that the weights may be for. likeness: 1 if every name fits. width: factor on channels."""

    architecture: str
    naming: str
    width: float
    likeness: float


def candidates(tensors: Mapping[str, Tensor], most: int = 5) -> list[Candidate]:
    """The networks whose tensor names and sizes are most like those of a file, best first; maybe none."""
    given, size = without_numbers(tensors), _size(tensors)
    alike = sorted(
        (-likeness, architecture, naming)
        for architecture, known in _known().items()
        for naming, counts in known["names"].items()
        if (likeness := _likeness(given, counts)) >= _ENOUGH
    )
    best: dict[str, tuple[float, float, Candidate]] = {}
    for likeness, architecture, naming in alike[: 3 * most]:
        width = _width(architecture, naming, tensors)
        distance = abs(log(max(size, 1) / (_known()[architecture]["size"] * width**2)))
        candidate = Candidate(architecture, naming, width, -likeness)
        best.setdefault(architecture, (likeness, distance, candidate))
    return [candidate for *_order, candidate in sorted(best.values(), key=lambda each: each[:2])][:most]


def candidate_for(tensors: Mapping[str, Tensor], architecture: str, width: float) -> Candidate:
    """The network of this architecture and width, by the naming that is most like the file's."""
    given = without_numbers(tensors)
    likeness = {whose: _likeness(given, counts) for whose, counts in _known()[architecture]["names"].items()}
    naming = max(likeness, key=lambda whose: likeness[whose])
    return Candidate(architecture, naming, width, likeness[naming])


def without_numbers(names: Iterable[str]) -> Counter[str]:
    """How often each name occurs, numbers replaced by "#", without tensors that have no effect."""
    return Counter(re.sub(r"\d+", "#", name) for name in names if not is_ignorable(name))


def tensor_names() -> dict[str, Any]:
    """The content of TENSOR_NAMES, from the networks themselves."""
    found: dict[str, Any] = {}
    for name, spec in MODELS.items():
        if "image" not in spec.modalities:  # no file of theirs is recognized
            continue
        side = spec.minimum_size
        tensors = skeleton(name, classes=10, input_shape=(3, side, side)).state_dict()
        names = {
            whose: dict(sorted(without_numbers(map(naming, tensors)).items()))
            for whose, naming in namings(name).items()
        }
        found[name] = {"size": _size(tensors), "names": names}
    return found


@lru_cache(maxsize=1)
def _known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TENSOR_NAMES.read_text(encoding="utf-8"))
    return found


def _likeness(given: Counter[str], counts: Mapping[str, int]) -> float:
    """What both have, as a share of what either has."""
    known = Counter(counts)
    return (given & known).total() / max(1, (given | known).total())


def _size(tensors: Mapping[str, Tensor]) -> int:
    """Numbers in convolutions, in whatever order: the size of a linear last layer depends on the classes."""
    return sum(tensor.numel() for tensor in tensors.values() if tensor.dim() == 4)


def _width(architecture: str, naming: str, tensors: Mapping[str, Tensor]) -> float:
    """The factor on the channels of the first convolution, within the bounds of a width."""
    spec = MODELS[architecture]
    if not spec.has_width:
        return 1.0
    side, theirs = spec.minimum_size, namings(architecture)[naming]
    usual = skeleton(architecture, classes=1, input_shape=(3, side, side)).state_dict()
    first = next(key for key, tensor in usual.items() if tensor.dim() == 4)
    found = tensors.get(theirs(first))
    width = 1.0 if found is None else found.shape[0] / usual[first].shape[0]
    return min(max(width, 0.25), 8.0)
