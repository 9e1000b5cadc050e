"""Titles of runs, made from their settings. Links and commands use ids instead."""

from __future__ import annotations

import re
import time
from pathlib import Path

from kdviz.config import RunConfig
from kdviz.datasets import CUES, DATASETS
from kdviz.datasets.file_source import printable
from kdviz.figures.style import lambda_text
from kdviz.language import _, listed
from kdviz.losses import MAP_SOURCES

PREPARED_NAME = "Prepared run"
"""The name of the run that comes with kdviz; the only one that is translated."""

_LONGEST_NAME = 30

_FILES = (".zip", ".npz", ".csv", ".tsv", ".jsonl", ".ndjson")
"""Endings that are left out of a name."""


def run_title(config: RunConfig, created: float | None, *, given: str = "") -> str:
    """The given name, else a title from the settings: "Shapes, coloured patch, λ 30 · 03:05".

    Names that earlier versions gave to runs of studies have field names, which pages do not use.

    created: seconds since 1970; titles of runs of earlier days include the date. None leaves the time out.
    A deliberate mistake is mentioned first.
    """
    name = _("Prepared run") if given == PREPARED_NAME else _with_symbols(given)
    if not name:
        name = _settings(config)
        if created is not None:
            name = _("{settings} · {time}").format(settings=name, time=_moment(created))
    if config.mistake == "none":
        return name
    return _("MISTAKE {mistake} · {name}").format(mistake=config.mistake, name=name)


def _with_symbols(name: str) -> str:
    """E.g. "Few: λ = 3, seed 0" for "Few: explanation_weight = 3, seed = 0"."""
    if ": " not in name:
        return name
    return re.sub(r"\bseed = (\d+)$", r"seed \1", name).replace("explanation_weight = ", "λ = ")


def _settings(config: RunConfig) -> str:
    parts = [dataset_name(config)]
    if config.cue != "none":
        parts.append(_(CUES[config.cue].label).lower() if config.cue in CUES else config.cue)
    parts.append(f"λ {lambda_text(config.explanation_weight, config.explanation_share)}")
    if config.map_source == "mask" and config.marks:
        parts.append(_("marks"))
    elif config.map_source != "teacher":
        parts.append(_(MAP_SOURCES[config.map_source].label).lower())
    if config.seed:
        parts.append(_("seed {seed}").format(seed=config.seed))
    return listed(parts)


def dataset_name(config: RunConfig) -> str:
    """The label of the data set; of a visitor's own files the name of their file or folder."""
    spec = DATASETS.get(config.dataset)
    if spec is None:
        return config.dataset
    if spec.own_files and config.data and (name := _file_name(config.data)):
        return name
    return _(spec.label)


def _file_name(path: str) -> str:
    """Without its ending, if it is an archive or a table."""
    file = Path(path)
    name = file.stem if file.suffix.lower() in _FILES else file.name
    return printable(name)[:_LONGEST_NAME]


def _moment(created: float) -> str:
    made, today = time.localtime(created), time.localtime()
    return time.strftime("%H:%M" if made[:3] == today[:3] else "%Y-%m-%d %H:%M", made)
