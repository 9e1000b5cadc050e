"""Files that the settings of a run name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os.path import isfile
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.checkpoints import missing_part, transformer_hash
from kdviz.content import file_hash
from kdviz.datasets import fingerprint
from kdviz.models import PRETRAINED

if TYPE_CHECKING:
    from kdviz.config.run_config import RunConfig

FILES_ELSEWHERE = "files are on another machine"
"""Validation context in which files named by the settings need not exist."""


def contents(config: RunConfig) -> Mapping[str, str]:
    """Hashes of the user's files, by setting."""
    found = {"data": fingerprint(config.dataset, config.data)}
    for name in ("teacher_weights", "marks"):
        given = getattr(config, name)
        if name == "teacher_weights" and config.teacher == PRETRAINED:
            if given and not missing_part(Path(given)):
                found[name] = transformer_hash(Path(given))
        elif given and given != "imagenet" and isfile(given):
            found[name] = file_hash(Path(given))
    return found


def missing_files(config: RunConfig) -> Iterator[str]:
    """A line for each file that the settings name and that does not exist."""
    if config.teacher == PRETRAINED:
        if config.teacher_weights and (problem := missing_part(Path(config.teacher_weights))):
            yield problem
    elif config.teacher_weights not in (None, "imagenet") and not isfile(config.teacher_weights):
        yield f"teacher_weights: no file {config.teacher_weights!r}. Give a file of weights or 'imagenet'."
    if config.marks and not isfile(config.marks):
        yield f"marks: no file {config.marks!r}. Give a file of marks."
