"""Students that differ only in λ, explained on test images where λ decides between cue and object."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from kdviz.comparison.across_runs.compared import different_settings
from kdviz.comparison.input.explanation import ArmExplanation, explain_test_image
from kdviz.comparison.input.planted_cue import evidence_on, planted_cue
from kdviz.comparison.models.snapshots import RunImages, Snapshots, snapshots
from kdviz.config import IDLE_WITHOUT_LAMBDA
from kdviz.datasets import Split
from kdviz.datasets.cue import hues
from kdviz.errors import ConfigError
from kdviz.store import Run, Store
from kdviz.store.lambda_ladder import LadderImage, LadderPrediction, LambdaLadder
from kdviz.types import Peak

_FREE = frozenset({"explanation_weight", *IDLE_WITHOUT_LAMBDA})
_EXPLAINER = "grad-cam"
_BATCH = 500


def lambda_ladder(store: Store, run_ids: Sequence[str], indices: Sequence[int]) -> LambdaLadder:
    """The students of finished runs, each explained for its own predictions by Grad-CAM.

    The runs have a `hue-patch` and differ only in λ; one of them has λ = 0. indices: of test images. Raises
    ConfigError for other runs.
    """
    runs = _ascending(store, run_ids)
    images = snapshots(store, runs[0].id).images
    results = [run.results for run in runs if run.results is not None]
    return LambdaLadder(
        weights=tuple(float(run.config.explanation_weight) for run in runs),
        accuracies=tuple(result["student"].accuracy for result in results),
        cue_followed=tuple(result["student"].cue_followed for result in results),
        teacher_accuracy=results[0]["teacher"].accuracy,
        keys=tuple(run.config.key for run in runs),
        explainer=_EXPLAINER,
        classes=images.classes,
        images=tuple(_image(store, runs, images, index) for index in indices),
    )


def decisive_images(store: Store, run_ids: Sequence[str]) -> list[int]:
    """For each class, the first test image whose prediction λ switches from patch to object; ascending.

    There the student at λ = 0 predicts the class that the patch indicates, and the student at the largest λ
    the correct one. Raises ConfigError like `lambda_ladder`.
    """
    runs = _ascending(store, run_ids)
    first, last = (snapshots(store, run.id) for run in (runs[0], runs[-1]))
    return first_decisive(
        first.images.test, len(first.images.classes), _predictions(first), _predictions(last)
    )


def first_decisive(test: Split, classes: int, without: Tensor, within: Tensor) -> list[int]:
    """For each class, its first image with the patch's class in one tensor and its label in the other.

    without, within: (N,) predicted classes. Ascending.
    """
    misled = (without == cue_classes(test, classes)) & (without != test.labels)
    decisive = misled & (within == test.labels)
    firsts = [(decisive & (test.labels == label)).nonzero()[:1, 0] for label in range(classes)]
    return sorted(torch.cat(firsts).tolist())


def cue_classes(split: Split, classes: int) -> Tensor:
    """(N,) the class that each image's patch indicates, from its colour. Raises ConfigError."""
    if split.cue_masks is None:
        raise ConfigError("cue: these images have no patch. Use runs with cue = 'hue-patch'.")
    colours = split.images.movedim(1, -1)[split.cue_masks].view(len(split), -1, 3)[:, 0]
    return (colours[:, None] == hues(classes)).all(2).int().argmax(1)


def _ascending(store: Store, run_ids: Sequence[str]) -> list[Run]:
    """The runs by λ. Raises ConfigError if they differ in more, or none has λ = 0."""
    runs = sorted(map(store.run, run_ids), key=lambda run: run.config.explanation_weight)
    if differing := set(different_settings([run.config for run in runs])) - _FREE:
        raise ConfigError(f"runs: must differ in λ alone, but differ in {', '.join(sorted(differing))}.")
    if runs[0].config.explanation_weight != 0 or any(run.results is None for run in runs):
        raise ConfigError("runs: all must be finished, and one of them must have λ = 0.")
    return runs


def _predictions(run: Snapshots) -> Tensor:
    """(N,) the student's predictions for the test images."""
    batches = torch.split(run.images.test.images, _BATCH)
    return torch.cat([run.predicted(each, ["student"])["student"] for each in batches])


def _image(store: Store, runs: Sequence[Run], images: RunImages, index: int) -> LadderImage:
    explanations = [
        explain_test_image(store, run.id, index, explainer=_EXPLAINER, target="own") for run in runs
    ]
    one = images.test.take(torch.tensor([index]))
    cue_class = int(cue_classes(one, len(images.classes))[0])
    cue = planted_cue(runs[0].config, index)
    assert cue is not None
    top, left, bottom, right = cue.box
    looks = [{arm: found.looks_at for arm, found in evidence_on(cue, each).items()} for each in explanations]
    return LadderImage(
        index=index,
        image=explanations[0].image,
        label=int(one.labels[0]),
        cue_box=(top, left, bottom, right),
        cue_class=cue_class,
        teacher=_prediction(explanations[0].arms["teacher"], looks[0]["teacher"]),
        students=tuple(
            _prediction(each.arms["student"], region["student"])
            for each, region in zip(explanations, looks, strict=True)
        ),
    )


def _prediction(explanation: ArmExplanation, looks_at: Peak) -> LadderPrediction:
    return LadderPrediction(explanation.predicted, explanation.confidence, explanation.attribution, looks_at)
