"""Progress of a run on a terminal: a bar with the time left, or plain lines if it is not a terminal."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from kdviz.language import decimal
from kdviz.types import (
    ARMS,
    Event,
    Measured,
    Noted,
    Preparing,
    SnapshotTaken,
    Stage,
    StageStarted,
    StepTaken,
    TeacherReady,
)

_TITLES: dict[Stage, str] = {"teacher": "Teacher", "students": "Students"}


class TerminalBar:
    """A progress bar on standard error while it is entered; standard output holds only results.

    columns: of the bar, which is drawn on a terminal only.
    """

    def __init__(self, *columns: ProgressColumn) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(*columns, console=self._console, disable=not self._console.is_terminal)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def _print(self, *lines: str) -> None:
        self._console.print(*lines, sep="\n", markup=False, highlight=False, soft_wrap=True)


class RunProgress(TerminalBar):
    """Shows the events of a run."""

    def __init__(self) -> None:
        super().__init__(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[accuracy]}"),
        )
        self._task = self._bar.add_task("Preparing", total=None, accuracy="")
        self._accuracy: dict[str, float] = {}
        self._epochs = 0

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, StepTaken):
            self._bar.update(self._task, completed=event.step)
        elif isinstance(event, Measured) and "validation_accuracy" in event.values:
            self._accuracy[event.arm] = event.values["validation_accuracy"]
            self._bar.update(self._task, accuracy=self._accuracies())
        elif isinstance(event, Noted):
            self._print(*event.notes)
        elif isinstance(event, StageStarted):
            self._begin(event)
        elif isinstance(event, SnapshotTaken) and event.epoch:
            title = f"{_TITLES[event.stage]}: epoch {event.epoch}/{self._epochs}"
            self._line(f"{title}, validation accuracy {self._accuracies()}")
        elif isinstance(event, TeacherReady):
            self._line("Teacher: loaded from the cache" if event.cached else "Teacher: trained")
        elif isinstance(event, Preparing):
            self._bar.update(self._task, description=str(event.message)[:9])

    def _begin(self, event: StageStarted) -> None:
        self._epochs = event.epochs
        steps = event.steps_per_epoch
        self._bar.reset(
            self._task,
            description=_TITLES[event.stage],
            total=event.epochs * steps,
            completed=event.epochs_done * steps,
        )

    def _accuracies(self) -> str:
        known = [arm for arm in ARMS if arm in self._accuracy]
        return ", ".join(f"{arm} {decimal(self._accuracy[arm], 3)}" for arm in known)

    def _line(self, text: str) -> None:
        """Print a line if there is no bar."""
        if self._bar.disable:
            self._print(text)
