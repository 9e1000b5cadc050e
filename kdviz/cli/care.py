"""Commands that look after the runs directory: `delete` and `doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kdviz.cli.options import RUNS, AsJson, RunId, RunsDir
from kdviz.cli.printing import print_json, print_line
from kdviz.errors import DamagedDatabaseError, KdvizError
from kdviz.store import Store
from kdviz.store.database import move_database_away
from kdviz.store.sweeping import Health


def delete(
    run: RunId,
    *,
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove its files for good; else the page Runs can restore it.")
    ] = False,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Delete a run, damaged or not."""
    store = Store(runs_dir)
    store.delete(run)
    if purge:
        store.purge(run)
    if as_json:
        print_json({"run": run, "purged": purge})
    else:
        print_line(
            f"Run {run} was {'removed for good' if purge else 'deleted. The page Runs can restore it'}."
        )


def doctor(
    *,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="List run folders again that the database does not know. Backs it up."),
    ] = False,
    as_json: AsJson = False,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Check the runs directory: database, damaged runs, folders, and files that killed processes left."""
    store, found, backup = _checked(runs_dir, repair=repair)
    if repair and found.orphans:
        backup = backup or store.back_up()
    taken, refused = _taken_back(store, found.orphans if repair else ())
    wrong = bool(found.database or found.damaged or found.lost or set(found.orphans) - set(taken))
    if as_json:
        done = {"taken_back": taken, "refused": refused, "backup": str(backup) if backup else None}
        print_json({**asdict(found), "swept": [str(path) for path in found.swept], **done})
    else:
        for line in [*_lines(found, repair=repair), *_repairs(backup, taken), *refused]:
            print_line(line)
        if not wrong:
            print_line(f"{len(store.runs())} runs. Nothing is wrong.")
    if wrong:
        raise typer.Exit(1)


def _checked(runs_dir: Path, *, repair: bool) -> tuple[Store, Health, Path | None]:
    """The store and what is wrong with it; with `repair`, a damaged database is moved away first.

    Its new path comes back as well.
    """
    try:
        store = Store(runs_dir)
        found = store.checked()
        if not (repair and found.database):
            return store, found, None
    except DamagedDatabaseError:
        if not repair:
            raise
    away = move_database_away(Path(runs_dir).absolute())
    store = Store(runs_dir)
    return store, store.checked(), away


def _taken_back(store: Store, orphans: Sequence[str]) -> tuple[list[str], list[str]]:
    """The runs that are listed again, and a line for each other one."""
    taken, refused = [], []
    for run_id in orphans:
        try:
            store.take_back(run_id)
            taken.append(run_id)
        except KdvizError as error:
            refused.append(str(error).splitlines()[0])
    return taken, refused


def _lines(found: Health, *, repair: bool) -> Iterator[str]:
    if found.database:
        yield f"The database is damaged: {found.database}. Repair it with: python -m kdviz doctor --repair"
    yield from (f"Run {run_id} is damaged: export it, or delete it." for run_id in found.damaged)
    yield from (f"Run {run_id} has lost its folder: delete it." for run_id in found.lost)
    if not repair:
        for run_id in found.orphans:
            yield f"Folder {run_id} belongs to no run. Take it back with: python -m kdviz doctor --repair"
    yield from (f"Removed what a killed process left: {path.name}" for path in found.swept)


def _repairs(backup: Path | None, taken: Sequence[str]) -> Iterator[str]:
    if backup:
        yield f"The database as it was: {backup}"
    yield from (f"Took back run {run_id}, without its results and curves." for run_id in taken)
