"""Timing a few real steps: of every part, without a file, and given up at once when asked."""

from dataclasses import fields

import pytest
import torch

from kdviz.config import changed, make_config
from kdviz.datasets import Counts
from kdviz.trainer import GivenUpError, timed, timing
from kdviz.trainer import evaluation as students
from kdviz.types import Pace

COUNTS = Counts(train=100, validation=20, test=30, classes=2)
TINY = {"dataset": "shapes", "student_width": 0.25, "teacher_width": 0.25, "batch_size": 4, "device": "cpu"}


@pytest.fixture
def config():
    return make_config(TINY)


def test_every_part_takes_time_and_a_runs_random_numbers_are_left_alone(config):
    """cifar10 would have to be downloaded: made-up images need nothing."""
    before = torch.random.get_rng_state()
    pace = timed(changed(config, dataset="cifar10", data="/nowhere"), COUNTS)
    assert all(getattr(pace, part.name) > 0 for part in fields(Pace))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_second_timing_asks_the_teacher_again(config, monkeypatch):
    """It is the same teacher, of the same random images: what is remembered of it would take no time."""
    asked = []
    view = students.view
    monkeypatch.setattr(timing, "_FEW", 4)
    monkeypatch.setattr(timing, "_MORE", 8)
    monkeypatch.setattr(students, "view", lambda *given, **how: asked.append(1) or view(*given, **how))
    alone = changed(config, arms=("student",))
    timed(alone, COUNTS)
    first = len(asked)
    timed(alone, COUNTS)
    assert len(asked) == 2 * first


def test_it_is_given_up_between_two_steps(config):
    asked = []

    def give_up() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(GivenUpError):
        timed(config, COUNTS, give_up)
    assert len(asked) == 3
