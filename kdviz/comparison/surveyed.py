"""What a survey of a test set is: answers and scores, image by image; and the same as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kdviz.agreement import MEASURES, ImageScores
from kdviz.types import ARMS, Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray, IntArray

Mask = NDArray[np.bool_]
Arrays = Mapping[str, NDArray[Any]]

_PARTS = ("raw", "chance", "unrelated")


@dataclass(frozen=True, eq=False)
class ArmAnswers:
    """What an arm answers, image by image: its top-1 class, and the probability that it gives to it."""

    predicted: IntArray
    confidence: FloatArray


@dataclass(frozen=True, eq=False)
class Survey:
    """N test images, balanced by class, through all arms of a run; explained for the teacher's top-1.

    key: names the weights, the images and the explainer that it was made of.
    total: test images there are. indices: (N,) places in the test set, as `lens` takes them.
    answers: by arm, the teacher first. scores: by arm but the teacher, and by measure; (N,) each.
    """

    key: str
    explainer: str
    total: int
    classes: tuple[str, ...]
    indices: IntArray
    labels: IntArray
    answers: Mapping[Arm, ArmAnswers]
    scores: Mapping[Arm, Mapping[str, ImageScores]]

    def __len__(self) -> int:
        return len(self.labels)

    def right(self, arm: Arm) -> Mask:
        """(N,) whether an arm names the label."""
        right: Mask = self.answers[arm].predicted == self.labels
        return right

    def faithful(self, arm: Arm) -> Mask:
        """(N,) whether an arm gives the teacher's answer, right or wrong."""
        same: Mask = self.answers[arm].predicted == self.answers["teacher"].predicted
        return same


def survey_to_arrays(made: Survey) -> dict[str, NDArray[Any]]:
    """Plain arrays, for the store; scores with a row a measure."""
    arrays: dict[str, NDArray[Any]] = {
        "key": np.array(made.key),
        "explainer": np.array(made.explainer),
        "total": np.array(made.total),
        "classes": np.array(made.classes),
        "measures": np.array(list(MEASURES)),
        "indices": made.indices,
        "labels": made.labels,
    }
    for arm, answers in made.answers.items():
        arrays |= {f"predicted {arm}": answers.predicted, f"confidence {arm}": answers.confidence}
    for arm, scores in made.scores.items():
        for part in _PARTS:
            arrays[f"{part} {arm}"] = np.stack([getattr(scores[name], part) for name in MEASURES])
    return arrays


def survey_from_arrays(arrays: Arrays) -> Survey:
    """What `survey_to_arrays` made arrays of."""
    arms = [arm for arm in ARMS if f"predicted {arm}" in arrays]
    return Survey(
        str(arrays["key"]),
        str(arrays["explainer"]),
        int(arrays["total"]),
        tuple(map(str, arrays["classes"])),
        arrays["indices"],
        arrays["labels"],
        {arm: ArmAnswers(arrays[f"predicted {arm}"], arrays[f"confidence {arm}"]) for arm in arms},
        {arm: _scores(arrays, arm) for arm in arms if arm != "teacher"},
    )


def _scores(arrays: Arrays, arm: Arm) -> dict[str, ImageScores]:
    names, parts = map(str, arrays["measures"]), (arrays[f"{part} {arm}"] for part in _PARTS)
    return {name: ImageScores(*rows) for name, *rows in zip(names, *parts, strict=True)}
