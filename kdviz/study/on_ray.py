"""The runs of a study on Ray: on this machine's cores, or on a cluster. The store stays here.

Each run is trained by a process of its own, on one CPU, in one thread; and on one GPU, where the cluster
has any and the run may use it. What happens in it is sent here and recorded as if it had happened here:
pausing and stopping work as ever. How many threads compute decides in which order numbers are added up, so
figures on CPUs are those of a run here in one thread, bit for bit, if the processors are of one kind.

What a worker needs: kdviz, of this version, installed. It needs no access to the runs directory: a run's
settings, its trained teacher and the state to go on from are sent to it. The data sets that come along are
there; one that is downloaded is downloaded by each machine, once. A folder of a person's own images, or a
file with a teacher's weights, must be on every machine, the same under the same path. Where a study keeps
each image's scores, they are computed here, from the same images.

Ray itself is needed only here, and when it is asked for: it is an extra, `kdviz[ray]`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from queue import Queue
from threading import Lock, Thread
from traceback import format_exc
from typing import Any

import torch

from kdviz import __version__
from kdviz.config import RunConfig
from kdviz.device import resolve_device
from kdviz.errors import ConfigError, KdvizError, TrainingError
from kdviz.jobs import choose_kernels, execute, safe_kernels_wanted
from kdviz.progress import Message, Report
from kdviz.store import Run, Store, made_here
from kdviz.study.plan import Point
from kdviz.study.running import Observer
from kdviz.trainer import TeacherCache, distill
from kdviz.types import Event, Preparing, TeacherReady, Weights

ANSWERS_WITHIN_S = 5.0
"""How long an address may take to answer: Ray itself waits for minutes, and then ends the process."""

LOOK_EVERY_S = 0.5
"""How often a run that waits for its place looks for what is asked of it."""

_AHEAD = 64  # events: a run does not go on for long once nobody takes them
_KNOWN = "Known: local, auto, ray://HOST:10001, HOST:6379."

Told = Event | Exception | None
"""What a worker tells: events, and at last None, or the error that ended the run."""


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Ray at an address, for as long as the context lasts; what is under way at its end is ended.

    address: "local" starts a Ray on this machine, which ends with the context; "auto" finds the one that
    this machine belongs to; "ray://HOST:PORT" is the client port of a cluster's head, "HOST:PORT" the head
    itself, from a machine of the cluster. Raises ConfigError where Ray is not installed or does not answer.
    """
    ray = _ray()
    _check(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    how: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address, logging_level="error", log_to_driver=False, **how)
    except Exception as error:  # Ray raises of many kinds
        raise ConfigError(
            f"ray: {address!r} cannot be used: {_telling_line(error)}. {_KNOWN} If it asks for a token, set "
            "RAY_AUTH_MODE=token and RAY_AUTH_TOKEN."
        ) from error
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


class Cluster:
    """A Ray that is connected to. Any number of threads may use one at the same time."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        there = ray.cluster_resources()
        self._cpus, self._gpus = (int(there.get(kind, 0)) for kind in ("CPU", "GPU"))
        self._idle: list[tuple[bool, Any]] = []  # workers, and whether each has a GPU
        self._lock = Lock()

    def places(self, points: Sequence[Point]) -> int:
        """How many runs of these can be trained at once, at least 1."""
        on_gpus = any(self._takes_gpu(point.config) for point in points)
        return max(1, min(len(points), self._cpus, self._gpus if on_gpus else self._cpus))

    def execute(self, store: Store, run_id: str, on_event: Observer | None = None) -> Run:
        """`jobs.execute`, with the training itself on a worker. Returns and raises as it does."""
        training = _Training(self._ray, self._worker)
        run = execute(store, run_id, on_event, training.distill)
        if training.maker is not None:
            store.save_card(run_id, training.maker)
        return run

    def _takes_gpu(self, config: RunConfig) -> bool:
        return self._gpus > 0 and config.device != "cpu"

    @contextmanager
    def _worker(self, config: RunConfig) -> Iterator[Any]:
        """A worker for a run, which serves the next one as well: it takes seconds to start.

        If the run is broken off, its worker ends with it.
        """
        kind = self._takes_gpu(config)
        worker = (
            self._idle_worker(kind) or self._ray.remote(num_cpus=1, num_gpus=int(kind))(RayWorker).remote()
        )
        try:
            yield worker
        except BaseException:
            self._ray.kill(worker)
            raise
        with self._lock:
            self._idle.append((kind, worker))

    def _idle_worker(self, kind: bool) -> Any:
        """None if there is none of the kind: then others give their places up."""
        with self._lock:
            for each in self._idle:
                if each[0] == kind:
                    self._idle.remove(each)
                    return each[1]
            while self._idle:
                self._ray.kill(self._idle.pop()[1])
        return None


class _Training:
    """A run's training, as it is seen from here. maker: what trains it, for its card; None before."""

    def __init__(self, ray: Any, worker: Callable[[RunConfig], AbstractContextManager[Any]]) -> None:
        self._ray = ray
        self._worker = worker
        self.maker: Mapping[str, Any] | None = None

    def distill(
        self, config: RunConfig, *, teacher: TeacherCache, resume: Mapping[str, Any] | None, report: Report
    ) -> Generator[Event, None, None]:
        """`trainer.distill`, on a worker. Raises what it raises there, and TrainingError without a worker."""
        try:
            with self._worker(config) as worker:
                asked = worker.begin.remote(
                    config, config.content, teacher(config.teacher_key), resume, safe_kernels_wanted()
                )
                self.maker = self._answer(asked, report)
                _check_version(self.maker)
                failure = yield from self._told(worker, config)
        except self._ray.exceptions.RayError as error:
            raise TrainingError(
                f"ray: the worker of this run was lost: {_telling_line(error)}. Look whether kdviz is "
                "installed and memory suffices there. Resume goes on from the last full epoch."
            ) from error
        if failure is not None:
            raise failure

    def _answer(self, asked: Any, report: Report) -> Mapping[str, Any]:
        """What a worker answers as soon as there is a place for it."""
        while not self._ray.wait([asked], timeout=LOOK_EVERY_S)[0]:
            report(Message("Waiting for a place on Ray"), 0.0)
        answer: Mapping[str, Any] = self._ray.get(asked)
        return answer

    def _told(self, worker: Any, config: RunConfig) -> Generator[Event, None, KdvizError | None]:
        """What happens. Returns an error that a person can put right; any other is raised."""
        while True:
            for told in self._ray.get(worker.more.remote()):
                if told is None or isinstance(told, KdvizError):
                    return told
                if isinstance(told, Exception):
                    raise told  # who knows what it has left behind: the worker ends as well
                yield _as_known_here(told, config)


class RayWorker:
    """A process that trains a run, and then the next. It goes on only while what it tells is taken."""

    def __init__(self) -> None:
        self._told: Queue[Told] = Queue(_AHEAD)

    def begin(
        self,
        config: RunConfig,
        content: Mapping[str, str],
        teacher: Weights | None,
        resume: Mapping[str, Any] | None,
        safe_kernels: bool,
    ) -> Mapping[str, Any]:
        """Begins with a run. Returns what this process is, for the run's card.

        content: of the files where the run was asked for. safe_kernels: whether it is to do without oneDNN.
        """
        choose_kernels(safe_kernels)
        _use_one_thread()
        Thread(target=self._train, args=(config, content, teacher, resume), daemon=True).start()
        return made_here(resolve_device(config.device))

    def more(self) -> list[Told]:
        """What has happened since it was last asked, waiting until there is anything."""
        told = [self._told.get()]
        while not self._told.empty():
            told.append(self._told.get())
        return told

    def _train(
        self,
        config: RunConfig,
        content: Mapping[str, str],
        teacher: Weights | None,
        resume: Mapping[str, Any] | None,
    ) -> None:
        _use_one_thread()
        try:
            _check_files(config, content)
            for event in distill(
                config,
                teacher=lambda key: teacher,
                resume=resume,
                report=lambda message, fraction: self._told.put(Preparing(message, fraction)),
            ):
                self._told.put(event)
        except Exception as error:
            error.add_note(format_exc())  # a traceback does not travel
            self._told.put(error)
        else:
            self._told.put(None)


def _use_one_thread() -> None:
    torch.set_num_threads(1)


def _as_known_here(event: Event, config: RunConfig) -> Event:
    """A teacher's key holds the content of files, which may be there alone."""
    return replace(event, key=config.teacher_key) if isinstance(event, TeacherReady) else event


def _check_files(config: RunConfig, content: Mapping[str, str]) -> None:
    """Refuses files that differ from those where the run was asked for. Raises ConfigError."""
    differ = [name for name, known in content.items() if known and config.content.get(name) != known]
    if differ:
        raise ConfigError(
            f"{', '.join(differ)}: a Ray worker has other files under this path than this machine. "
            "Copy the same files there."
        )


def _check_version(maker: Mapping[str, Any]) -> None:
    there = maker["versions"]["kdviz"]
    if there != __version__:
        raise ConfigError(f"ray: a worker has kdviz {there}, here is {__version__}. Install the same there.")


def _check(address: str) -> None:
    """Refuses an address where nothing answers. Raises ConfigError."""
    if address in ("local", "auto"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"ray: {address!r} is no address. {_KNOWN}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWERS_WITHIN_S).close()
    except (OSError, OverflowError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"ray: nothing answers at {address!r}: {why}. Start Ray there, or correct the address."
        ) from error


def _ray() -> Any:
    """Raises ConfigError where it is not installed."""
    try:
        import ray
    except ImportError:
        raise ConfigError('ray: is not installed. Install it with: pip install "ray[client]"') from None
    return ray


def _telling_line(error: Exception) -> str:
    """Of a traceback the last line, else the first."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1 if "ray::" in lines[0] else 0].rstrip(".")
