"""A survey of a test set: predictions and scores of every image; and the same as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.agreement import ImageScores
from kdviz.types import ARMS, REGIONS, Arm, FloatArray, IntArray, Region

Mask = NDArray[np.bool_]
Arrays = Mapping[str, NDArray[Any]]

Scores = Mapping[Arm, Mapping[str, ImageScores]]
"""By arm except the teacher, and by measure; (N,) each."""

_UNSIGNED = " unsigned"
_PARTS = ("raw", "chance", "unrelated")
_OPTIONAL = ("chance", "deciding")


@dataclass(frozen=True, eq=False)
class ArmPredictions:
    """An arm's prediction for each image: the class, and its probability."""

    predicted: IntArray
    confidence: FloatArray


@dataclass(frozen=True, eq=False)
class ArmLocalization:
    """Localization of one arm's maps; (N,) each, NaN where undefined.

    share: of the positive evidence in the region. hit: 1 if the highest cell touches the region, else 0.
    chance: of a hit, the share of the map's cells that touch the region. deciding: of the cue, the hit of the
    map for the arm's own prediction, on the images where that is another without the cue; NaN on the others.
    chance and deciding are None in surveys of earlier versions, whose hits are of the highest point.
    """

    share: FloatArray
    hit: FloatArray
    chance: FloatArray | None = None
    deciding: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Localization:
    """Localization of all arms for one kind of region. area: (N,) its share of each image."""

    area: FloatArray
    arms: Mapping[Arm, ArmLocalization]


@dataclass(frozen=True, eq=False)
class Survey:
    """N test images, class-balanced, through all arms of a run; explained for the teacher's predicted class.

    key: identifies weights, images and explainer. total: size of the test set. indices: (N,), in the test
    set. predictions: by arm, the teacher first. scores: of the maps, or of their positive part for methods
    that end in a ReLU. unsigned: of absolute values, if maps are compared with signs; else empty.
    localization: by region with masks, including the teacher; else empty. teacher_peaks: (N, 2), where the
    teacher's map is highest, as shares of the image down and across; NaN where it has no single maximum; of
    no images in surveys of earlier versions.
    """

    key: str
    explainer: str
    total: int
    classes: tuple[str, ...]
    indices: IntArray
    labels: IntArray
    predictions: Mapping[Arm, ArmPredictions]
    scores: Scores
    unsigned: Scores = field(default_factory=dict)
    localization: Mapping[Region, Localization] = field(default_factory=dict)
    teacher_peaks: FloatArray = field(default_factory=lambda: np.empty((0, 2), np.float32))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of agreement."""
        return tuple(next(iter(self.scores.values())))

    def right(self, arm: Arm) -> Mask:
        """(N,) whether an arm's prediction is correct."""
        right: Mask = self.predictions[arm].predicted == self.labels
        return right

    def faithful(self, arm: Arm) -> Mask:
        """(N,) whether an arm predicts the same class as the teacher."""
        same: Mask = self.predictions[arm].predicted == self.predictions["teacher"].predicted
        return same


def survey_to_arrays(made: Survey) -> dict[str, NDArray[Any]]:
    """A survey as plain arrays, for the store; scores have a row per measure."""
    arrays: dict[str, NDArray[Any]] = {
        "key": np.array(made.key),
        "explainer": np.array(made.explainer),
        "total": np.array(made.total),
        "classes": np.array(made.classes),
        "measures": np.array(made.measures),
        "indices": made.indices,
        "labels": made.labels,
        "teacher peaks": made.teacher_peaks,
    }
    for arm, predictions in made.predictions.items():
        arrays |= {f"predicted {arm}": predictions.predicted, f"confidence {arm}": predictions.confidence}
    for region, found in made.localization.items():
        arrays[f"{region} area"] = found.area
        for arm, of_arm in found.arms.items():
            arrays |= {f"{region} share {arm}": of_arm.share, f"{region} hit {arm}": of_arm.hit}
            for name in _OPTIONAL:
                if (values := getattr(of_arm, name)) is not None:
                    arrays[f"{region} {name} {arm}"] = values
    return arrays | _rows(made.scores) | _rows(made.unsigned, _UNSIGNED)


def survey_from_arrays(arrays: Arrays) -> Survey:
    """The inverse of `survey_to_arrays`."""
    arms = [arm for arm in ARMS if f"predicted {arm}" in arrays]
    return Survey(
        str(arrays["key"]),
        str(arrays["explainer"]),
        int(arrays["total"]),
        tuple(map(str, arrays["classes"])),
        arrays["indices"],
        arrays["labels"],
        {arm: ArmPredictions(arrays[f"predicted {arm}"], arrays[f"confidence {arm}"]) for arm in arms},
        {arm: _scores(arrays, arm) for arm in arms if arm != "teacher"},
        {arm: _scores(arrays, arm, _UNSIGNED) for arm in arms if f"raw {arm}{_UNSIGNED}" in arrays},
        {region: _localization(arrays, region, arms) for region in REGIONS if f"{region} area" in arrays},
        arrays.get("teacher peaks", np.empty((0, 2), np.float32)),
    )


def _localization(arrays: Arrays, region: Region, arms: Sequence[Arm]) -> Localization:
    return Localization(
        arrays[f"{region} area"],
        {
            arm: ArmLocalization(
                arrays[f"{region} share {arm}"],
                arrays[f"{region} hit {arm}"],
                *(arrays.get(f"{region} {name} {arm}") for name in _OPTIONAL),
            )
            for arm in arms
        },
    )


def _rows(scores: Scores, kind: str = "") -> dict[str, NDArray[Any]]:
    return {
        f"{part} {arm}{kind}": np.stack([getattr(scored, part) for scored in of_arm.values()])
        for arm, of_arm in scores.items()
        for part in _PARTS
    }


def _scores(arrays: Arrays, arm: Arm, kind: str = "") -> dict[str, ImageScores]:
    names, parts = map(str, arrays["measures"]), (arrays[f"{part} {arm}{kind}"] for part in _PARTS)
    return {name: ImageScores(*rows) for name, *rows in zip(names, *parts, strict=True)}
