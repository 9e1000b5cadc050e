"""How long the parts of a run take here, found by doing a few of them on made-up images."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from statistics import median
from time import perf_counter

import torch

from kdviz.config import RunConfig, changed
from kdviz.datasets import Counts, DataSet, Split, input_shape
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.trainer.batches import Batches
from kdviz.trainer.evaluation import FINAL_IMAGES, Watch, final_figures
from kdviz.trainer.inference import answers
from kdviz.trainer.learner import Learner
from kdviz.trainer.setup import TEACHER_SEED, Setting, setting_of
from kdviz.trainer.teacher_cache import ANSWERS
from kdviz.trainer.teacher_targets import asking
from kdviz.types import ASKED_BEFORE, Pace

_STEPS = 5
_FEW, _MORE = 100, 300
"""Test images of the two trials from which the time for the whole test set is reckoned."""

GiveUp = Callable[[], bool]


class GivenUpError(Exception):
    """The timing was not wanted any longer."""


def timed(config: RunConfig, counts: Counts, give_up: GiveUp = lambda: False) -> Pace:
    """The pace of a run on this machine, as it is now. Takes a few seconds, no file and no download.

    Training and measuring run as in a run, on random images of the right shape and number of classes:
    what they show does not change how long they take. give_up: asked often; True raises GivenUpError.
    """
    ANSWERS.clear()  # an earlier timing may have asked the same teacher about the same images
    timer, setting = _Timer(give_up), _made_up(config, counts)
    teacher = setting.teacher_learner(_STEPS + 1)
    learners = [setting.student_learner(arm, _STEPS + 1) for arm in config.arms]
    validation, normalizer = setting.data.validation, setting.normalizer
    teacher_step, ask, step, pull = _training(timer, setting, teacher, learners)
    watch = Watch(setting, teacher.network)
    begin, look = timer.once(watch.begin()), timer.once(watch.look(learners, 0))
    of_teacher, of_student = (
        timer.once(answers(each.network, validation, normalizer)) for each in (teacher, learners[0])
    )
    beyond = counts.validation / len(validation) - 1  # what is measured on all validation images
    copies = len(learners) * (1 if setting.data.validation_intact is None else 2)
    look += pull + beyond * copies * of_student
    return Pace(
        teacher_step=teacher_step,
        teacher_look=of_teacher * counts.validation / len(validation),
        ask=ask,
        step=step,
        look=look,
        begin=begin + beyond * of_teacher + look,
        final=_final(timer, setting, teacher, learners, counts.test),
    )


def _training(
    timer: _Timer, setting: Setting, teacher: Learner, learners: list[Learner]
) -> tuple[float, float, float, float]:
    """Seconds a batch: the teacher's learning, asking it beforehand, all students', and the terms' pull."""
    config, data = setting.config, setting.data
    size = len(data.student_train)
    batches = Batches(
        data.student_train, setting.normalizer, batch_size=size, flips=data.flips, seed=TEACHER_SEED
    )
    batch = next(batches.epoch(0))
    images, labels = batch.images, batch.labels
    teacher_step = timer.often(lambda: teacher.learn(images, labels, None))
    loss = EXPLANATION_LOSSES[config.explanation_loss] if config.explanation_weight else None
    ask = asking(teacher.network, loss, config.explained_layer)
    lesson = ask(images)

    def step() -> None:
        for learner in learners:
            learner.learn(images, labels, lesson)

    def pull() -> None:
        for learner in learners:
            learner.pull(learner.terms(images, labels, lesson))

    each, steps = timer.often(lambda: ask(images)), timer.often(step)
    views = batches.view_count // len(labels)
    before = config.epochs >= ASKED_BEFORE
    return (
        teacher_step,
        views * each if before else 0.0,
        steps if before else steps + each,
        timer.often(pull, times=1),
    )


def _final(timer: _Timer, setting: Setting, teacher: Learner, learners: list[Learner], tested: int) -> float:
    """Seconds of the figures of so many test images, by a straight line through two trials."""

    def trial(count: int) -> float:
        data = setting.data
        few = torch.arange(min(count, len(data.test)))
        intact = None if data.test_intact is None else data.test_intact.take(few)
        smaller = replace(setting, data=replace(data, test=data.test.take(few), test_intact=intact))
        return timer.once(final_figures(smaller, teacher.network, learners))

    low, high = trial(_FEW), trial(_MORE)
    each = max(high - low, 0.0) / (_MORE - _FEW)
    return max(high + each * (min(tested, FINAL_IMAGES) - _MORE), 0.0)


def _made_up(config: RunConfig, counts: Counts) -> Setting:
    """The run's setting on random images: a batch to learn from, a few to validate and to test with."""
    random = torch.Generator().manual_seed(0)

    def split(count: int) -> Split:
        shape = (count, *input_shape(config.dataset, config.image_size))
        images = torch.randint(256, shape, generator=random, dtype=torch.uint8)
        return Split(images, torch.arange(count) % counts.classes)

    data = DataSet(
        config.dataset,
        tuple(map(str, range(counts.classes))),
        split(min(config.batch_size, max(2, counts.train))),
        split(min(counts.validation, _MORE)),
        split(max(_MORE, counts.classes)),
        flips=True,
    )
    plain = changed(config, train_count=None, teacher_weights=None, teacher_epochs=1, mistake="none")
    return setting_of(plain, data)


class _Timer:
    """Times what it calls, unless it is to give up."""

    def __init__(self, give_up: GiveUp) -> None:
        self._give_up = give_up

    def once(self, events: Iterable[object]) -> float:
        """Seconds to go through all events."""
        began = perf_counter()
        for _event in events:
            self._go_on()
        return perf_counter() - began

    def often(self, step: Callable[[], object], times: int = _STEPS) -> float:
        """Median seconds of a call, after one that warms up."""
        step()
        spent = []
        for _turn in range(times):
            self._go_on()
            began = perf_counter()
            step()
            _wait_for_device()
            spent.append(perf_counter() - began)
        return median(spent)

    def _go_on(self) -> None:
        if self._give_up():
            raise GivenUpError


def _wait_for_device() -> None:
    """CUDA works on while Python goes ahead."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
