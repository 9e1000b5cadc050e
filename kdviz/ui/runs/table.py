"""The table of all runs, with a filter and row selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.config import RunConfig
from kdviz.language import _
from kdviz.metrics import METRICS
from kdviz.models import network_label
from kdviz.store import Run, Store
from kdviz.store.titles import dataset_name
from kdviz.types import ArmResult
from kdviz.ui.frame.formatting import STATES
from kdviz.ui.frame.projector import projecting
from kdviz.ui.frame.responsive import WIDE, only_when
from kdviz.ui.frame.run_menu import title_with_origin
from kdviz.ui.runs.cards import run_cards
from kdviz.ui.runs.chosen_bar import chosen_bar
from kdviz.ui.runs.run_selection import chosen_runs, listed_runs, mark_rows, take_rows, write_chosen
from kdviz.ui.widgets.downloads import without_formulas
from kdviz.ui.widgets.metric_columns import column_value, metric_column, with_decimals
from kdviz.ui.widgets.setting_names import setting_value

_LETTER_PX = 7
_ROW_PX, _MOST_PX, _MOST_COMPARED_PX = 35, 400, 230
"""The table is lower above a comparison, so that this begins in sight."""
_BORDER_PX = 2


def runs_table(store: Store) -> list[Run]:
    """The table, pinned runs first, then newest first. Returns the selected runs, in order of selection."""
    chosen = chosen_runs(store)
    listed = matching(in_order(listed_runs(store)), _wanted())
    if len(chosen) > 1:  # above a comparison there is room for these
        ids = {run.id for run in chosen}
        listed.sort(key=lambda run: run.id not in ids)
    if not projecting():  # the table's text cannot be enlarged
        with only_when(WIDE, key="runs_table_wide"):
            _wide_table(listed, chosen)
    run_cards(listed, chosen)
    if chosen:
        chosen_bar(chosen, hidden=len({run.id for run in chosen} - {run.id for run in listed}))
    write_chosen(chosen)
    return chosen


def _wide_table(listed: Sequence[Run], chosen: Sequence[Run]) -> None:
    most = _MOST_PX if len(chosen) < 2 else _MOST_COMPARED_PX
    st.dataframe(
        with_decimals(without_formulas(table(listed)), {"Agreement": 2, "Twin's agreement": 2}),
        hide_index=True,
        height=min(most, _ROW_PX * (len(listed) + 1) + _BORDER_PX),
        on_select=lambda: take_rows(listed, chosen),
        selection_mode=["multi-row", "single-cell"],
        key=mark_rows(listed, chosen),
        column_config=_columns(listed) | _unused(listed),
        placeholder="–",
        alt=_("All runs, pinned first, then newest first, with settings and figures"),
    )


def in_order(runs: Sequence[Run]) -> list[Run]:
    """Pinned runs first, each half in its original order."""
    return sorted(runs, key=lambda run: not run.record.pinned)


def matching(runs: Sequence[Run], wanted: str) -> list[Run]:
    """The runs in which each of the words occurs: in name, id, tags, note, data, networks or state."""
    words = wanted.casefold().split()
    return [run for run in runs if all(word in _text(run) for word in words)]


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """A row per run. Shares are in percent; figures of unfinished runs are empty."""
    return pd.DataFrame([_row(run) for run in runs])


def _weight(run: Run) -> float:
    """λ; its final value if it is adapted to a gradient share."""
    if run.results is None or run.config.explanation_share is None:
        return float(run.config.explanation_weight)
    return run.results["student"].explanation_weight


def _row(run: Run) -> dict[str, Any]:
    config, results = run.config, run.results or {}
    student, twin = results.get("student"), results.get("twin")
    return {
        "Run": title_with_origin(run, timed=False),
        "Pinned": "★" if run.record.pinned else "",
        "Tags": list(run.record.tags),
        "State": _(STATES[run.state][0]),
        "Data": data_name(config),
        "λ": _weight(run),
        "Seed": config.seed,
        "Accuracy": _figure(student, "accuracy"),
        "Twin's accuracy": _figure(twin, "accuracy"),
        "Agreement": _figure(student, "agreement"),
        "Twin's agreement": _figure(twin, "agreement"),
        "Created": pd.Timestamp(run.record.created, unit="s", tz="UTC"),
        "Seconds": run.record.progress.seconds or None,
        "T": config.temperature,
        "Epochs": config.epochs,
        "Teacher → student": " → ".join(_networks(config)),
        "Id": run.id,
    }


def _wanted() -> str:
    return st.text_input(
        _("Filter"),
        placeholder=_("Filter by name, tag, data, network or state"),
        icon=":material/search:",
        label_visibility="collapsed",
        key="runs_filter",
        bind="query-params",
    )


def _text(run: Run) -> str:
    config, state = run.config, STATES[run.state][0]
    names = (*_networks(config), config.dataset, config.cue, data_name(config))
    return " ".join(
        (run.id, run.title, *run.record.tags, run.record.note, state, _(state), *names)
    ).casefold()


def data_name(config: RunConfig) -> str:
    """The data set, with its planted cue, by their labels."""
    data = dataset_name(config)
    return data if config.cue == "none" else f"{data} + {setting_value('cue', config.cue).lower()}"


def _networks(config: RunConfig) -> tuple[str, str]:
    """The teacher and the student."""
    return (
        network_label(config.teacher, config.teacher_width),
        network_label(config.student, config.student_width),
    )


def _figure(result: ArmResult | None, name: str) -> float | None:
    metric = METRICS[name]
    return column_value(metric, metric.read(result)) if result else None


def _unused(runs: Sequence[Run]) -> dict[str, None]:
    """Hides columns that are empty or equal in every row, and the ids; the table's menu can show them."""
    settings: dict[str, set[Any]] = {
        "T": {run.config.temperature for run in runs},
        "Epochs": {run.config.epochs for run in runs},
        "Teacher → student": {_networks(run.config) for run in runs},
    }
    equal = [name for name, values in settings.items() if len(values) == 1 < len(runs)]
    return {
        **dict.fromkeys((*equal, "Id")),
        **({} if any(run.record.pinned for run in runs) else {"Pinned": None}),
        **({} if any(run.record.tags for run in runs) else {"Tags": None}),
    }


def name_width(names: Iterable[str]) -> int:
    """Pixels in which the longest name fits; a very long one is cut."""
    longest = max(map(len, names), default=0)
    return round(min(max(_LETTER_PX * longest + 24, 160), 420))


def _columns(runs: Sequence[Run]) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "Run": text(_("Run"), width=name_width(title_with_origin(run, timed=False) for run in runs)),
        "Pinned": text(_("Pinned"), width="small"),
        "Tags": st.column_config.ListColumn(_("Tags")),
        "State": text(_("State")),
        "Data": text(_("Data")),
        "λ": number(format="%g", help=_("Weight of the explanation loss.")),
        "T": number(format="%g", help=_("Temperature of the softmax in the distillation loss.")),
        "Teacher → student": text(_("Teacher → student")),
        "Accuracy": metric_column(METRICS["accuracy"], about=_("Test accuracy of the student.")),
        "Twin's accuracy": metric_column(
            METRICS["accuracy"], label=_("Twin's accuracy"), about=_("The same student with λ = 0.")
        ),
        "Agreement": metric_column(METRICS["agreement"]),
        "Twin's agreement": metric_column(METRICS["agreement"], label=_("Twin's agreement")),
        "Epochs": number(_("Epochs")),
        "Seed": number(_("Seed"), format="%d", help=_("One run is one seed.")),
        "Seconds": number(
            _("Time"),
            format=_("{seconds} s").format(seconds="%.0f"),
            help=_("Training time without pauses."),
        ),
        "Created": st.column_config.DatetimeColumn(
            _("Created"), format="YYYY-MM-DD HH:mm", timezone=st.context.timezone
        ),
        "Id": text(_("Id")),
    }
