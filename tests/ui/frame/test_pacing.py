"""Parts of pages refresh themselves less often the more browsers are connected."""

import asyncio
import contextlib

import pytest
import streamlit as st

from kdviz.ui.frame.errors import fragment
from kdviz.ui.frame.pacing import Connections, paced


async def nothing():
    return {}


def while_connected(count, look, *, kind="websocket", end=None):
    """What `look` finds while so many connections are open."""
    found = []

    async def scenario():
        ending = asyncio.Event()

        async def app(_scope, _receive, _send):
            await ending.wait()
            if end:
                raise end

        served = Connections(app)
        tasks = [asyncio.create_task(served({"type": kind}, nothing, nothing)) for _ in range(count)]
        await asyncio.sleep(0)
        found.append(look())
        ending.set()
        for task in tasks:
            with contextlib.suppress(ConnectionError):
                await task

    asyncio.run(scenario())
    return found[0]


@pytest.mark.parametrize(("browsers", "seconds"), [(0, 1.0), (1, 1.0), (10, 1.0), (30, 3.0), (50, 5.0)])
def test_all_browsers_together_ask_ten_times_a_second_at_most(browsers, seconds):
    assert while_connected(browsers, lambda: paced(1.0)) == seconds
    assert paced(1.0) == 1.0, "they have left"


def test_a_connection_that_breaks_off_is_no_longer_counted():
    assert while_connected(20, lambda: paced(1.0), end=ConnectionError()) == 2.0
    assert paced(1.0) == 1.0


def test_requests_for_files_do_not_count():
    assert while_connected(50, lambda: paced(1.0), kind="http") == 1.0


def test_a_part_asks_for_the_interval_that_holds_when_it_is_drawn(monkeypatch):
    asked = []
    monkeypatch.setattr(st, "fragment", lambda body, run_every: asked.append(run_every) or body)
    part, still = fragment(lambda: None, run_every=1.0), fragment(lambda: None)
    for browsers in (0, 40):
        monkeypatch.setattr(Connections, "open", browsers)
        part()
        still()
    assert asked == [1.0, None, 4.0, None]
