"""Files that a new run's settings name, checked before the run is made: a wrong one leaves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.datasets import counted
from kdviz.store import Store

if TYPE_CHECKING:
    from kdviz.config import RunConfig

_FITTING: set[tuple[str, str]] = set()
"""Teachers whose files this process has read and found right: a study has one teacher for many runs."""


def check_given_files(store: Store, config: RunConfig) -> None:
    """Raise an error of one line if a run with these settings could not use its files.

    StoreError for a file that a visitor may not name, DataError for one that contains no marks or not the
    columns that are given, ModelError for weights of which its teacher cannot be made, or that do not fit the
    classes of its data.
    """
    store.check_files(config.model_dump(mode="json"))
    if config.marks:
        from kdviz.datasets import read_marks  # imports torch

        read_marks(Path(config.marks))
    if config.columns.settings:
        counted(config.dataset, config.data, config.columns)
    if config.teacher_weights:
        _check_teacher(config)


def _check_teacher(config: RunConfig) -> None:
    key = (config.teacher_key, config.explained_layer)
    if key in _FITTING:
        return
    from kdviz.networks import check_teacher_file  # imports torch

    check_teacher_file(config, counted(config.dataset, config.data, config.columns).classes)
    _FITTING.add(key)
