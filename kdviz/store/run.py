"""A run as the rest of kdviz sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from kdviz.config import RunConfig, stored_config
from kdviz.errors import StoreError
from kdviz.store.records import ENDED, LIVE, RunRecord, run_record
from kdviz.store.results import completed, from_json
from kdviz.store.titles import run_title
from kdviz.types import Results, RunState


@dataclass(frozen=True)
class Run:
    """One run.

    record: its row in the database. config: its settings; files that they name may be gone. results: by arm;
    None until it has finished.
    """

    record: RunRecord
    config: RunConfig
    results: Results | None

    @property
    def deleted(self) -> bool:
        """Whether it is hidden, and can be restored."""
        return self.record.deleted is not None

    @property
    def id(self) -> str:
        """Its name in URLs, commands and folders."""
        return self.record.id

    @property
    def state(self) -> RunState:
        """Its state now."""
        return self.record.state

    @property
    def title(self) -> str:
        """Its given name, else its settings and time. See `run_title`."""
        return run_title(self.config, self.record.created, given=self.record.name)

    @property
    def untimed_title(self) -> str:
        """The same without the time, for use beside it."""
        return run_title(self.config, None, given=self.record.name)

    @property
    def live(self) -> bool:
        """Whether a process works on it."""
        return self.state in LIVE

    @property
    def ended(self) -> bool:
        """Whether it is neither queued nor in training."""
        return self.state in ENDED


@dataclass(frozen=True)
class DamagedRun:
    """A row that cannot be read as a run. It can only be deleted, restored, purged and exported as it is.

    part: what cannot be read.
    """

    id: str
    deleted: bool
    part: Literal["record", "settings", "results"]

    @property
    def error(self) -> StoreError:
        """What to say when this run is requested."""
        verb = "is" if self.part == "record" else "are"
        return StoreError(
            f"run {self.id}: its {self.part} {verb} damaged and cannot be read. Delete it, export it as it "
            "is, or put back a copy of kdviz.sqlite."
        )


def run_from_row(row: Mapping[str, Any]) -> Run | DamagedRun:
    """The run of a row, or what is left of it."""
    return _run(tuple(row.keys()), tuple(row[column] for column in row.keys()))  # noqa: SIM118  # no mapping


@lru_cache(maxsize=4096)
def _run(columns: tuple[str, ...], values: tuple[Any, ...]) -> Run | DamagedRun:
    """Cached, since pages read all runs at every click, and few rows have changed."""
    row = dict(zip(columns, values, strict=True))
    part: Literal["record", "settings", "results"] = "record"
    try:
        record = run_record(row)
        part = "settings"
        config = _config(row["config"])
        part = "results"
        results = None if row["results"] is None else completed(from_json(row["results"]), config.all_arms)
    except Exception:  # readers raise anything for foreign content
        return DamagedRun(str(row["id"]), row["deleted"] is not None, part)
    return Run(record, config, results)


@lru_cache(maxsize=4096)
def _config(text: str) -> RunConfig:
    """Cached on its own, since the other columns of a run in training change."""
    return stored_config(json.loads(text))
