"""The passphrase: who is signed in, and how long wrong ones have to wait. By a clock of the test."""

import hmac

import pytest

from kdviz.ui.frame import sign_in
from kdviz.ui.frame.sign_in import Door
from tests.jobs.fakes import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(clock):
    return Door(clock)


def test_the_passphrase_signs_one_visitor_in_until_they_leave(door):
    assert not door.enter("ann", "10.0.0.1", "wrong", "right")
    assert door.enter("ann", "10.0.0.1", "right", "right")
    assert (door.is_inside("ann"), door.is_inside("bob")) == (True, False)
    door.leave("ann")
    assert not door.is_inside("ann")


def test_without_a_passphrase_nobody_signs_in(door):
    assert not door.enter("ann", "10.0.0.1", "", "")


def test_after_three_wrong_ones_each_try_waits_twice_as_long(door, clock):
    waits = []
    for _ in range(13):
        assert not door.enter("eve", "10.0.0.6", "wrong", "right")
        waits.append(door.wait_s("10.0.0.6"))
        clock.now += waits[-1]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_within_the_wait_nothing_is_compared_and_others_do_not_wait(door, clock, monkeypatch):
    for _ in range(3):
        door.enter("eve", "10.0.0.6", "wrong", "right")
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or a == b)
    assert not door.enter("eve", "10.0.0.6", "right", "right")
    assert compared == []
    assert door.enter("ann", "10.0.0.1", "right", "right")
    clock.now += 1.0
    assert door.enter("eve", "10.0.0.6", "right", "right")
    assert door.wait_s("10.0.0.6") == 0


def test_it_is_compared_in_constant_time_whatever_its_length(door, monkeypatch):
    lengths = []
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: lengths.append((len(a), len(b))) or a == b)
    for given in ("", "r", "right" * 1000, "\ud800"):
        door.enter("ann", str(given[:1]), given, "right")
    assert set(lengths) == {(32, 32)}


def test_nobody_is_signed_in_where_the_server_has_no_passphrase(monkeypatch):
    monkeypatch.delenv("KDVIZ_PASSPHRASE", raising=False)
    assert not sign_in.is_signed_in()
