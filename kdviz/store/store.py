"""The store: a directory of runs, with their states, metrics, weights, maps and results."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kdviz.config import stored_config
from kdviz.errors import StoreError
from kdviz.journal import note
from kdviz.store import metrics, rows, sweeping
from kdviz.store.annotations import annotation_columns
from kdviz.store.failures import as_store_errors
from kdviz.store.folder import RunFiles
from kdviz.store.ids import reserved
from kdviz.store.marks import MARKS_FILE, MARKS_FOLDER, keep_marks, with_own_marks
from kdviz.store.records import Metric
from kdviz.store.run import Run
from kdviz.store.sweeping import Health, held_unfinished, run_folders
from kdviz.store.teachers import TeacherStore
from kdviz.store.uploads import UPLOADS_FOLDER, Uploads
from kdviz.store.visitors import data_root, inside
from kdviz.types import Measured, Weights

if TYPE_CHECKING:
    from kdviz.store.unpacking import Settings


_TAKEN_BACK = "Taken back from its folder. Its results and curves were lost with the database."


class Store(RunFiles):
    """A directory of runs. Safe for any number of threads and processes."""

    def __init__(self, directory: Path | str) -> None:
        """Creates what is missing. Raises StoreError if the directory cannot be used."""
        super().__init__(directory)
        self._shelf = TeacherStore(self.directory)

    @property
    def uploads(self) -> Uploads:
        """The uploads of the directory; those that are kept through it belong to its viewer."""
        return Uploads(self.directory, self._rows.configs, self.viewer)

    # --- runs -----------------------------------------------------------------------------------

    def create(
        self,
        config: Mapping[str, Any],
        *,
        key: str = "",
        state: Literal["queued", "running"] = "queued",
        name: str = "",
    ) -> str:
        """Create a run and return its id. `queued` leaves it to a worker, `running` to the calling process.

        config: JSON types only. Marks that it names are copied into the run's folder. key: identifies it.
        """
        now = time.time()
        times = {"created": now, "updated": now, "queued": now if state == "queued" else None}
        row = {"state": state, "config_key": key, **times, **annotation_columns(name=name)}
        row["owner"] = self.viewer or ""
        with self._new_folder() as folder:
            config = with_own_marks(config, folder)
            row["config"] = json.dumps(config)
            self._write_json(folder / "config.json", config)
            with self._database.writing() as connection:
                rows.add(connection, {**row, "id": folder.name})
        return folder.name

    def import_run(self, path: Path | str, settings: Settings = dict) -> str:
        """Import a run from a zip that `export` wrote, and return its id.

        It keeps its id if that is free; `origin` is the id in the zip. The zip holds no trainer state:
        resuming starts over. settings: upgrades a stored config, or raises KdvizError.
        Raises StoreError, and leaves nothing behind, if the file is damaged or not an exported run.
        """
        from kdviz.store.unpacking import opened_archive  # building its pydantic models is slow

        with opened_archive(Path(path)) as archive:
            config: Mapping[str, Any] = archive.config(settings)
            with self._new_folder(archive.run.id) as folder:
                archive.unpack(folder)
                if (folder / MARKS_FILE).exists():
                    config = with_own_marks(config, folder)
                self.check_files(config)
                self._write_json(folder / "config.json", config)
                with self._database.writing() as connection:
                    columns = {**archive.columns(config), "owner": self.viewer or ""}
                    rows.add(connection, {**columns, "id": folder.name})
                    metrics.insert_all(connection, folder.name, archive.metrics)
        return folder.name

    def set_key(self, run_id: str, key: str) -> None:
        """Change the key of the config, when files that it names have changed since `create`."""
        self._update(run_id, {"config_key": key})

    def annotate(
        self,
        run_id: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
        pinned: bool | None = None,
    ) -> None:
        """Change name, note, tags or pin; None keeps one. Raises StoreError if a text is too long."""
        self.run(run_id)
        if written := annotation_columns(name=name, note=note, tags=tags, pinned=pinned):
            self._update(run_id, written)

    def share(self, run_id: str, *, shared: bool) -> None:
        """Show a run to every visitor, or no longer. Raises StoreError for somebody else's."""
        self._update(run_id, {"shared": int(shared)})

    def may_read(self, path: Path | str) -> bool:
        """Whether a file of this computer may be named: a visitor may name uploads, marks and `data_root`."""
        if self.viewer is None:
            return True
        root, marks = data_root(), self.directory / MARKS_FOLDER
        kept = inside(path, self.directory / UPLOADS_FOLDER, depth=2) or inside(path, marks, depth=1)
        return kept or (root is not None and inside(path, root))

    def check_files(self, config: Mapping[str, Any]) -> None:
        """Raises StoreError if a setting names a file that may not be read."""
        for name in ("data", "teacher_weights", "marks"):
            given = config.get(name)
            if given not in (None, "", "imagenet") and not self.may_read(str(given)):
                raise StoreError(f"{name}: files of this computer cannot be named here. Upload them.")

    # --- metrics --------------------------------------------------------------------------------

    def add_metrics(self, run_id: str, measured: Measured) -> None:
        """Add numbers. Within an epoch, only as many points are kept as a curve can show."""
        with self._database.writing() as connection:
            metrics.insert(connection, run_id, measured)

    def metrics(self, run_id: str, after: int = 0) -> list[Metric]:
        """The numbers written after row `after`, in order of writing: poll with the last row that was read.

        A resumed run has a new `attempt`, and some rows are gone: read from 0 again.
        """
        self.run(run_id)
        with self._database.reading() as connection:
            return metrics.after(connection, run_id, after)

    # --- files ----------------------------------------------------------------------------------

    def rewind(self, run_id: str) -> Mapping[str, Any] | None:
        """`resume_state`, after removing what was recorded since: it will be recorded again."""
        saved = self._saved(run_id)
        stage, epoch = (saved.stage, saved.epoch) if saved else (None, 0)
        with self._database.writing() as connection:
            metrics.forget_after(connection, run_id, stage, epoch)
            connection.execute("UPDATE runs SET attempt = attempt + 1 WHERE id = ?", (run_id,))
        self._forget_probes_after(run_id, epoch if stage == "students" else -1)
        return saved.state if saved else None

    def own_files(self, run_id: str) -> Mapping[str, str]:
        """The files in the run's folder, by the setting that they are a copy of: its marks, if it has any."""
        marks = self._folder(run_id) / MARKS_FILE
        return {"marks": str(marks)} if marks.exists() else {}

    def keep_marks(self, content: bytes) -> Path:
        """Write marks for the setting `marks` of new runs. content: of `Marks.to_bytes`."""
        return keep_marks(self.directory, content)

    def save_teacher(self, key: str, weights: Weights) -> None:
        """Cache a trained teacher for all runs with the same key."""
        self._shelf.save(key, weights)

    def teacher(self, key: str) -> Weights | None:
        """The cached teacher: of this directory, else one shipped with kdviz, else None."""
        return self._shelf.find(key)

    def has_teacher(self, key: str) -> bool:
        """Whether a teacher is cached. It is not read, so it may be damaged."""
        return self._shelf.has(key)

    def export(self, run_id: str, target: Path) -> Path:
        """Write the run to the zip file `target`: settings, card, results, curves, weights and probe maps.

        A damaged run is written as it is: its row, its numbers that can be read, and all its files.
        """
        from kdviz.store.export import pack, pack_raw

        run, folder = self._find(run_id), self._folder(run_id)
        with self._database.reading() as connection:
            numbers = metrics.after(connection, run_id, 0)
        if isinstance(run, Run):
            pack(run, numbers, folder, target)
        else:
            pack_raw(self._rows.raw(run_id), numbers, folder, target)
        return target

    def sweep(self) -> list[Path]:
        """Remove what killed processes left: temporary files, and folders of runs that were never listed.

        Returns what was removed. What a living process is writing is left alone.
        """
        with as_store_errors(self.directory):
            return sweeping.sweep(self.directory, self._rows.ids)

    def checked(self) -> Health:
        """What is wrong with the directory, after removing litter."""
        swept, folders, ids = self.sweep(), set(run_folders(self.directory)), self._rows.ids()
        return Health(
            database=self._database.problem(),
            damaged=tuple(run.id for run in self.damaged_runs(include_deleted=True)),
            lost=tuple(sorted(ids - folders)),
            orphans=tuple(sorted(folders - ids)),
            swept=tuple(swept),
        )

    def take_back(self, run_id: str) -> None:
        """List the run of a folder that the database does not know, as interrupted. Raises StoreError."""
        config = self._read(self.directory / run_id / "config.json", json.loads)
        stored_config(config)
        created = time.mktime(time.strptime(run_id[:13], "%Y%m%d-%H%M"))
        row = {"id": run_id, "state": "interrupted", "message": _TAKEN_BACK, "config": json.dumps(config)}
        times = {"created": created, "updated": time.time(), "finished": time.time()}
        with self._database.writing() as connection:
            rows.add(connection, {**row, **times, "config_key": "", **annotation_columns(name="")})

    def back_up(self) -> Path:
        """Copy the database to a file beside it, whose path is returned."""
        return self._database.back_up()

    # --- deleting, in two steps -----------------------------------------------------------------

    def delete(self, run_id: str) -> None:
        """Hide a run, also from the queue; `restore` undoes it. Raises StoreError while it is running."""
        self.mark_interrupted()
        run = self._find(run_id)
        if isinstance(run, Run) and run.live:
            raise StoreError(f"run {run_id}: is {run.state}, so it cannot be deleted. Stop it first.")
        self.set_state(run_id, "cancelled", only_from={"queued"})
        self._update(run_id, {"deleted": time.time()})
        note("run deleted", run=run_id, visitor=self.viewer)

    def restore(self, run_id: str) -> None:
        """Undo `delete`."""
        self._update(run_id, {"deleted": None})

    def purge(self, run_id: str) -> None:
        """Remove a deleted run with its folder. Raises StoreError if it was not deleted before."""
        self._check_own(run_id)
        if not self._find(run_id).deleted:
            raise StoreError(f"run {run_id}: is not deleted, so it cannot be purged. Delete it first.")
        folder = self._folder(run_id)
        with as_store_errors(self.directory):
            if folder.exists():
                shutil.rmtree(folder)
        self._rows.remove(run_id)
        note("run purged", run=run_id, visitor=self.viewer)

    @contextmanager
    def _new_folder(self, wanted: str = "") -> Iterator[Path]:
        """An empty folder with a new id, removed again if the body raises, or by `sweep` if it is killed."""
        folder = self.directory / reserved(self.directory, wanted)
        with held_unfinished(folder):
            try:
                yield folder
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
