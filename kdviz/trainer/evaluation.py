"""How the student arms do after an epoch, and at the end, measured against their teacher."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from kdviz.agreement import MEASURES, agreement, calibration_error, fidelity
from kdviz.datasets import Split, balanced_subset
from kdviz.explainers import explain
from kdviz.faithfulness import mask_share
from kdviz.models import Network, parameter_count
from kdviz.progress import Message
from kdviz.resolution import at_larger_size
from kdviz.trainer.inference import View, accuracy, answers, view
from kdviz.trainer.learner import Learner
from kdviz.trainer.setup import Setting
from kdviz.trainer.teacher_cache import key_of, recalled
from kdviz.types import (
    MAIN_MEASURE,
    Arm,
    ArmResult,
    Event,
    Finished,
    Layer,
    Measured,
    Preparing,
    ProbeExplained,
)

LIVE_IMAGES = 256
"""Validation images whose maps are compared after each epoch."""

FINAL_IMAGES = 2000
"""Test images, at most, whose maps are compared at the end."""

HELD_OUT_EXPLAINER = "integrated-gradients"
HELD_OUT_IMAGES = 100
"""Agreement is also measured with an explainer that no loss uses, on this number of test images."""

PROBE_IMAGES = 16


class Watch:
    """Measures student arms against one teacher, always on the same images."""

    def __init__(self, setting: Setting, teacher: Network) -> None:
        self._setting, self._teacher = setting, teacher
        self._layer: Layer = setting.config.explained_layer
        data = setting.data
        self._live = balanced_subset(data.validation, min(LIVE_IMAGES, len(data.validation)), seed=0)
        self._probe_at = probe_indices(data.test.labels, PROBE_IMAGES)
        self._probe = data.test.take(self._probe_at)
        self._seen: _TeacherSeen | None = None

    def begin(self) -> Iterator[Event]:
        """Look at the teacher; needed before anything else."""
        data, normalizer = self._setting.data, self._setting.normalizer
        splits = (self._live, self._probe, data.validation)
        key = key_of("watch", self._teacher, normalizer, self._layer, *splits)
        self._seen = yield from recalled(key, self._look_at_teacher)
        yield Measured("students", 0.0, "teacher", {"validation_accuracy": self._seen.accuracy})

    def _look_at_teacher(self) -> Generator[Event, None, _TeacherSeen]:
        data, normalizer = self._setting.data, self._setting.normalizer
        live = yield from view(self._teacher, self._live, normalizer, self._layer)
        probe = yield from view(self._teacher, self._probe, normalizer, self._layer)
        logits = yield from answers(self._teacher, data.validation, normalizer)
        return _TeacherSeen(live, probe, accuracy(logits, data.validation.labels))

    def look(self, learners: Sequence[Learner], epoch: int) -> Iterator[Event]:
        """Every arm's accuracy, fidelity and agreement on validation images, and the probe set's maps."""
        for learner in learners:
            values = yield from self._live_figures(learner.network)
            yield Measured("students", float(epoch), learner.arm, values)
        yield from self._explain_probe(learners, epoch)

    def _live_figures(self, network: Network) -> Generator[Event, None, dict[str, float]]:
        data, normalizer = self._setting.data, self._setting.normalizer
        logits = yield from answers(network, data.validation, normalizer)
        values = {"validation_accuracy": accuracy(logits, data.validation.labels)}
        if data.validation_intact is not None:
            intact = yield from answers(network, data.validation_intact, normalizer)
            values["cue_intact_accuracy"] = accuracy(intact, data.validation_intact.labels)
        assert self._seen is not None
        teacher = self._seen.live
        seen = yield from view(network, self._live, normalizer, self._layer, target=teacher.predicted)
        score = agreement(*positive(teacher.maps, seen.maps), measure="cosine")
        return values | {
            "fidelity": fidelity(teacher.logits, seen.logits).top1,
            "agreement": score.corrected,
            "agreement_low": score.low,
            "agreement_high": score.high,
            "agreement_raw": score.raw,
            "agreement_chance": score.chance,
            "dead_map_rate": score.dead_rate,
        }

    def _explain_probe(self, learners: Sequence[Learner], epoch: int) -> Iterator[Event]:
        assert self._seen is not None
        views: dict[Arm, View] = {"teacher": self._seen.probe}
        target = self._seen.probe.predicted
        for learner in learners:
            views[learner.arm] = yield from view(
                learner.network, self._probe, self._setting.normalizer, self._layer, target=target
            )
        yield ProbeExplained(
            epoch,
            self._probe_at.numpy(),
            target.numpy(),
            {arm: seen.maps.numpy() for arm, seen in views.items()},
            {arm: seen.predicted.numpy() for arm, seen in views.items()},
        )


def final_figures(setting: Setting, teacher: Network, learners: Sequence[Learner]) -> Iterator[Event]:
    """The test set, for the first and only time."""
    data, normalizer, layer = setting.data, setting.normalizer, setting.config.explained_layer
    exam = _Exam(setting, balanced_subset(data.test, min(FINAL_IMAGES, len(data.test)), seed=0))
    key = key_of("exam", teacher, normalizer, layer, exam.images, data.test, data.test_intact)
    reference = yield from recalled(key, lambda: exam.reference(teacher))
    arms: dict[Arm, ArmResult] = {"teacher": reference.result}
    for learner in learners:
        arms[learner.arm] = yield from exam.grade(learner, reference)
    yield Finished(arms)


@dataclass(frozen=True)
class _TeacherSeen:
    """The teacher on the images that are watched. accuracy: on all validation images, in [0, 1]."""

    live: View
    probe: View
    accuracy: float


@dataclass(frozen=True)
class _Reference:
    """What students are compared with. held_out: the maps of `HELD_OUT_EXPLAINER`."""

    view: View
    held_out: Tensor
    result: ArmResult


class _Exam:
    """The final figures of one network after the other. images: those whose maps are compared."""

    def __init__(self, setting: Setting, images: Split) -> None:
        self._setting, self.images = setting, images

    def reference(self, teacher: Network) -> Generator[Event, None, _Reference]:
        """The teacher's part."""
        seen = yield from view(
            teacher, self.images, self._setting.normalizer, self._setting.config.explained_layer
        )
        held_out = _held_out_maps(self._setting, teacher, self.images, seen.predicted)
        return _Reference(seen, held_out, (yield from self._own_figures(teacher, seen)))

    def _own_figures(self, network: Network, seen: View) -> Generator[Event, None, ArmResult]:
        """Size, accuracy, calibration, and the share of the map on the cue and on the object."""
        data, normalizer = self._setting.data, self._setting.normalizer
        logits = yield from answers(network, data.test, normalizer)
        figures: dict[str, Any] = {}
        if data.test_intact is not None:
            intact = yield from answers(network, data.test_intact, normalizer)
            figures["intact_accuracy"] = accuracy(intact, data.test_intact.labels)
        for region, masks in (("cue", self.images.cue_masks), ("object", self.images.object_masks)):
            if masks is not None:
                figures[f"{region}_share"] = float(mask_share(seen.maps.relu(), masks).nanmean())
                figures[f"{region}_area"] = float(masks.float().mean())
        return ArmResult(
            parameters=parameter_count(network),
            accuracy=accuracy(logits, data.test.labels),
            calibration_error=calibration_error(logits, data.test.labels),
            **figures,
        )

    def grade(self, learner: Learner, teacher: _Reference) -> Generator[Event, None, ArmResult]:
        """An arm's figures beside the teacher's."""
        target, layer = teacher.view.predicted, self._setting.config.explained_layer
        seen = yield from view(learner.network, self.images, self._setting.normalizer, layer, target=target)
        own = yield from self._own_figures(learner.network, seen)
        yield Preparing(Message("Comparing maps"))
        maps = positive(teacher.view.maps, seen.maps)
        held_out = _held_out_maps(self._setting, learner.network, self.images, target)
        same = fidelity(teacher.view.logits, seen.logits)
        return replace(
            own,
            explanation_weight=learner.explanation_weight,
            fidelity=same.top1,
            fidelity_kl=same.kl,
            agreement={name: agreement(*maps, measure=name) for name in MEASURES},
            held_out=agreement(teacher.held_out, held_out, measure=MAIN_MEASURE),
            held_out_explainer=HELD_OUT_EXPLAINER,
        )


def _held_out_maps(setting: Setting, network: Network, test: Split, target: Tensor) -> Tensor:
    """Signed attributions (n, H, W) of the first test images by an explainer that no loss was made of."""
    normalizer = setting.normalizer
    images = normalizer.normalize(test.images[:HELD_OUT_IMAGES])
    wanted = target[:HELD_OUT_IMAGES].to(normalizer.device)
    return explain(
        HELD_OUT_EXPLAINER, network.eval(), images, wanted, layer=setting.config.explained_layer
    ).cpu()


def positive(teacher: Tensor, student: Tensor) -> tuple[Tensor, Tensor]:
    """Two batches of Grad-CAM maps after ReLU, at the larger one's size."""
    return at_larger_size(teacher.relu(), student.relu())


def probe_indices(labels: Tensor, count: int) -> Tensor:
    """Places of `count` images: the first of every class, then the second of every class, and so on."""
    one_hot = torch.nn.functional.one_hot(labels)
    turn = one_hot.cumsum(0).gather(1, labels[:, None]).squeeze(1)
    order = (turn * one_hot.shape[1] + labels).argsort(stable=True)
    return order[:count]
