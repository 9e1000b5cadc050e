"""All metrics of a study as tables, and as CSV files with full precision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from kdviz.config import CHOICES
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed, with_interval
from kdviz.metrics import METRICS
from kdviz.narrative import wrong_cue_name
from kdviz.study import PAIR, Form, Study, differences_by_point, figure_rows, summary_table
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.responsive import WIDE, only_when
from kdviz.ui.sweep.grid import axis_name
from kdviz.ui.sweep.swept_study import SweptStudy
from kdviz.ui.widgets.cards import cards
from kdviz.ui.widgets.downloads import csv_button
from kdviz.ui.widgets.setting_names import setting_value


def study_tables(shown: SweptStudy, rows: pd.DataFrame) -> None:
    """Means over seeds, the student's differences from its controls, and all figures as files."""
    summary = _summary(shown.study, rows, (shown.study.model_dump_json(), *rows["run"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("All metrics"))
        csv_button(
            lambda: summary,
            file=f"kdviz-{shown.name}-summary",
            key="sweep_summary",
            label=_("Summary as CSV"),
        )
        csv_button(lambda: rows, file=f"kdviz-{shown.name}-runs", key="sweep_runs", label=_("Runs as CSV"))
    st.caption(
        _("Mean over seeds, with its 95 % interval: a bootstrap over seeds, widened where there are few.")
    )
    label = partial(column_label, cues=frozenset(point.config.cue for point in shown.points))
    alt = _("Mean of every metric by grid point and arm")
    _table(
        lambda form: without_equal_seeds(figure_rows(shown.study, summary, form=form)),
        label,
        "sweep_figures",
        alt,
    )
    if differences := differences_by_point(shown.study, summary):
        title = differences_title(differences)
        st.markdown(f"**{title}**")
        st.caption(
            _(
                "Paired by seed, with a 95 % interval; the student is better where nothing else is said. Not "
                "corrected for multiple comparisons: without any effect, about one interval in twenty "
                "excludes 0."
            )
        )
        alt = _("{differences}, by metric").format(differences=title)
        _table(
            lambda form: differences_by_point(shown.study, summary, form=form),
            label,
            "sweep_differences",
            alt,
        )


def differences_title(rows: Sequence[Mapping[str, str]]) -> str:
    """The differences that the rows have, such as "Student − twin"."""
    text = listed(_difference_label(arm) for arm in dict.fromkeys(row["control"] for row in rows))
    return text[:1].upper() + text[1:]


def _difference_label(control: str) -> str:
    return {
        "twin": _("student − twin"),
        "placebo": _("student − placebo"),
        "same-answer": _("student − same-answer placebo"),
    }[control]


@st.cache_data(max_entries=16, show_spinner=False)
def _summary(_study: Study, _rows: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """key: of the study and its runs."""
    return summary_table(_study, _rows)


def without_equal_seeds(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Rows without the number of seeds where all students have the same: it is above the charts."""
    if len({row["seeds"] for row in rows if row["arm"] != "teacher"}) > 1:
        return [dict(row) for row in rows]
    return [{name: text for name, text in row.items() if name != "seeds"} for row in rows]


def _above_interval(value: str, low: str, high: str) -> str:
    """A value and below it its interval, in Markdown, so that columns are narrow."""
    ends = _("{low} to {high}").format(low=low, high=high).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{value}  \n:small[{ends}]"


def _table(
    rows: Callable[[Form], Sequence[Mapping[str, str]]], label: Callable[[str], str], key: str, alt: str
) -> None:
    """A table on wide screens, cards on narrow ones. rows: with figures in a form. label: of a column."""
    with only_when(WIDE, key=f"{key}_wide"):
        table = _named(rows(_above_interval))
        for name in table.columns.difference(list(METRICS)):
            table[name] = table[name].map(plain)
        st.table(table.rename(columns=label), hide_index=True, alt=alt)
    cards(card_rows(_named(rows(with_interval)), label), key=f"{key}_narrow")


def _named(rows: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """The rows with settings, arms and controls in the words of the page."""
    table = pd.DataFrame(rows).fillna("–")
    for field in CHOICES.keys() & table.columns:
        table[field] = [setting_value(field, name) for name in table[field]]
    if "arm" in table:
        table["arm"] = [ARM_STYLES[arm].label for arm in table["arm"]]
    if "control" in table:
        named = [_difference_label(arm) for arm in table.pop("control")]
        if len(set(named)) > 1:  # one alone is in the title
            table.insert(sum(name not in METRICS for name in table), "control", named)
    return table


def card_rows(table: pd.DataFrame, label: Callable[[str], str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its settings and its arm or difference as title, and its figures by label."""
    figures = [name for name in table if name in METRICS]
    for row in table.astype(str).to_dict("records"):
        named = [name for name in table if name not in figures and row[name] != "–"]
        title = " · ".join(_card_title(label(str(name)), str(name), row[name]) for name in named)
        yield title, {label(str(name)): row[name] for name in figures if row[name] != "–"}


def _card_title(label: str, name: str, text: str) -> str:
    """A setting with its name, unless the text says what it is."""
    return text if name in (PAIR, "arm", "control") else f"{label} {text}"


def column_label(name: str, *, cues: Collection[str] = ()) -> str:
    """The header of a column: a metric, a setting, or what a row is of. cues: of the runs."""
    if name == "cue_followed":
        return wrong_cue_name(cues)[0]
    if name in METRICS:
        return _(METRICS[name].label)
    labels = {"arm": _("arm"), "seeds": _("seeds"), "control": _("difference")}
    return labels.get(name) or axis_name(name)
