"""Training the runs of a study on Ray: on the cores of this machine, or on a cluster. The store stays local.

Each run is trained by a worker process, on one CPU with one thread, and on a GPU if the cluster has any and
the run may use it. Its events are sent here and recorded as usual, so pausing and stopping work too. The
number of threads decides the order of floating-point additions: on CPUs of the same kind, results equal
those of a local run with one thread, bit for bit.

A worker needs kdviz, of the same version. It does not need the runs directory: settings, the trained teacher
and the trainer state are sent to it. Packaged data sets are part of kdviz; each machine downloads others
once. A folder of images, or a file with a teacher's weights, must exist on every machine under the same path.
If a study stores scores of images, they are computed here, from the same images.

Ray is imported only here, on first use: it is an extra, `kdviz[ray]`.
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
from kdviz.trainer import StartWeights, TeacherCache, distill
from kdviz.types import Arm, Event, Preparing, TeacherReady, Weights

CONNECT_TIMEOUT_S = 5.0
"""How long to wait for a connection: Ray itself waits for minutes, and then ends the process."""

POLL_S = 0.5
"""How often a run that waits for a worker checks for requests."""

_MAX_BUFFERED = 64  # events: a worker does not train far ahead of its consumer
_KNOWN = "Known: local, auto, ray://HOST:10001, HOST:6379."

WorkerMessage = Event | Exception | None
"""What a worker sends: events, and at last None, or the error that ended the run."""


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """A Ray cluster, connected while the context lasts; its runs end with the context.

    address: "local" starts Ray on this machine; "auto" connects to the cluster of this machine;
    "ray://HOST:PORT" is the client port of a cluster's head, "HOST:PORT" the head itself, for machines of
    the cluster. Raises ConfigError if Ray is not installed or does not answer.
    """
    ray = _ray()
    _check_address(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    options: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address, logging_level="error", log_to_driver=False, **options)
    except Exception as error:  # Ray raises many types
        raise ConfigError(
            f"ray: {address!r} cannot be used: {_error_line(error)}. {_KNOWN} If it requires a token, set "
            "RAY_AUTH_MODE=token and RAY_AUTH_TOKEN."
        ) from error
    try:
        yield Cluster(ray)
    finally:
        ray.shutdown()


class Cluster:
    """A connected Ray cluster. Thread-safe."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        resources = ray.cluster_resources()
        self._cpus, self._gpus = (int(resources.get(kind, 0)) for kind in ("CPU", "GPU"))
        self._idle: list[tuple[bool, Any]] = []  # workers, and whether each has a GPU
        self._lock = Lock()

    def slots(self, points: Sequence[Point]) -> int:
        """Number of these runs that can be trained at once, at least 1."""
        on_gpus = any(self._uses_gpu(point.config) for point in points)
        return max(1, min(len(points), self._cpus, self._gpus if on_gpus else self._cpus))

    def execute(self, store: Store, run_id: str, on_event: Observer | None = None) -> Run:
        """`jobs.execute`, with the training on a worker. Returns and raises the same."""
        training = _RemoteTraining(self._ray, self._worker)
        run = execute(store, run_id, on_event, training.distill)
        if training.maker is not None:
            store.save_card(run_id, training.maker)
        return run

    def _uses_gpu(self, config: RunConfig) -> bool:
        return self._gpus > 0 and config.device != "cpu"

    @contextmanager
    def _worker(self, config: RunConfig) -> Iterator[Any]:
        """A worker for a run. It is reused, since it takes seconds to start, unless the body raises."""
        with_gpu = self._uses_gpu(config)
        remote = self._ray.remote(num_cpus=1, num_gpus=int(with_gpu))
        worker = self._idle_worker(with_gpu=with_gpu) or remote(RayWorker).remote()
        try:
            yield worker
        except BaseException:
            self._ray.kill(worker)
            raise
        with self._lock:
            self._idle.append((with_gpu, worker))

    def _idle_worker(self, *, with_gpu: bool) -> Any:
        """An idle worker, or None; then all others are killed, to free their resources."""
        with self._lock:
            for each in self._idle:
                if each[0] == with_gpu:
                    self._idle.remove(each)
                    return each[1]
            while self._idle:
                self._ray.kill(self._idle.pop()[1])
        return None


class _RemoteTraining:
    """The training of a run on a worker. maker: the worker, for the run's card; None until it starts."""

    def __init__(self, ray: Any, worker: Callable[[RunConfig], AbstractContextManager[Any]]) -> None:
        self._ray = ray
        self._worker = worker
        self.maker: Mapping[str, Any] | None = None

    def distill(
        self,
        config: RunConfig,
        *,
        teacher: TeacherCache,
        resume: Mapping[str, Any] | None,
        report: Report,
        start: StartWeights | None = None,
    ) -> Generator[Event, None, None]:
        """`trainer.distill` on a worker. Raises the same, and TrainingError if the worker is lost."""
        of_parent = {arm: start(arm) for arm in config.arms} if start else None
        try:
            with self._worker(config) as worker:
                started = worker.start.remote(
                    config,
                    config.content,
                    teacher(config.teacher_key),
                    resume,
                    safe_kernels_wanted(),
                    of_parent,
                )
                self.maker = self._wait_for(started, report)
                _check_version(self.maker)
                failure = yield from self._events(worker, config)
        except self._ray.exceptions.RayError as error:
            raise TrainingError(
                f"ray: the worker of this run was lost: {_error_line(error)}. Check that kdviz is installed "
                "there and that memory suffices. Resume continues from the last full epoch."
            ) from error
        if failure is not None:
            raise failure

    def _wait_for(self, started: Any, report: Report) -> Mapping[str, Any]:
        """The worker's description of itself, once it has started."""
        while not self._ray.wait([started], timeout=POLL_S)[0]:
            report(Message("Waiting for a worker on Ray"), 0.0)
        maker: Mapping[str, Any] = self._ray.get(started)
        return maker

    def _events(self, worker: Any, config: RunConfig) -> Generator[Event, None, KdvizError | None]:
        """The worker's events. Returns a KdvizError that ended the run; any other error is raised."""
        while True:
            for message in self._ray.get(worker.messages.remote()):
                if message is None or isinstance(message, KdvizError):
                    return message
                if isinstance(message, Exception):
                    raise message  # the worker's state is unknown, so it is killed
                yield _with_local_key(message, config)


class RayWorker:
    """A process that trains runs, one after another, no further ahead than its messages are taken."""

    def __init__(self) -> None:
        self._messages: Queue[WorkerMessage] = Queue(_MAX_BUFFERED)

    def start(
        self,
        config: RunConfig,
        content: Mapping[str, str],
        teacher: Weights | None,
        resume: Mapping[str, Any] | None,
        safe_kernels: bool,
        of_parent: Mapping[Arm, Weights] | None = None,
    ) -> Mapping[str, Any]:
        """Start to train a run. Returns a description of this process, for the run's card.

        content: hashes of the run's files on the submitting machine. safe_kernels: whether to disable oneDNN.
        of_parent: the weights that each arm starts from, for a run that has a parent.
        """
        choose_kernels(safe_kernels)
        torch.set_num_threads(1)
        Thread(target=self._train, args=(config, content, teacher, resume, of_parent), daemon=True).start()
        return made_here(resolve_device(config.device))

    def messages(self) -> list[WorkerMessage]:
        """The messages since the last call. Waits for the first one."""
        messages = [self._messages.get()]
        while not self._messages.empty():
            messages.append(self._messages.get())
        return messages

    def _train(
        self,
        config: RunConfig,
        content: Mapping[str, str],
        teacher: Weights | None,
        resume: Mapping[str, Any] | None,
        of_parent: Mapping[Arm, Weights] | None,
    ) -> None:
        torch.set_num_threads(1)
        try:
            _check_files(config, content)
            for event in distill(
                config,
                teacher=lambda key: teacher,
                resume=resume,
                start=of_parent.__getitem__ if of_parent else None,
                report=lambda message, fraction: self._messages.put(Preparing(message, fraction)),
            ):
                self._messages.put(event)
        except Exception as error:
            error.add_note(format_exc())  # tracebacks are not pickled
            self._messages.put(error)
        else:
            self._messages.put(None)


def _with_local_key(event: Event, config: RunConfig) -> Event:
    """A teacher's key includes the content of files, which may exist only on the worker."""
    return replace(event, key=config.teacher_key) if isinstance(event, TeacherReady) else event


def _check_files(config: RunConfig, content: Mapping[str, str]) -> None:
    """Raises ConfigError if the files differ from those on the submitting machine."""
    differ = [name for name, known in content.items() if known and config.content.get(name) != known]
    if differ:
        raise ConfigError(
            f"{', '.join(differ)}: a Ray worker has other files under this path than this machine. "
            "Copy the same files there."
        )


def _check_version(maker: Mapping[str, Any]) -> None:
    version = maker["versions"]["kdviz"]
    if version != __version__:
        raise ConfigError(
            f"ray: a worker has kdviz {version}, this machine {__version__}. Install the same version there."
        )


def _check_address(address: str) -> None:
    """Raises ConfigError for an address where nothing answers."""
    if address in ("local", "auto"):
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"ray: {address!r} is not an address. {_KNOWN}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_TIMEOUT_S).close()
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"ray: nothing answers at {address!r}: {reason}. Start Ray there, or correct the address."
        ) from error


def _ray() -> Any:
    """The module. Raises ConfigError if it is not installed."""
    try:
        import ray
    except ImportError:
        raise ConfigError('ray: is not installed. Install it with: pip install "ray[client]"') from None
    return ray


def _error_line(error: Exception) -> str:
    """The last line of a traceback from a worker, else the first line of the message."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1 if "ray::" in lines[0] else 0].rstrip(".")
