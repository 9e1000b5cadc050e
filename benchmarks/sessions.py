"""A class on one server: `python -m benchmarks.sessions [SESSIONS] [SECONDS]`, 30 for 60 s unless given.

A run trains while visitors click: each opens a page of a finished run, or of the one in training, looks at it
for 2 to 8 s and goes on. The steps a second of training are held against those before the visitors came; page
times are from a visitor's message until the script has ended, as one visitor alone waits and as one of many.
Run it on an otherwise idle machine: the visitors are in this process, without a browser's work.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks.startup import serving
from kdviz.config import make_config
from kdviz.jobs import submit
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run

LOOKING_S = (2.0, 8.0)
"""How long a visitor looks at a page before the next click."""

MOST_ALONE_S = 60.0
"""Longest time in seconds for which one visitor, and training without visitors, are measured."""

Visit = Callable[[int], tuple[str, str]]


def main() -> None:
    """Measure, and print a line for each state of the server."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with TemporaryDirectory() as folder:
        store = Store(folder)
        offer_prepared_run(store)
        with serving("run", "app.py", runs_dir=store.directory) as (address, server):
            asyncio.run(_measured(store, address, server, sessions, seconds))


async def _measured(store: Store, address: str, server: int, sessions: int, seconds: float) -> None:
    finished, alone_s = store.runs()[0].id, min(seconds, MOST_ALONE_S)
    await _visited(address, _pages(finished, finished), 1, alone_s / 2)  # imports, and what is cached
    _print("one visitor, no training", await _visited(address, _pages(finished, finished), 1, alone_s))
    training = _submitted(store)
    while store.run(training).record.progress.stage != "students":
        await asyncio.sleep(1)
    alone = await _pace(store, training, alone_s)
    print(f"training alone: {alone:.1f} steps/s")
    pages = _pages(finished, training)
    pace, times = await asyncio.gather(
        _pace(store, training, seconds), _visited(address, pages, sessions, seconds)
    )
    _print(f"{sessions} visitors while a run trains", times)
    print(f"training meanwhile: {pace:.1f} steps/s, {pace / alone:.0%} of its pace alone")
    print("memory: " + ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in _memory(server)))


def _submitted(store: Store) -> str:
    """A run that trains for longer than anyone measures."""
    return submit(store, make_config({"dataset": "shapes", "epochs": 1000, "teacher_epochs": 1}))


async def _pace(store: Store, run_id: str, seconds: float) -> float:
    """Steps a second of a run in training."""
    began, step = time.monotonic(), store.run(run_id).record.progress.step
    await asyncio.sleep(seconds)
    run = store.run(run_id)
    assert not run.ended, "the run ended while it was measured"
    return (run.record.progress.step - step) / (time.monotonic() - began)


def _pages(finished: str, training: str) -> list[Visit]:
    """Pages by the number of the visit: their paths and queries."""
    return [
        lambda visit: ("explain", f"run={finished}&image={visit % 50}"),
        lambda visit: ("distill", f"run={training}"),
        lambda visit: ("explain", f"run={finished}&image={visit * 7 % 50}"),
        lambda visit: ("agreement", f"run={finished}"),
        lambda visit: ("runs", ""),
        lambda visit: ("", ""),
    ]


async def _visited(address: str, pages: list[Visit], visitors: int, seconds: float) -> list[float]:
    """Seconds of every page that the visitors opened."""
    until = time.monotonic() + seconds
    found = await asyncio.gather(*(_visits(address, pages, number, until) for number in range(visitors)))
    return [each for times in found for each in times]


async def _visits(address: str, pages: list[Visit], number: int, until: float) -> list[float]:
    """Seconds of each page that a visitor opened."""
    chance = random.Random(number)
    times: list[float] = []
    await asyncio.sleep(chance.uniform(0, LOOKING_S[1]))
    stream = address.replace("http", "ws") + "/_stcore/stream"
    async with connect(stream, origin=Origin(address), max_size=None) as socket:
        session = _Session(socket)
        for visit in count(number):
            if time.monotonic() > until:
                return times
            times.append(await session.opened(*pages[visit % len(pages)](visit)))
            await session.looked_at(chance.uniform(*LOOKING_S))
    return times


class _Session:
    """Opens pages, and asks again for what refreshes itself, as a browser does."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._page = ClientState()
        self._refreshed: dict[str, tuple[float, float]] = {}  # by fragment: interval in s, next rerun

    async def opened(self, path: str, query: str) -> float:
        """Seconds until the script of a page has ended."""
        self._refreshed.clear()
        self._page = ClientState(page_name=path, query_string=query)
        began = time.monotonic()
        await self._ask(self._page)
        while not self._ended(await self._message()):
            pass
        return time.monotonic() - began

    async def looked_at(self, seconds: float) -> None:
        """Keep the page as it is for a while."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            for fragment, (every, due) in list(self._refreshed.items()):
                if due <= now:
                    self._refreshed[fragment] = (every, now + every)
                    again = ClientState(fragment_id=fragment, is_auto_rerun=True)
                    again.MergeFrom(self._page)
                    await self._ask(again)
            next_at = min([until, *(due for _every, due in self._refreshed.values())])
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, next_at - now)):
                    await self._message()

    async def _ask(self, state: ClientState) -> None:
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def _message(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(bytes(await self._socket.recv(decode=False)))
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page.page_script_hash = message.new_session.page_script_hash
        elif kind == "auto_rerun":
            every = message.auto_rerun.interval
            self._refreshed[message.auto_rerun.fragment_id] = (every, time.monotonic() + every)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._refreshed.pop(fragment, None)
        return message

    @staticmethod
    def _ended(message: ForwardMsg) -> bool:
        return (
            message.WhichOneof("type") == "script_finished"
            and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        )


def _print(what: str, times: list[float]) -> None:
    middle, slow = quantiles(times, n=20)[9], quantiles(times, n=20)[18]
    print(f"{what}: {len(times)} pages, p50 {middle:.2f} s, p95 {slow:.2f} s, load {os.getloadavg()[0]:.1f}")


def _memory(server: int) -> Iterator[tuple[str, float]]:
    """Resident memory of the server and of its children, in MB. Linux."""
    tasks = Path(f"/proc/{server}/task").iterdir()  # a child is that of the thread which started it
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    for name, process in [("server", str(server)), *(("child", child) for child in children)]:
        (line,) = [
            line for line in Path(f"/proc/{process}/status").read_text().splitlines() if "VmRSS" in line
        ]
        yield name, int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
