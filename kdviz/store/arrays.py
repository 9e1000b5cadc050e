"""Checks of the array files of a run, when imported and when read, so that every page can show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from kdviz.npz import arrays_from_bytes
from kdviz.types import ARMS, MAIN_MEASURE, REGIONS

MAX_BYTES = 64 << 20
"""Largest size to which an npz file, itself a zip, may unpack."""

_MOST_IMAGES = 1 << 31

Form = tuple[str, tuple[int, ...]]
"""numpy's kind of the dtype, and the shape."""


def check_weights(path: Path) -> None:
    """Checks only the header: no array is loaded, and torch is not needed. Raises if it is invalid."""
    from safetensors import safe_open

    with safe_open(path, framework="np") as weights:
        weights.keys()


def check_marks(path: Path) -> None:
    """Raises DataError if the file contains no marks."""
    from kdviz.datasets import read_marks  # imports torch

    read_marks(path)


def check_probe_file(path: Path) -> None:
    """`check_probe` of a file of any origin. Raises numpy's errors if there are no arrays."""
    check_probe(_loaded(path))


def check_survey_file(path: Path) -> None:
    """The same for a survey."""
    check_survey(_loaded(path))


def check_probe(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Raises ValueError if the arrays are not probe attributions, KeyError if one is missing."""
    count, dimensions = len(arrays["indices"]), arrays["map teacher"].ndim
    if dimensions not in (2, 3):
        raise ValueError("its maps have neither rows and columns nor words")
    expected: dict[str, Form] = {"indices": ("i", (count,)), "targets": ("i", (count,))}
    for arm in ARMS:
        if arm == "teacher" or f"map {arm}" in arrays:
            expected |= {f"map {arm}": ("f", (count, *arrays[f"map {arm}"].shape[1 - dimensions :]))}
            expected |= {f"predicted {arm}": ("i", (count,))}
    _check(arrays, expected)
    numbers = [name for name in arrays if not name.startswith("map ")]
    _check_range(arrays, numbers, below=_MOST_IMAGES)


def check_survey(arrays: Mapping[str, NDArray[Any]]) -> None:
    """The same for a survey."""
    count, measures, classes = (len(arrays[name]) for name in ("labels", "measures", "classes"))
    expected: dict[str, Form] = {
        **dict.fromkeys(("key", "explainer"), ("U", ())),
        "total": ("i", ()),
        "classes": ("U", (classes,)),
        "measures": ("U", (measures,)),
        **dict.fromkeys(("indices", "labels"), ("i", (count,))),
    }
    arms = [arm for arm in ARMS if arm == "teacher" or f"predicted {arm}" in arrays]
    unsigned = any(name.endswith(" unsigned") for name in arrays)
    for arm in arms:
        expected |= {f"predicted {arm}": ("i", (count,)), f"confidence {arm}": ("f", (count,))}
        if arm != "teacher":
            for kind in ("", " unsigned") if unsigned else ("",):
                expected |= _scores(arrays, f"{arm}{kind}", (measures, count))
    for region in REGIONS:
        if f"{region} area" in arrays:
            parts = [f"{part} {arm}" for part in ("share", "hit") for arm in arms]
            later = [f"{part} {arm}" for part in ("chance", "deciding") for arm in arms]
            parts += [part for part in later if f"{region} {part}" in arrays]  # not in surveys of older runs
            expected |= {f"{region} {part}": ("f", (count,)) for part in ("area", *parts)}
    if "teacher peaks" in arrays:  # empty in surveys of older runs
        expected["teacher peaks"] = ("f", (count if len(arrays["teacher peaks"]) else 0, 2))
    _check(arrays, expected)
    if MAIN_MEASURE not in arrays["measures"]:
        raise ValueError(f"it lacks the measure {MAIN_MEASURE!r}")
    _check_range(arrays, ("total",), below=_MOST_IMAGES)
    _check_range(arrays, ("indices",), below=int(arrays["total"]))
    _check_range(arrays, ("labels", *(f"predicted {arm}" for arm in arms)), below=classes)


def _scores(arrays: Mapping[str, NDArray[Any]], whose: str, shape: tuple[int, int]) -> dict[str, Form]:
    others = arrays[f"unrelated {whose}"].shape[-1]
    parts = {"raw": shape, "chance": shape, "unrelated": (*shape, others)}
    return {f"{part} {whose}": ("f", form) for part, form in parts.items()}


def _loaded(path: Path) -> Mapping[str, NDArray[Any]]:
    return arrays_from_bytes(path.read_bytes(), most_bytes=MAX_BYTES)


def _check(arrays: Mapping[str, NDArray[Any]], expected: Mapping[str, Form]) -> None:
    if {name: (array.dtype.kind, array.shape) for name, array in arrays.items()} != expected:
        raise ValueError("its arrays have inconsistent names or shapes")


def _check_range(arrays: Mapping[str, NDArray[Any]], names: Sequence[str], *, below: float) -> None:
    if any(arrays[name].min() < 0 or arrays[name].max() >= below for name in names):
        raise ValueError("its indices are out of range")
