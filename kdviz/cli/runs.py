"""Commands on stored runs: `runs`, `show`, `compare`, `export` and `import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kdviz.cli.options import RUNS, AsJson, RunId, RunsDir
from kdviz.cli.parents import changes_json, changes_to_parents, print_changes
from kdviz.cli.printing import (
    print_json,
    print_line,
    print_mistake,
    print_results,
    print_saved,
    print_table,
    results_json,
)
from kdviz.comparison import check_run_count, different_settings, on_same_images, seed_groups
from kdviz.datasets import DATASETS
from kdviz.figures.style import lambda_text
from kdviz.jobs import import_run as import_archive
from kdviz.language import speaking_of
from kdviz.narrative import different_images, seeds_sentence
from kdviz.store import Run, Store

_SUMMARY_SETTINGS = ("dataset", "teacher", "student", "explanation_weight", "seed")


def runs(*, as_json: AsJson = False, runs_dir: RunsDir = RUNS) -> None:
    """List the runs, newest first."""
    store = Store(runs_dir)
    store.mark_interrupted()
    stored, damaged = store.runs(), store.damaged_runs()
    if as_json:
        lost = [{"id": run.id, "state": "damaged", "message": str(run.error)} for run in damaged]
        print_json([*map(_summary, stored), *lost])
    elif stored or damaged:
        columns = ("run", "state", "data set", "teacher", "student", "λ", "name")
        print_table(columns, [*map(_row, stored), *((run.id, "damaged", *[""] * 5) for run in damaged)])
    else:
        print_line(f"No runs in {runs_dir} yet. Start one: python -m kdviz distill")


def show(run: RunId, *, as_json: AsJson = False, runs_dir: RunsDir = RUNS) -> None:
    """Show the settings and results of a run."""
    store = Store(runs_dir)
    found = store.run(run)
    if as_json:
        config = found.config.model_dump(mode="json")
        print_json({**_summary(found), "config": config, "arms": results_json(found)})
        return
    print_line(f"{found.id}  {found.state}  {found.record.message}".rstrip())
    print_mistake(found)
    print_table(("setting", "value"), list(found.config.model_dump().items()))
    print_results(store, found)


def compare(
    run_ids: Annotated[list[str], typer.Argument(metavar="RUN", help="Ids of two to six runs.")],
    *,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Compare two to six runs: the settings in which they differ, their results, and means over seeds.

    Of a run that goes on from another one of them, also which answers have changed, class by class.
    """
    check_run_count(len(run_ids))
    store = Store(runs_dir)
    stored = [store.run(run_id) for run_id in run_ids]
    configs = [run.config for run in stored]
    different = different_settings(configs)
    changes = changes_to_parents(store, stored)
    if as_json:
        summaries, arms = [_summary(run) for run in stored], [results_json(run) for run in stored]
        print_json(
            {"runs": summaries, "different": different, "arms": arms, "changes": changes_json(changes)}
        )
        return
    print_table(("setting", *run_ids), [(name, *values) for name, values in different.items()])
    with speaking_of(DATASETS[configs[0].dataset].modality):
        if not on_same_images(configs):
            print_line(different_images())
        for run in stored:
            print_line(f"\n{run.id}  {run.state}")
            print_results(store, run)
        for group in seed_groups(configs, [run.results for run in stored]):
            print_line(f"\n{', '.join(run_ids[place] for place in group.places)}: {seeds_sentence(group)}")
        print_changes(changes)


def export(
    run: RunId,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="The zip file; RUN.zip if left out.")] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Export a run as a zip: settings, card, results, curves, weights and probe maps.

    A damaged run is written as it is: a copy to keep, which `import` does not take.
    """
    store = Store(runs_dir)
    target = store.export(run, out or Path(f"{run}.zip"))
    damaged = run in {each.id for each in store.damaged_runs(include_deleted=True)}
    if as_json:
        size = target.stat().st_size
        print_json({"run": run, "file": str(target), "bytes": size, "damaged": damaged})
        return
    if damaged:
        print_line("The run is damaged: its row and files were written as they are.")
    print_saved(target)


def import_run(
    file: Annotated[Path, typer.Argument(help="A zip that `export` wrote, on this or another machine.")],
    *,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Import an exported run."""
    store = Store(runs_dir)
    store.sweep()
    run = store.run(import_archive(store, file))
    origin = run.record.origin
    if as_json:
        print_json({"run": run.id, "origin": origin, "state": run.state})
        return
    taken = f" The id {origin} was taken already." if run.id != origin else ""
    print_line(f"Imported as run {run.id}.{taken} Look at it: python -m kdviz show {run.id}")


def _row(run: Run) -> tuple[str, ...]:
    config = run.config
    weight = lambda_text(config.explanation_weight, config.explanation_share)
    name = run.record.name if config.mistake == "none" else run.title
    return run.id, run.state, config.dataset, config.teacher, config.student, weight, name


def _summary(run: Run) -> dict[str, Any]:
    record, mistake, parent = run.record, run.config.mistake, run.config.parent
    return {
        "id": record.id, "name": record.name, "state": record.state, "message": record.message,
        "created": record.created, "finished": record.finished, "seconds": record.progress.seconds,
        **{name: getattr(run.config, name) for name in _SUMMARY_SETTINGS},
        **({} if mistake == "none" else {"mistake": mistake}), **({"parent": parent} if parent else {}),
    }  # fmt: skip
