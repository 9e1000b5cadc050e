"""Students that differ only in λ, on a few test images, packaged for the Home page.

`scripts/make_lambda_ladder.py` makes the file from `studies/lambda-ladder.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from kdviz.store.prepared import PREPARED
from kdviz.types import FloatArray, Peak

LADDER = PREPARED / "lambda_ladder.npz"

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class LadderPrediction:
    """One network's prediction for one image.

    predicted: its predicted class. confidence: the probability of that class, in [0, 1]. attribution: (h, w),
    the evidence for that class: raw, signed, at the network's own resolution.
    looks_at: the region, as of `CueEvidence.looks_at`.
    """

    predicted: int
    confidence: float
    attribution: FloatArray
    looks_at: Peak


@dataclass(frozen=True, eq=False)
class LadderImage:
    """A test image with a misleading patch, and predictions for it.

    index: in the test set. image: uint8 (H, W, 3). label: its class. cue_box: top, left, bottom, right of the
    patch in pixels; the last two are exclusive. cue_class: the class that the patch's colour indicated in
    training. students: a prediction for each λ.
    """

    index: int
    image: NDArray[np.uint8]
    label: int
    cue_box: tuple[int, int, int, int]
    cue_class: int
    teacher: LadderPrediction
    students: tuple[LadderPrediction, ...]


@dataclass(frozen=True, eq=False)
class LambdaLadder:
    """Students of one teacher that differ only in λ.

    weights: each student's λ, ascending from 0. accuracies: each student's test accuracy with the random
    patch, in [0, 1]. cue_followed: each student's, as of `ArmResult`. keys: of each student's `RunConfig`.
    explainer: of all attributions. classes: names.
    """

    weights: tuple[float, ...]
    accuracies: tuple[float, ...]
    cue_followed: tuple[float, ...]
    teacher_accuracy: float
    keys: tuple[str, ...]
    explainer: str
    classes: tuple[str, ...]
    images: tuple[LadderImage, ...]

    @property
    def opening(self) -> int:
        """Place of the image to begin with: the first on which the student at λ = 0 looks at the patch."""
        regions = [image.students[0].looks_at for image in self.images]
        return regions.index("cue") if "cue" in regions else 0


@cache
def prepared_ladder() -> LambdaLadder:
    """The ladder that comes with the package."""
    return read_ladder(LADDER)


def save_ladder(path: Path, ladder: LambdaLadder) -> None:
    """Write a ladder as a compressed NPZ of plain arrays; attributions as float16."""
    np.savez_compressed(path, **_arrays(ladder))  # type: ignore[arg-type]  # its stub takes a keyword for its option


def read_ladder(path: Path) -> LambdaLadder:
    """The inverse of `save_ladder`."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    return LambdaLadder(
        weights=tuple(arrays["weights"].tolist()),
        accuracies=tuple(arrays["accuracies"].tolist()),
        cue_followed=tuple(arrays["cue_followed"].tolist()),
        teacher_accuracy=float(arrays["teacher_accuracy"]),
        keys=tuple(arrays["keys"].tolist()),
        explainer=str(arrays["explainer"]),
        classes=tuple(arrays["classes"].tolist()),
        images=tuple(_image(arrays, place) for place in range(len(arrays["indices"]))),
    )


def _arrays(ladder: LambdaLadder) -> dict[str, NDArray[Any]]:
    images = ladder.images
    return {
        "weights": np.array(ladder.weights),
        "accuracies": np.array(ladder.accuracies),
        "cue_followed": np.array(ladder.cue_followed),
        "teacher_accuracy": np.array(ladder.teacher_accuracy),
        "keys": np.array(ladder.keys),
        "explainer": np.array(ladder.explainer),
        "classes": np.array(ladder.classes),
        "indices": np.array([each.index for each in images]),
        "images": np.stack([each.image for each in images]),
        "labels": np.array([each.label for each in images]),
        "cue_boxes": np.array([each.cue_box for each in images]),
        "cue_classes": np.array([each.cue_class for each in images]),
        **_prediction_arrays("teacher", [[each.teacher] for each in images]),
        **_prediction_arrays("student", [each.students for each in images]),
    }


def _prediction_arrays(
    arm: str, predictions: Sequence[Sequence[LadderPrediction]]
) -> dict[str, NDArray[Any]]:
    """Arrays (images, predictions of each) of an arm."""
    return {
        f"{arm}_predicted": np.array([[each.predicted for each in row] for row in predictions]),
        f"{arm}_confidence": np.array([[each.confidence for each in row] for row in predictions], np.float32),
        f"{arm}_maps": np.array([[each.attribution for each in row] for row in predictions], np.float16),
        f"{arm}_looks_at": np.array([[each.looks_at for each in row] for row in predictions]),
    }


def _image(arrays: Arrays, place: int) -> LadderImage:
    top, left, bottom, right = arrays["cue_boxes"][place].tolist()
    (teacher,) = _predictions(arrays, "teacher", place)
    return LadderImage(
        index=int(arrays["indices"][place]),
        image=arrays["images"][place],
        label=int(arrays["labels"][place]),
        cue_box=(top, left, bottom, right),
        cue_class=int(arrays["cue_classes"][place]),
        teacher=teacher,
        students=_predictions(arrays, "student", place),
    )


def _predictions(arrays: Arrays, arm: str, place: int) -> tuple[LadderPrediction, ...]:
    parts = (arrays[f"{arm}_{part}"][place] for part in ("predicted", "confidence", "maps", "looks_at"))
    return tuple(
        LadderPrediction(int(number), float(share), values.astype(np.float32), cast(Peak, str(region)))
        for number, share, values, region in zip(*parts, strict=True)
    )
