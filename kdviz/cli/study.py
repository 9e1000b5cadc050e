"""The `study` command: trains the runs of a study with a progress bar, and writes its tables."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd
import typer
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from kdviz.cli.printing import print_json, print_line, print_table
from kdviz.cli.progress import TerminalBar
from kdviz.comparison import known_survey
from kdviz.figures.style import duration
from kdviz.jobs import execute, prepare_process
from kdviz.store import Store
from kdviz.study import (
    Done,
    Execute,
    Point,
    Study,
    carry_out,
    figure_rows,
    finished_runs,
    make_folder,
    seconds_left,
    summary_table,
    tidy_table,
    with_headers,
    write_results,
)
from kdviz.types import Event, Noted, Preparing, StepTaken

_PRINTED = ("accuracy", "accuracy_intact", "agreement", "agreement_untrained")


def run_study(
    study: Study,
    points: Sequence[Point],
    store: Store,
    out: Path,
    *,
    ray: str | None,
    as_json: bool,
    resume_command: str,
) -> None:
    """Train the missing runs of a study and write its tables into the folder `out`.

    ray: address of a Ray cluster to train on; None trains in this process. resume_command: shown after an
    interruption. Raises KdvizError; typer.Exit with 1 if a run failed, with 130 if interrupted.
    """
    try:
        done = _carried_out(store, study, points, ray, out)
    except KeyboardInterrupt:
        print(f"Interrupted. Resume with: python -m kdviz {resume_command}", file=sys.stderr)
        raise typer.Exit(130) from None
    rows = tidy_table(study, done)
    surveys = lru_cache(maxsize=None)(lambda run: known_survey(store, run) if study.per_image else None)
    summary = summary_table(study, rows, surveys)
    files = write_results(out, study, rows, summary)
    failed = [each for each in done if each.failed]
    if as_json:
        print_json({
            "study": study.name, "runs": len(points), "trained": sum(each.trained for each in done),
            "failed": [{"run": each.run.id, "message": each.run.record.message} for each in failed],
            "files": {name: str(path) for name, path in files.items()},
        })  # fmt: skip
    else:
        _print_figures(study, summary)
        print_line(f"Saved in {files['summary.md'].parent}: {', '.join(files)}.")
    if failed:
        _print_failures(study, failed)
        raise typer.Exit(1)


def _carried_out(
    store: Store, study: Study, points: Sequence[Point], ray: str | None, out: Path
) -> list[Done]:
    """All points, in order. Raises KdvizError before training if the folder `out` cannot be made."""
    prepare_process()
    done: dict[Point, Done] = {}
    existing = finished_runs(store, points)
    missing = len(points) - len(existing)
    with _trainers(ray if missing else None, points) as (execute, at_once):
        make_folder(out)
        with (
            StudyProgress(study, points, existing, at_once) as progress,
            closing(
                carry_out(
                    store, study, points,
                    on_start=progress.start, on_event=progress.update, execute=execute, at_once=at_once,
                )
            ) as ended,
        ):  # fmt: skip
            for each in ended:
                done[each.point] = each
                progress.end(each)
    return [done[point] for point in points]


@contextmanager
def _trainers(ray: str | None, points: Sequence[Point]) -> Iterator[tuple[Execute, int]]:
    """The function that executes a run, and how many runs it takes at once."""
    if ray is None:
        yield execute, 1
        return
    from kdviz.study.on_ray import cluster

    # Ray prints messages about dead workers to standard output, where our tables go.
    with redirect_stdout(sys.stderr), cluster(ray) as nodes:
        yield nodes.execute, nodes.slots(points)


def _print_failures(study: Study, failed: Sequence[Done]) -> None:
    for each in failed:
        run = each.run
        print(f"{each.point.label(study)}: run {run.id} {run.state}: {run.record.message}", file=sys.stderr)


class StudyProgress(TerminalBar):
    """A progress bar over all runs on standard error; one line a run elsewhere. Thread-safe."""

    def __init__(self, study: Study, points: Sequence[Point], existing: Sequence[Done], at_once: int) -> None:
        self._study, self._points = study, points
        self._known = {each.point: each for each in existing}
        self._at_once = at_once
        self._ended = 0
        self._running: dict[Point, float] = {}  # fraction done, in [0, 1]
        self._notes: set[str] = set()
        self._lock = Lock()
        self._estimate()
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[ended]}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self._task = self._bar.add_task(study.name, total=len(points), ended=0, left="")
        finished = f", {len(existing)} of them finished already" if existing else ""
        self._print(f"{study.name}: {len(points)} runs{finished}.")

    def start(self, point: Point) -> None:
        """Training of a run has started."""
        with self._lock:
            self._running[point] = 0.0
            self._estimate()
            self._show(description=self._doing())

    def update(self, point: Point, event: Event) -> None:
        """An event of a run. The bar follows the steps of the students; a repeated note is printed once."""
        with self._lock:
            if isinstance(event, StepTaken) and event.stage == "students":
                self._running[point] = event.step / event.steps
                self._show(completed=self._ended + sum(self._running.values()))
            elif isinstance(event, Preparing):
                self._show()
            elif isinstance(event, Noted):
                for note in (each for each in event.notes if each not in self._notes):
                    self._print(note)
                self._notes.update(event.notes)

    def end(self, done: Done) -> None:
        """A run has ended, or existed already."""
        with self._lock:
            self._ended += 1
            self._running.pop(done.point, None)
            self._known[done.point] = done
            self._estimate()
            self._show(description=self._doing(), completed=self._ended + sum(self._running.values()))
        if self._bar.disable and done.trained:
            self._print(
                f"{self._ended}/{len(self._points)} {done.point.label(self._study)}: {done.run.state}, "
                f"{duration(done.run.record.progress.seconds)}; {self._left() or 'done'}"
            )

    def _doing(self) -> str:
        if len(self._running) == 1:
            return next(iter(self._running)).label(self._study)
        at_once = f", {len(self._running)} at once" if self._running else ""
        return f"{self._study.name}{at_once}"

    def _show(self, **news: Any) -> None:
        if not self._bar.disable:
            self._bar.update(self._task, ended=self._ended, left=self._left(), **news)

    def _estimate(self) -> None:
        """Estimate when all runs will have ended."""
        points = [point for point in self._points if point not in self._known]
        left_s = seconds_left(points, [*self._known.values()])
        self._ready_s = time.monotonic() + left_s / max(1, min(self._at_once, len(points)))

    def _left(self) -> str:
        """The time left in words; "" if nothing is left or no run can be timed."""
        left = duration(self._ready_s - time.monotonic())
        return f"{left} left" if left and len(self._known) < len(self._points) else ""


def _print_figures(study: Study, summary: pd.DataFrame) -> None:
    rows = with_headers(figure_rows(study, summary[summary["figure"].isin(_PRINTED)]))
    columns = list(dict.fromkeys(name for row in rows for name in row))
    print_table(columns, [[row.get(name, "–") for name in columns] for row in rows], title=study.name)
