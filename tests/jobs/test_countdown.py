"""The time left counts down with the clock; a busy computer does not make it grow."""

import math
from itertools import pairwise

import pytest

from kdviz.jobs import countdown
from kdviz.jobs.countdown import Countdown, computer_is_busy

IDLE, BUSY = (lambda: False), (lambda: True)


def test_the_first_estimate_is_taken_and_counts_down_with_the_clock():
    left = Countdown(IDLE)
    assert math.isnan(left.seconds)
    left.correct(math.nan)
    assert math.isnan(left.seconds)
    left.correct(20.0)
    left.pass_to(5.0)
    assert left.seconds == 15.0
    left.pass_to(25.0)
    assert left.seconds == 0.0


def test_a_shorter_estimate_is_taken_and_a_somewhat_longer_one_is_not():
    left = Countdown(BUSY)
    left.correct(20.0)
    left.correct(18.0)
    assert left.seconds == 18.0
    for longer in (22.4, 22.5):  # up to 1.25 times 18
        left.correct(longer)
        assert (left.seconds, left.slowed) == (18.0, False)
    left.correct(1.0)
    left.correct(3.9)  # less than 3 s longer
    assert left.seconds == 1.0


def test_an_estimate_that_was_clearly_wrong_is_corrected_on_an_idle_computer():
    left = Countdown(IDLE)
    left.correct(20.0)
    left.correct(300.0)
    assert (left.seconds, left.slowed) == (300.0, False)


@pytest.mark.parametrize("pace", [2, 5, 15])
def test_on_a_busy_computer_no_number_ever_grows(pace):
    """A hundred steps of 1 s; from the tenth on each takes several times as long."""
    left, now_s, shown, slowed = Countdown(BUSY), 0.0, [], []
    for step in range(1, 101):
        now_s += 1.0 if step < 10 else pace
        left.pass_to(now_s)
        left.correct(now_s / step * (100 - step))
        shown.append(left.seconds)
        slowed.append(left.slowed)
    known = [each for each in shown if not math.isnan(each)]
    assert all(before >= after for before, after in pairwise(known))
    assert any(slowed)
    assert [math.isnan(each) for each in shown] == slowed


def test_the_number_comes_back_when_the_computer_is_idle_again():
    busy = [True]
    left = Countdown(lambda: busy[0])
    left.correct(20.0)
    left.correct(60.0)
    assert left.slowed
    busy[0] = False
    left.correct(50.0)
    assert (left.seconds, left.slowed) == (50.0, False)


def test_other_work_begins_without_a_number():
    left = Countdown(BUSY)
    left.correct(20.0)
    left.correct(60.0)
    left.forget()
    assert (math.isnan(left.seconds), left.slowed) == (True, False)
    left.correct(60.0)
    assert left.seconds == 60.0


@pytest.mark.parametrize(("load", "cores", "busy"), [(2.1, 2, True), (2.0, 2, False), (0.3, None, False)])
def test_a_computer_is_busy_if_more_wants_to_run_than_it_has_cores(load, cores, busy, monkeypatch):
    monkeypatch.setattr(countdown.os, "getloadavg", lambda: (load, 9.0, 9.0), raising=False)
    monkeypatch.setattr(countdown.os, "cpu_count", lambda: cores)
    assert computer_is_busy() == busy


def test_a_system_that_does_not_know_its_load_is_not_called_busy(monkeypatch):
    monkeypatch.delattr(countdown.os, "getloadavg", raising=False)
    assert not computer_is_busy()
