"""What a visitor of a shared server may see, change and read; and whose run is next."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kdviz.store.run import Run


def visible(run: Run, viewer: str | None) -> bool:
    """Whether a run is shown to a viewer: their own, a shared one, or all of them for None.

    Packaged runs, which the server itself has imported, are visible to all.
    """
    mine = run.record.owner == viewer
    return viewer is None or mine or run.record.shared or _packaged(run)


def in_turn(waiting: Sequence[Run], started: Sequence[Run]) -> list[Run]:
    """Runs in the order in which they are trained: each owner's first, then each owner's second, and so on.

    Among equals that owner is first whose last run was started longest ago, then the run that has waited
    longest. waiting: in order of queuing. started: runs whose training has begun.
    """
    last: dict[str, float] = {}
    for run in started:
        last[run.record.owner] = max(last.get(run.record.owner, 0.0), run.record.updated or 0.0)
    rounds: Counter[str] = Counter()
    keyed: list[tuple[int, float, int, Run]] = []
    for run in waiting:
        owner = run.record.owner
        keyed.append((rounds[owner], last.get(owner, 0.0), len(keyed), run))
        rounds[owner] += 1
    return [run for *_order, run in sorted(keyed, key=lambda each: each[:3])]


def data_root() -> Path | None:
    """The folder of this computer whose data visitors may use: KDVIZ_DATA_ROOT, None without one."""
    given = os.environ.get("KDVIZ_DATA_ROOT", "")
    return Path(given) if given else None


def inside(path: str | Path, folder: Path, *, depth: int = 0) -> bool:
    """Whether a path, with its links followed, is a folder or in it, at least `depth` levels down."""
    try:
        below = Path(path).resolve().relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
    return len(below.parts) >= depth


def _packaged(run: Run) -> bool:
    from kdviz.store.prepared_examples import came_with_kdviz

    return not run.record.owner and came_with_kdviz(run)
