"""Commands that train: `distill`, `resume` and `study`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kdviz.cli.child import in_child
from kdviz.cli.clip_length import with_clip_seconds
from kdviz.cli.foreign_teachers import TeacherCode, with_program
from kdviz.cli.options import RUNS, AsJson, RunId, RunsDir, runs_dir_option, with_config_options
from kdviz.cli.printing import print_json, print_line, print_mistake, print_results, results_json
from kdviz.cli.progress import RunProgress
from kdviz.comparison import label_counts
from kdviz.config import make_config
from kdviz.errors import StoreError
from kdviz.jobs import continued, execute, prepare_process, submit
from kdviz.jobs import resume as resume_run
from kdviz.store import Store
from kdviz.study import read_study


@with_config_options
def distill(
    settings: dict[str, Any],
    *,
    name: Annotated[str, typer.Option("--name", help="A name for the run.")] = "",
    teacher_code: TeacherCode = "",
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Train a teacher (unless it is cached), a student with λ and its λ = 0 twin, and compare their maps."""
    settings = with_clip_seconds(settings, say=not as_json)
    settings = with_program(settings, teacher_code, runs_dir)
    if parent := settings.get("parent"):
        config = continued(Store(runs_dir).run(parent), settings)
    else:
        config = make_config(settings)
    store = Store(runs_dir)
    store.sweep()
    _train(store, submit(store, config, name, foreground=True), as_json=as_json)


def resume(run: RunId, *, as_json: AsJson = False, runs_dir: RunsDir = RUNS) -> None:
    """Continue a run that was interrupted, stopped or failed, from its last full epoch."""
    store = Store(runs_dir)
    resume_run(store, run, foreground=True)
    _train(store, run, as_json=as_json)


def study(
    file: Annotated[Path, typer.Argument(help="A TOML file: settings, and a grid of what varies.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder for the tables; FILE-results if left out.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="ADDRESS",
            help="Train on Ray, one run per CPU or GPU, with the figures of one thread: `local` starts Ray "
            "on this machine; a cluster's address is `ray://HOST:10001`, or `auto` on one of its machines.",
        ),
    ] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Train the missing runs of a study, and write its results over seeds as tables."""
    plan = read_study(file)
    options = {"--ray": ray, "--out": out}
    given = [str(part) for option, value in options.items() if value for part in (option, value)]
    command = shlex.join(["study", str(file), *given, *runs_dir_option(runs_dir)])
    in_child(resume_command=command)
    from kdviz.cli.study import run_study

    out = out or Path(f"{file.stem}-results")
    run_study(*plan, Store(runs_dir), out, ray=ray, as_json=as_json, resume_command=command)


def _train(store: Store, run_id: str, *, as_json: bool) -> None:
    """Train a run now and print its results. The run exists already, so a child process resumes it."""
    command = ["resume", run_id, *runs_dir_option(store.directory)]
    in_child([*command, "--json"] if as_json else command, resume_command=shlex.join(command))
    prepare_process()
    try:
        with RunProgress() as progress:
            run = execute(store, run_id, progress)
    except KeyboardInterrupt:
        print(f"Interrupted. Resume with: python -m kdviz {shlex.join(command)}", file=sys.stderr)
        raise typer.Exit(130) from None
    if run.state != "finished" or run.results is None:
        raise StoreError(f"run {run_id} {run.state}: {run.record.message}")
    if as_json:
        seconds = round(run.record.progress.seconds, 1)
        print_json({"run": run_id, "seconds": seconds, "arms": results_json(run)})
        return
    print_mistake(run)
    print_results(store, run, label_counts(run.config))
    print_line(f"Run {run_id}. Look closer: python -m kdviz explain {run_id}")
    if parent := run.config.parent:
        print_line(f"It goes on from {parent}. What changed: python -m kdviz compare {parent} {run_id}")
