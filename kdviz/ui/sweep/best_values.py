"""The best value of a setting, and how certain that is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.language import _, listed, percentage, plural, sentences
from kdviz.study import Best, Student, best_of, students_at
from kdviz.ui.sweep.grid import Grid, axis_name, setting_text
from kdviz.ui.sweep.student_metrics import metric_label, metric_text


def best_values(students: Sequence[Student], grid: Grid, metric: str) -> None:
    """For each row of the map, the best value along the horizontal axis."""
    with st.container(border=True):
        title = _("Best {setting}").format(setting=axis_name(grid.across))
        st.markdown(f"**{title}** · {metric_label(metric)}")
        texts = [text for row in range(len(grid.rows)) if (text := _row_text(students, grid, metric, row))]
        for text in texts or [_("Fewer than two values can be compared so far.")]:
            st.markdown(text)
        st.caption(
            _(
                "From 2,000 bootstrap resamples over seeds, paired across values and widened for small "
                "numbers of seeds. The best of many values is biased upwards: confirm it with new seeds."
            )
        )


def _row_text(students: Sequence[Student], grid: Grid, metric: str, row: int) -> str:
    """The best value of a row in words; "" if there is none."""
    by_value = {
        value: students_at(students, grid.settings(column, row)) for column, value in enumerate(grid.columns)
    }
    best = best_of(by_value, metric)
    if best is None:
        return ""
    text = sentences(best_value_sentence(best, grid.across, metric), _incomplete(best, grid))
    return _("{name}: {value}").format(name=grid.row_name(row), value=text) if grid.down else text


def _incomplete(best: Best, grid: Grid) -> str:
    measured, planned = len(best.shares), len(grid.columns)
    if measured == planned:
        return ""
    return _("({known} of {all} values measured.)").format(known=measured, all=planned)


def best_value_sentence(best: Best, field: str, metric: str) -> str:
    """The best value, its mean, the number of seeds, and whether it is distinguishable from others."""
    values = {
        "best": setting_text(field, best.value),
        "value": metric_text(metric, best.mean),
        "seeds": plural("{count} seed", "{count} seeds", best.seeds),
    }
    if best.seeds == 1:
        return _("**{best}** is best with {value}; no error bar: 1 seed.").format(**values)
    values["share"] = percentage(best.shares[best.value], 0)
    if len(best.contenders) == 1:
        return _("**{best}** is best: {value} over {seeds}, best in {share} of the resamples.").format(
            **values
        )
    others = (
        f"{setting_text(field, value)} ({percentage(best.shares[value], 0)})"
        for value in best.contenders
        if value != best.value
    )
    return _(
        "**{best}** has the best mean, {value} over {seeds}, and is best in {share} of the resamples: not "
        "distinguishable from {others}."
    ).format(**values, others=listed(others))
