"""Training of a run as a generator of events."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from kdviz.checkpoints import NEW_LAYER
from kdviz.config import RunConfig
from kdviz.errors import ConfigError
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import PRETRAINED, Network, load_weights
from kdviz.progress import Report, silent
from kdviz.trainer.batches import Batches, require_batch
from kdviz.trainer.evaluation import EpochEvaluator, evaluate_on_test
from kdviz.trainer.inference import accuracy, split_logits
from kdviz.trainer.last_layer import fit_last_layer
from kdviz.trainer.loop import snapshot, train
from kdviz.trainer.setup import TEACHER_SEED, TrainingSetup, load_setup
from kdviz.trainer.teacher_targets import teacher_forward
from kdviz.types import Arm, Event, Measured, Noted, Stage, TeacherReady, Weights

TeacherCache = Callable[[str], Weights | None]
"""Returns the weights of a trained teacher by `RunConfig.teacher_key`, or None."""

StartWeights = Callable[[Arm], Weights]
"""Returns the weights that an arm of students starts from."""


def distill(
    config: RunConfig,
    *,
    teacher: TeacherCache = lambda key: None,
    resume: Mapping[str, Any] | None = None,
    start: StartWeights | None = None,
    report: Report = silent,
) -> Generator[Event, None, None]:
    """Train the teacher unless it is cached, then all student arms in lockstep; evaluate on the test set.

    teacher: looks up trained teachers. resume: a `SnapshotTaken.state`, to resume from bit for bit.
    start: the weights that each arm starts from, for a run that has a parent.
    report: called with a message and a fraction in [0, 1] while images load, before the first event.
    A consumer pauses training by not taking the next event, and stops it by closing the generator.
    Raises KdvizError (ConfigError, DataError, ModelError, TrainingError) with one line.
    """
    if config.parent and not start:
        raise ConfigError(f"parent: the weights of run {config.parent} are needed to start from.")
    setup = load_setup(config, report)
    require_batch(setup.data.student_train, config.batch_size)  # before the teacher is trained on more images
    if setup.notes:
        yield Noted(setup.notes)
    network = yield from _load_or_train_teacher(setup, teacher, _state_of("teacher", resume))
    events = _train_students(setup, network, _state_of("students", resume), start)
    yield from setup.hooks.events(events, network, setup.data.validation, setup.normalizer)


def _load_or_train_teacher(
    setup: TrainingSetup, cache: TeacherCache, resume: Mapping[str, Any] | None
) -> Generator[Event, None, Network]:
    config, key = setup.config, setup.config.teacher_key
    cached = cache(key)
    if cached is not None:
        network = setup.network("teacher", TEACHER_SEED, cached)
        load_weights(network, cached, source="the cached teacher")
        yield TeacherReady(key, cached, cached=True)
        return network
    batches = Batches(
        setup.data.teacher_train, setup.normalizer, modality=setup.modality,
        batch_size=config.batch_size, flips=setup.data.flips, seed=TEACHER_SEED,
        augmentation=config.augmentation,
    )  # fmt: skip
    learner = setup.teacher_learner(len(batches) * config.teacher_epochs)
    if config.teacher_classes == NEW_LAYER or config.teacher == PRETRAINED:
        yield from fit_last_layer(learner.network, setup.data.teacher_train, setup.normalizer)
    if resume:
        learner.restore(resume["arms"]["teacher"])

    def evaluate(epoch: int) -> Iterator[Event]:
        validation = setup.data.validation
        logits = yield from split_logits(learner.network, validation, setup.normalizer)
        values = {"validation_accuracy": accuracy(logits, validation.labels)}
        yield Measured("teacher", float(epoch), "teacher", values)

    yield from train(
        "teacher", [learner], batches,
        targets=None, epochs=config.teacher_epochs, epochs_done=resume["epoch"] if resume else 0,
        evaluate=evaluate,
    )  # fmt: skip
    yield TeacherReady(key, learner.state()["weights"], cached=False)
    return learner.network


def _train_students(
    setup: TrainingSetup, teacher: Network, resume: Mapping[str, Any] | None, start: StartWeights | None
) -> Generator[Event, None, None]:
    config, data, hooks = setup.config, setup.data, setup.hooks
    batches = Batches(
        data.student_train, setup.normalizer, modality=setup.modality,
        batch_size=config.batch_size, flips=data.flips, seed=config.seed,
        masks=config.map_source != "teacher", augmentation=config.augmentation,
    )  # fmt: skip
    learners = [setup.student_learner(arm, len(batches) * config.epochs) for arm in config.arms]
    if start and not resume:
        for learner in learners:
            load_weights(learner.network, start(learner.arm), source=f"parent: {learner.arm}")
    matched = config.explanation_weight > 0 and (config.map_source != "mask" or "teacher-maps" in config.arms)
    loss = EXPLANATION_LOSSES[config.explanation_loss] if matched else None
    forward = teacher_forward(teacher, loss, config.explained_layer)
    evaluator = EpochEvaluator(setup, teacher)
    yield from evaluator.explain_teacher()
    if not resume:  # at once, as something to look at while the rest is prepared
        yield from evaluator.explain_probe(learners, 0)
    targets = yield from hooks.teacher_targets(teacher, forward, batches, config.epochs)
    yield from evaluator.evaluate_teacher()
    if resume:
        for learner in learners:
            learner.restore(resume["arms"][learner.arm])
        if "teacher" in resume:  # of a mistake that changes the teacher
            teacher.load_state_dict(resume["teacher"])
    else:
        for learner in learners:
            first = batches.epoch(0) if config.map_source == "teacher" else [batches.with_mask()]
            hooks.check_gradient(learner, first, targets)
        yield from evaluator.measure(learners, 0)
        yield snapshot("students", 0, learners)
    yield from train(
        "students", learners, batches,
        targets=targets, epochs=config.epochs, epochs_done=resume["epoch"] if resume else 0,
        evaluate=lambda epoch: evaluator.evaluate(learners, epoch),
    )  # fmt: skip
    yield from evaluate_on_test(setup, teacher, learners)


def _state_of(stage: Stage, resume: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The state to resume from, if it is of that stage."""
    return resume if resume is not None and resume["stage"] == stage else None
