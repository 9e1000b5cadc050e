"""A run, as the events that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from kdviz.config import RunConfig
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import Network, load_weights
from kdviz.progress import Report, silent
from kdviz.trainer.batches import Batches
from kdviz.trainer.evaluation import Watch, final_figures
from kdviz.trainer.inference import accuracy, answers
from kdviz.trainer.loop import snapshot, train
from kdviz.trainer.setup import TEACHER_SEED, Setting, make_setting
from kdviz.trainer.teacher_targets import asking
from kdviz.types import Event, Measured, Noted, TeacherReady, Weights

TeacherCache = Callable[[str], Weights | None]
"""Looks up a trained teacher by `RunConfig.teacher_key`."""


def distill(
    config: RunConfig,
    *,
    teacher: TeacherCache = lambda key: None,
    resume: Mapping[str, Any] | None = None,
    report: Report = silent,
) -> Generator[Event, None, None]:
    """Train the teacher unless it is cached, then all student arms in lockstep, then report on the test set.

    teacher: looks up trained teachers. resume: a `SnapshotTaken.state`, from which it goes on bit for bit.
    report: told what is being loaded and how far, in [0, 1], before the first event.
    Pausing is not asking for the next event; stopping is closing the generator.
    Raises KdvizError (ConfigError, DataError, ModelError, TrainingError) with one line.
    """
    setting = make_setting(config, report)
    if setting.data.dataset.notes:
        yield Noted(setting.data.dataset.notes)
    network = yield from _ready_teacher(setting, teacher, resume if _is_at(resume, "teacher") else None)
    told = _teach_students(setting, network, resume if _is_at(resume, "students") else None)
    yield from setting.hooks.events(told, network, setting.data.validation, setting.normalizer)


def _ready_teacher(
    setting: Setting, cache: TeacherCache, resume: Mapping[str, Any] | None
) -> Generator[Event, None, Network]:
    config, key = setting.config, setting.config.teacher_key
    cached = cache(key)
    if cached is not None:
        network = setting.network("teacher", TEACHER_SEED)
        load_weights(network, cached, source="the cached teacher")
        yield TeacherReady(key, cached, cached=True)
        return network
    batches = Batches(
        setting.data.teacher_train, setting.normalizer, modality=setting.modality,
        batch_size=config.batch_size, flips=setting.data.flips, seed=TEACHER_SEED,
    )  # fmt: skip
    learner = setting.teacher_learner(len(batches) * config.teacher_epochs)
    if resume:
        learner.restore(resume["arms"]["teacher"])

    def look(epoch: int) -> Iterator[Event]:
        validation = setting.data.validation
        logits = yield from answers(learner.network, validation, setting.normalizer)
        values = {"validation_accuracy": accuracy(logits, validation.labels)}
        yield Measured("teacher", float(epoch), "teacher", values)

    yield from train(
        "teacher", [learner], batches,
        teach=None, epochs=config.teacher_epochs, epochs_done=resume["epoch"] if resume else 0, look=look,
    )  # fmt: skip
    yield TeacherReady(key, learner.state()["weights"], cached=False)
    return learner.network


def _teach_students(
    setting: Setting, teacher: Network, resume: Mapping[str, Any] | None
) -> Generator[Event, None, None]:
    config, data, hooks = setting.config, setting.data, setting.hooks
    batches = Batches(
        data.student_train, setting.normalizer, modality=setting.modality,
        batch_size=config.batch_size, flips=data.flips, seed=config.seed,
    )  # fmt: skip
    learners = [setting.student_learner(arm, len(batches) * config.epochs) for arm in config.arms]
    loss = EXPLANATION_LOSSES[config.explanation_loss] if config.explanation_weight else None
    ask = asking(teacher, loss, config.explained_layer)
    teach = yield from hooks.teacher_targets(teacher, ask, batches, config.epochs)
    watch = Watch(setting, teacher)
    yield from watch.begin()
    if resume:
        for learner in learners:
            learner.restore(resume["arms"][learner.arm])
        if "teacher" in resume:  # one that does not stay as it was
            teacher.load_state_dict(resume["teacher"])
    else:
        for learner in learners:
            hooks.check_gradient(learner, batches.epoch(0), teach)
        yield from watch.look(learners, 0)
        yield snapshot("students", 0, learners)
    yield from train(
        "students", learners, batches,
        teach=teach, epochs=config.epochs, epochs_done=resume["epoch"] if resume else 0,
        look=lambda epoch: watch.look(learners, epoch),
    )  # fmt: skip
    yield from final_figures(setting, teacher, learners)


def _is_at(resume: Mapping[str, Any] | None, stage: str) -> bool:
    return resume is not None and resume["stage"] == stage
