"""A run's metrics, read from the store once for all sessions, and their charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import plotly.graph_objects as go
import streamlit as st

from kdviz.figures.charts import (
    LOSS_PARTS,
    CurveAxis,
    CurveInfo,
    accuracy_info,
    agreement_info,
    current_stage,
    curve_alt,
    curve_figure,
    loss_info,
    smoothed,
)
from kdviz.language import language, speaking
from kdviz.store import Run, Store, grouped
from kdviz.types import Measured, Stage

_HEIGHT, _LOSS_HEIGHT = 300, 220  # pixels

_DRAWN_FROM = {"accuracy": ("validation_accuracy", "cue_intact_accuracy"), "agreement": ("agreement",)}
"""The metrics of a chart that has another name than its only one."""


@dataclass
class History:
    """The metrics of one attempt of a run that were read so far."""

    measured: list[Measured] = field(default_factory=list)
    last_row: int = 0
    lock: Lock = field(default_factory=Lock)

    def update(self, store: Store, run_id: str) -> tuple[Measured, ...]:
        """All metrics so far; reads only the new ones."""
        with self.lock:
            rows = store.metrics(run_id, self.last_row)
            if rows:
                self.measured.extend(grouped(rows))
                self.last_row = rows[-1].row
            return tuple(self.measured)


@dataclass(frozen=True)
class CurveChart:
    """A chart as a page shows it."""

    name: str
    info: CurveInfo
    figure: go.Figure
    alt: str


def history(store: Store, run: Run) -> tuple[Measured, ...]:
    """A run's metrics so far."""
    return _history(str(store.directory), run.id, run.record.attempt).update(store, run.id)


def charts(
    store: Store, run: Run, measured: tuple[Measured, ...], over: CurveAxis, names: tuple[str, ...]
) -> list[CurveChart]:
    """The charts of a run that have data; over epochs if no times were recorded.

    names: "accuracy", "agreement" and those of `LOSS_PARTS`.
    """
    stage = current_stage(measured)
    return _charts(
        str(store.directory), run.id, run.record.attempt, (stage, _count(measured, names)), over, names,
        _epochs(run, stage), language(), measured,
    )  # fmt: skip


def _count(measured: tuple[Measured, ...], names: tuple[str, ...]) -> int:
    """The number of values behind these charts: losses come with each batch, others rarely."""
    metrics = [metric for name in names for metric in _DRAWN_FROM.get(name, (name,))]
    return sum(metric in each.values for each in measured for metric in metrics)


@st.cache_resource(max_entries=128, show_spinner=False)
def _history(directory: str, run_id: str, attempt: int) -> History:
    return History()


@st.cache_resource(max_entries=128, show_spinner=False)
def _charts(
    directory: str,
    run_id: str,
    attempt: int,
    version: tuple[Stage, int],
    over: CurveAxis,
    names: tuple[str, ...],
    epochs: int,
    spoken: str,
    _measured: tuple[Measured, ...],
) -> list[CurveChart]:
    """Drawn once for all sessions. version: the stage, and the number of values. spoken: the language."""
    with speaking(spoken):
        infos = {name: _info(name, _measured) for name in names}
        return [
            _drawn(name, info, _possible(info, over), epochs) for name, info in infos.items() if info.lines
        ]


def _info(name: str, measured: tuple[Measured, ...]) -> CurveInfo:
    if name in LOSS_PARTS:
        return smoothed(loss_info(measured, name))
    return accuracy_info(measured) if name == "accuracy" else agreement_info(measured)


def _epochs(run: Run, stage: Stage) -> int:
    """Of a stage, as long as the run may go on; then the charts show what was done."""
    if run.ended:
        return 0
    return run.config.epochs if stage == "students" else run.config.teacher_epochs


def _drawn(name: str, info: CurveInfo, over: CurveAxis, epochs: int) -> CurveChart:
    height = _LOSS_HEIGHT if name in LOSS_PARTS else _HEIGHT
    figure = curve_figure(info, height=height, over=over, epochs=epochs)
    return CurveChart(name, info, figure, curve_alt(info))


def _possible(info: CurveInfo, over: CurveAxis) -> CurveAxis:
    return over if info.has_time else "epochs"
