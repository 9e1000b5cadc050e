"""Variants of class attention beside it: `PYTHONPATH=. python scripts/loss_variants.py FOLDER [SEEDS]`.

Which form of the distance teaches most? Three set-ups on which class attention helps: 250 pictures of
clothes; 1,000 with a white patch whose place gives the class away; and, where `--data` names a zip of
photographs, 1,000 of them. Every variant is trained at one λ, and by a share of the gradient of one half.
FOLDER keeps teachers and figures: what was measured once is not measured again. Prints a Markdown table:
the student's accuracy with its 95 % interval over seeds, and its agreement by integrated gradients.

A variant is a registered explanation loss while the script runs. Those of
`kdviz.losses.EXPLANATION_LOSSES` alone can be chosen elsewhere.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.agreement import hierarchical_bootstrap
from kdviz.config import make_config
from kdviz.explainers.maps import MAPS, Pass, activation_energy, class_activation
from kdviz.language import decimal, with_interval
from kdviz.losses import EXPLANATION_LOSSES, class_distance
from kdviz.resolution import at_smaller_size
from kdviz.store.teachers import TeacherStore
from kdviz.study import markdown_table
from kdviz.trainer import distill
from kdviz.types import Finished, TeacherReady

_TEMPERATURE = 4.0
_Figures = dict[str, float]


def weighted_by_answers(teacher: Tensor, student: Tensor) -> Tensor:
    """Class distances weighted by the teacher's softened probabilities; a map's mean is nearly its logit."""
    weights = (teacher.mean((-2, -1)) / _TEMPERATURE).softmax(1)
    each = torch.stack([class_distance(teacher[:, [c]], student[:, [c]]) for c in range(teacher.shape[1])], 1)
    return (weights * each).sum(1)


def between_classes(teacher: Tensor, student: Tensor) -> Tensor:
    """The distance of maps less the mean over classes, place by place."""
    return class_distance(*(maps - maps.mean(1, keepdim=True) for maps in (teacher, student)))


def squared(teacher: Tensor, student: Tensor) -> Tensor:
    """The squared difference of the maps as they are: how much evidence counts as well as where."""
    first, second = at_smaller_size(teacher, student)
    return (first - second).square().flatten(1).mean(1)


def two_layers(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """Class maps of the last layer and the energy of the one before, each scaled to length 1, in one row."""
    last = passed.network.stages[-1](passed.features)
    classes = class_activation(replace(passed, layer="last", features=last), target, create_graph).flatten(2)
    energy = activation_energy(passed, target, create_graph).flatten(1)
    scaled = F.normalize(classes, dim=2).flatten(1) / classes.shape[1] ** 0.5
    return torch.cat([scaled, F.normalize(energy, dim=1)], dim=1)


def row_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """Squared L2 distance of rows that are scaled already."""
    return (teacher - student).square().sum(1)


_PLAIN = EXPLANATION_LOSSES["class-attention"]
VARIANTS = {
    "class-attention": _PLAIN,
    "class-shape": EXPLANATION_LOSSES["class-shape"],
    "class-level": EXPLANATION_LOSSES["class-level"],
    "weighted by the teacher's answers": replace(_PLAIN, distance=weighted_by_answers),
    "centered over classes": replace(_PLAIN, distance=between_classes),
    "squared, not scaled": replace(_PLAIN, distance=squared),
    "with the layer before": replace(_PLAIN, map="two-layers", distance=row_distance),
    "grad-cam": EXPLANATION_LOSSES["grad-cam"],
}
_CLOTHES = {"dataset": "fashion-mnist-mini", "cue": "none", "arms": ["student"]}
SETUPS: Mapping[str, Mapping[str, Any]] = {
    "250 clothes": {**_CLOTHES, "train_count": 250, "epochs": 30, "explanation_weight": 30.0},
    "white patch": {
        **_CLOTHES, "cue": "place-patch", "train_count": 1000, "epochs": 12, "explanation_weight": 100.0,
    },
    "1,000 photographs": {
        "dataset": "folder", "teacher": "resnet8-lite", "teacher_width": 2.0, "teacher_epochs": 16,
        "student": "resnet8-lite", "student_width": 0.5, "train_count": 1000, "epochs": 12,
        "arms": ["student"], "explanation_weight": 30.0,
    },
}  # fmt: skip
WEIGHTS: Mapping[str, Mapping[str, Any]] = {"λ": {}, "share ½": {"explanation_share": 0.5}}
TRIALS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("none", "λ = 0"): {"explanation_weight": 0.0},
    **{
        (loss, by): {"explanation_loss": loss, **weight}
        for loss in VARIANTS
        for by, weight in WEIGHTS.items()
    },
}


def main() -> None:
    """Measure what is missing, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("seeds", type=int, nargs="?", default=5)
    parser.add_argument("--data")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    MAPS["two-layers"] = two_layers
    EXPLANATION_LOSSES.update({name: replace(spec, name=name) for name, spec in VARIANTS.items()})
    setups = {name: each for name, each in SETUPS.items() if each["dataset"] != "folder" or asked.data}
    rows = []
    for (loss, by), trial in TRIALS.items():
        row = {"loss": loss, "weight": by}
        for name, setup in setups.items():
            keys = [f"{name} / {loss} / {by} / {seed}" for seed in range(asked.seeds)]
            found = [_figures(asked, key, {**setup, **trial}, seed) for seed, key in enumerate(keys)]
            row[name] = _cell(found)
        rows.append(row)
    print(markdown_table(rows))


def _figures(asked: argparse.Namespace, key: str, settings: Mapping[str, Any], seed: int) -> _Figures:
    """One run's figures, from the folder where they are there."""
    path = asked.folder / "figures.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    if key not in known:
        before = settings.get("explanation_loss") == "with the layer before"
        data = {"data": asked.data} if settings["dataset"] == "folder" else {}
        layer = {"explained_layer": "second-to-last"} if before else {}
        known[key] = _trained(asked.folder, {**settings, **data, **layer, "seed": seed})
        path.write_text(json.dumps(known, indent=1))
    return dict(known[key])


def _trained(folder: Path, settings: Mapping[str, Any]) -> _Figures:
    teachers = TeacherStore(folder)
    for event in distill(make_config(settings), teacher=teachers.find):
        if isinstance(event, TeacherReady) and not event.cached:
            teachers.save(event.key, event.weights)
        elif isinstance(event, Finished):
            student = event.arms["student"]
            return {"accuracy": student.accuracy, "untrained": student.held_out.corrected}
    raise AssertionError("a run ends with its figures")


def _cell(found: list[_Figures]) -> str:
    mean = hierarchical_bootstrap([each["accuracy"] for each in found])
    ends = [decimal(each, 3) for each in (mean.value, mean.low, mean.high)]
    untrained = sum(each["untrained"] for each in found) / len(found)
    return f"{with_interval(*ends)}, {untrained:.2f}"


if __name__ == "__main__":
    main()
