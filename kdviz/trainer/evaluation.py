"""Evaluation of the student arms: on validation images after each epoch, on the test set at the end."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from kdviz.agreement import (
    ImageScores,
    agreement,
    fidelity,
    gain_over,
    image_scores,
    measures_for,
    paired_gain,
    summary,
)
from kdviz.datasets import Split, balanced_subset
from kdviz.explainers import explain
from kdviz.faithfulness import mask_share, mean_mask_area
from kdviz.models import Network, multiply_adds, parameter_count
from kdviz.progress import Message
from kdviz.resolution import at_larger_size
from kdviz.trainer.attention_tests import attention_tested
from kdviz.trainer.final_budget import FinalWork, PassCost, final_work, run_multiply_adds
from kdviz.trainer.inference import SplitOutput, accuracy, prediction_figures, split_logits, split_output
from kdviz.trainer.learner import Learner
from kdviz.trainer.planted_words import planted_word_found
from kdviz.trainer.setup import TrainingSetup
from kdviz.trainer.spoken_words import word_times, words_are_timed
from kdviz.trainer.teacher_cache import cache_key, cached_result
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
    TimeFigures,
)

MAX_VALIDATION_MAPS = 256
"""Largest number of validation images whose maps are compared after each epoch."""

MAX_TEST_MAPS = 2000
"""Largest number of test images whose maps are compared at the end."""

HELD_OUT_EXPLAINER = "integrated-gradients"
HELD_OUT_IMAGES, HELD_OUT_STEPS = 100, 32
"""Largest numbers of test images and integration steps for agreement by an explainer that no loss uses."""

PROBE_IMAGES = 16


class EpochEvaluator:
    """Evaluates the student arms against the teacher after each epoch, always on the same images."""

    def __init__(self, setup: TrainingSetup, teacher: Network) -> None:
        self._setup, self._teacher = setup, teacher
        self._layer: Layer = setup.config.explained_layer
        data = setup.data
        count = min(MAX_VALIDATION_MAPS, len(data.validation))
        self._validation = balanced_subset(data.validation, count, seed=0)
        self._probe_indices = probe_indices(data.test.labels, PROBE_IMAGES)
        self._probe = data.test.take(self._probe_indices)
        self._reference: _EpochReference | None = None
        self._teacher_probe: SplitOutput | None = None

    def explain_teacher(self) -> Iterator[Event]:
        """Explain the probe set by the teacher. Call it first."""
        given = self._teacher, self._probe, self._setup.normalizer, self._layer
        key = cache_key("probe", self._teacher, self._setup.normalizer, self._layer, self._probe)
        self._teacher_probe = yield from cached_result(key, lambda: split_output(*given))

    def evaluate_teacher(self) -> Iterator[Event]:
        """Evaluate the teacher. Call it before the students are measured."""
        data, normalizer = self._setup.data, self._setup.normalizer
        splits = (self._validation, data.validation)
        key = cache_key("epoch", self._teacher, normalizer, self._layer, *splits)
        self._reference = yield from cached_result(key, self._teacher_outputs)
        yield Measured("students", 0.0, "teacher", {"validation_accuracy": self._reference.accuracy})

    def _teacher_outputs(self) -> Generator[Event, None, _EpochReference]:
        data, normalizer = self._setup.data, self._setup.normalizer
        validation = yield from split_output(self._teacher, self._validation, normalizer, self._layer)
        logits = yield from split_logits(self._teacher, data.validation, normalizer)
        return _EpochReference(validation, accuracy(logits, data.validation.labels))

    def evaluate(self, learners: Sequence[Learner], epoch: int) -> Iterator[Event]:
        """Accuracy, fidelity and agreement of each arm on validation images, and maps of the probe set."""
        yield from self.measure(learners, epoch)
        yield from self.explain_probe(learners, epoch)

    def measure(self, learners: Sequence[Learner], epoch: int) -> Iterator[Event]:
        """Accuracy, fidelity and agreement of each arm on validation images."""
        for learner in learners:
            values = yield from self._validation_metrics(learner.network)
            yield Measured("students", float(epoch), learner.arm, values)

    def _validation_metrics(self, network: Network) -> Generator[Event, None, dict[str, float]]:
        data, normalizer = self._setup.data, self._setup.normalizer
        logits = yield from split_logits(network, data.validation, normalizer)
        values = {"validation_accuracy": accuracy(logits, data.validation.labels)}
        if data.validation_intact is not None:
            intact = yield from split_logits(network, data.validation_intact, normalizer)
            values["cue_intact_accuracy"] = accuracy(intact, data.validation_intact.labels)
        assert self._reference is not None
        teacher = self._reference.validation
        student = yield from split_output(
            network, self._validation, normalizer, self._layer, target=teacher.predicted
        )
        score = agreement(*positive_parts(teacher.maps, student.maps), measure="cosine")
        return values | {
            "fidelity": fidelity(teacher.logits, student.logits).top1,
            "agreement": score.corrected,
            "agreement_low": score.low,
            "agreement_high": score.high,
            "agreement_raw": score.raw,
            "agreement_chance": score.chance,
            "dead_map_rate": score.dead_rate,
        }

    def explain_probe(self, learners: Sequence[Learner], epoch: int) -> Iterator[Event]:
        """Maps of the probe set by each arm, for the teacher's predictions."""
        assert self._teacher_probe is not None
        outputs: dict[Arm, SplitOutput] = {"teacher": self._teacher_probe}
        target = self._teacher_probe.predicted
        for learner in learners:
            outputs[learner.arm] = yield from split_output(
                learner.network, self._probe, self._setup.normalizer, self._layer, target=target
            )
        yield ProbeExplained(
            epoch,
            self._probe_indices.numpy(),
            target.numpy(),
            {arm: output.maps.numpy() for arm, output in outputs.items()},
            {arm: output.predicted.numpy() for arm, output in outputs.items()},
        )


def evaluate_on_test(setup: TrainingSetup, teacher: Network, learners: Sequence[Learner]) -> Iterator[Event]:
    """Evaluate all arms on the test set, which is used nowhere else. The last event is `Finished`."""
    data, normalizer, layer = setup.data, setup.normalizer, setup.config.explained_layer
    work = _final_work(setup, teacher, learners)
    images = balanced_subset(data.test, work.maps, seed=0)
    evaluator = _TestEvaluator(setup, images, work)
    key = cache_key(f"test {work}", teacher, normalizer, layer, images, data.test, data.test_intact)
    reference = yield from cached_result(key, lambda: evaluator.reference(teacher))
    arms: dict[Arm, ArmResult] = {"teacher": reference.result}
    scores: dict[Arm, _ArmScores] = {}
    untrained = yield from evaluator.untrained_word_times(reference.output.predicted)
    for learner in learners:
        own, scores[learner.arm] = yield from evaluator.evaluate(learner, reference)
        arms[learner.arm] = replace(own, untrained_time_figures=untrained)
    yield Finished(arms | _with_gains(arms, scores))


def _final_work(setup: TrainingSetup, teacher: Network, learners: Sequence[Learner]) -> FinalWork:
    """What the budget allows, up to the largest numbers of images and steps."""
    config, data = setup.config, setup.data
    own, *arms = (
        multiply_adds(network, data.input_shape)
        for network in (teacher, *(each.network for each in learners))
    )
    count, versions = len(data.student_train), 1 if data.test_intact is None else 2
    evaluated = versions * len(data.validation) + min(MAX_VALIDATION_MAPS, len(data.validation))
    cost = PassCost(own, sum(arms))
    run = run_multiply_adds(
        cost,
        trained=config.epochs * (count // config.batch_size) * config.batch_size,
        evaluated=config.epochs * evaluated,
        views=count * (setup.modality.variants if data.flips else 1),
    )
    most = FinalWork(min(MAX_TEST_MAPS, len(data.test)), HELD_OUT_IMAGES, HELD_OUT_STEPS)
    return final_work(cost, run=run, predicted=versions * len(data.test), most=most)


@dataclass(frozen=True)
class _ArmScores:
    """An arm's scores of single images by the main measure: of Grad-CAM, and of the held-out explainer.

    right: bool (N,), whether its prediction is correct, for all test images.
    """

    trained: ImageScores
    held_out: ImageScores
    right: Tensor


def _with_gains(arms: Mapping[Arm, ArmResult], scores: Mapping[Arm, _ArmScores]) -> dict[Arm, ArmResult]:
    """The results of the twin's rivals with what they gain over it; empty without a twin."""
    if "twin" not in scores:
        return {}
    twin = scores["twin"]
    return {
        arm: replace(
            arms[arm],
            gain=gain_over(twin.trained, own.trained),
            held_out_gain=gain_over(twin.held_out, own.held_out),
            accuracy_gain=paired_gain(own.right, twin.right),
        )
        for arm, own in scores.items()
        if arm != "twin"
    }


@dataclass(frozen=True)
class _EpochReference:
    """The teacher's outputs. accuracy: on all validation images, in [0, 1]."""

    validation: SplitOutput
    accuracy: float


@dataclass(frozen=True)
class _TestReference:
    """The teacher's outputs and result. held_out: its maps by `HELD_OUT_EXPLAINER`."""

    output: SplitOutput
    held_out: Tensor
    result: ArmResult


class _TestEvaluator:
    """Evaluates networks on the test set. images: those whose maps are compared."""

    def __init__(self, setup: TrainingSetup, images: Split, work: FinalWork) -> None:
        self._setup, self._images, self._work = setup, images, work

    def reference(self, teacher: Network) -> Generator[Event, None, _TestReference]:
        """The teacher's outputs and result."""
        output = yield from split_output(
            teacher, self._images, self._setup.normalizer, self._setup.config.explained_layer
        )
        held_out = self._held_out_maps(teacher, output.predicted)
        result, _right = yield from self._own_result(teacher, output)
        result = replace(result, time_figures=self._word_times(output.maps, held_out))
        return _TestReference(output, held_out, result)

    def untrained_word_times(self, target: Tensor) -> Generator[Event, None, dict[str, TimeFigures]]:
        """The `_word_times` of a student before its training, for classes (N,)."""
        if not words_are_timed(self._setup, self._images):
            return {}
        config, normalizer = self._setup.config, self._setup.normalizer
        network, layer = self._setup.network("student", config.seed), config.explained_layer
        output = yield from split_output(network, self._images, normalizer, layer, target=target)
        return self._word_times(output.maps, self._held_out_maps(network, target))

    def _word_times(self, maps: Tensor, held_out: Tensor) -> dict[str, TimeFigures]:
        """The `word_times` of Grad-CAM maps and of those by the held-out explainer."""
        return word_times(self._setup, self._images, {"grad-cam": maps.relu(), HELD_OUT_EXPLAINER: held_out})

    def _own_result(
        self, network: Network, output: SplitOutput
    ) -> Generator[Event, None, tuple[ArmResult, Tensor]]:
        """Size, accuracy, calibration, and the share of positive evidence on the cue and on the object.

        Also whether each prediction is correct, bool (N,), for all test images.
        """
        data, normalizer = self._setup.data, self._setup.normalizer
        logits = yield from split_logits(network, data.test, normalizer)
        labels, cue = data.test.labels, data.test_intact is not None
        figures: dict[str, Any] = dict(prediction_figures(logits, labels, random_cue=cue))
        if data.test_intact is not None:
            intact = yield from split_logits(network, data.test_intact, normalizer)
            figures["intact_accuracy"] = accuracy(intact, data.test_intact.labels)
        for region, masks in (("cue", self._images.cue_masks), ("object", self._images.object_masks)):
            if masks is not None:
                figures[f"{region}_share"] = float(mask_share(output.maps.relu(), masks).nanmean())
                figures[f"{region}_area"] = mean_mask_area(masks, output.maps)
        result = ArmResult(parameters=parameter_count(network), **figures)
        return result, logits.argmax(1).cpu() == labels.cpu()

    def evaluate(
        self, learner: Learner, teacher: _TestReference
    ) -> Generator[Event, None, tuple[ArmResult, _ArmScores]]:
        """The result of a student arm, its own and compared with the teacher, and its scores by image."""
        target, layer = teacher.output.predicted, self._setup.config.explained_layer
        student = yield from split_output(
            learner.network, self._images, self._setup.normalizer, layer, target=target
        )
        own, right = yield from self._own_result(learner.network, student)
        yield Preparing(Message("Comparing maps"))
        maps = positive_parts(teacher.output.maps, student.maps)
        held_out = self._held_out_maps(learner.network, target)
        scores = _ArmScores(
            image_scores(*maps, measure=MAIN_MEASURE),
            image_scores(teacher.held_out, held_out, measure=MAIN_MEASURE),
            right,
        )
        same = fidelity(teacher.output.logits, student.logits)
        others = [name for name in measures_for(maps[0].ndim - 1) if name != MAIN_MEASURE]
        attention = yield from attention_tested(learner.network, self._setup, self._work)
        result = replace(
            own,
            explanation_weight=learner.explanation_weight,
            fidelity=same.top1,
            fidelity_kl=same.kl,
            agreement={
                MAIN_MEASURE: summary(scores.trained),
                **{name: agreement(*maps, measure=name) for name in others},
            },
            held_out=summary(scores.held_out),
            held_out_explainer=HELD_OUT_EXPLAINER,
            time_figures=self._word_times(student.maps, held_out),
            **planted_word_found(learner.network, self._setup, self._work),
            **attention,
        )
        return result, scores

    def _held_out_maps(self, network: Network, target: Tensor) -> Tensor:
        """Signed attributions (n, H, W) of the first images, by the held-out explainer."""
        normalizer, count = self._setup.normalizer, self._work.held_out
        return explain(
            HELD_OUT_EXPLAINER,
            network.eval(),
            normalizer.normalize(self._images.images[:count]),
            target[:count].to(normalizer.device),
            layer=self._setup.config.explained_layer,
            steps=self._work.steps,
        ).cpu()


def positive_parts(teacher: Tensor, student: Tensor) -> tuple[Tensor, Tensor]:
    """Two batches of Grad-CAM maps after a ReLU, resized to the larger one."""
    return at_larger_size(teacher.relu(), student.relu())


def probe_indices(labels: Tensor, count: int) -> Tensor:
    """Indices of `count` images: the first of every class, then the second of every class, and so on."""
    one_hot = torch.nn.functional.one_hot(labels)
    rank = one_hot.cumsum(0).gather(1, labels[:, None]).squeeze(1)
    order = (rank * one_hot.shape[1] + labels).argsort(stable=True)
    return order[:count]
