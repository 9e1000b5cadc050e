"""Train the run that comes with the package: `python scripts/make_prepared_run.py`.

The default settings, with the placebo as a third student, in about a minute on one core.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from kdviz.config import make_config
from kdviz.jobs import execute, prepare_process, submit
from kdviz.store import Store
from kdviz.store.prepared import NAME, PREPARED

_MOST_BYTES = 2_000_000


def main() -> None:
    """Write kdviz/prepared/run.zip."""
    prepare_process()
    with tempfile.TemporaryDirectory() as directory:
        store = Store(directory)
        config = make_config({"arms": ("student", "twin", "placebo")})
        run_id = submit(store, config, NAME, foreground=True)
        run = execute(store, run_id)
        if run.state != "finished":
            raise SystemExit(f"The run is {run.state}: {run.message}")
        PREPARED.parent.mkdir(exist_ok=True)
        store.export(run_id, PREPARED)
    size = PREPARED.stat().st_size
    print(f"{PREPARED.relative_to(Path.cwd())}: {size:,} bytes")
    if size > _MOST_BYTES:
        raise SystemExit(f"Too large for the package: at most {_MOST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
