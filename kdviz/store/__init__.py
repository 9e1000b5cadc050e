"""Runs on disk: a SQLite database, a folder for each run, and cached teachers."""

from kdviz.store.card import made_here
from kdviz.store.metrics import grouped
from kdviz.store.records import Metric, Progress, RunRecord
from kdviz.store.results import to_plain
from kdviz.store.run import DamagedRun, Run
from kdviz.store.store import Store

__all__ = [
    "DamagedRun",
    "Metric",
    "Progress",
    "Run",
    "RunRecord",
    "Store",
    "grouped",
    "made_here",
    "to_plain",
]
