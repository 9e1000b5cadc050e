"""A metric over two settings of a study, as a map."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kdviz.figures.charts import SweepCell, SweepInfo, sweep_alt, sweep_figure
from kdviz.language import _
from kdviz.study import Student, students_at
from kdviz.ui.sweep.grid import Grid, axis_name
from kdviz.ui.sweep.runs_of_point import select_point, selected_point
from kdviz.ui.sweep.student_metrics import (
    defined_values,
    in_percent,
    is_gain,
    mean_of,
    metric_help,
    metric_label,
)
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.setting_names import setting_value

_MAP = "sweep_map"


def grid_map(study_name: str, students: Sequence[Student], grid: Grid, metric: str) -> None:
    """The map. A click on a cell selects its runs."""
    info = map_info(students, grid, metric)
    chart(
        Drawn(info, sweep_figure(info, selected_point(grid)), sweep_alt(info)),
        key=_MAP,
        file=f"kdviz-{study_name}-map-{metric}",
        note=_("mean with its 95 % interval over seeds"),
        on_select=partial(select_point, grid, _MAP),
    )


def map_info(students: Sequence[Student], grid: Grid, metric: str) -> SweepInfo:
    """The data of the map. Its colour range is that of the whole study, so maps can be compared."""
    values = defined_values(students, metric) or [0.0]
    return SweepInfo(
        title=metric_label(metric),
        about=metric_help(metric),
        figure=metric_label(metric).lower(),
        across=axis_name(grid.across),
        down=axis_name(grid.down) if grid.down else "",
        columns=tuple(setting_value(grid.across, value) for value in grid.columns),
        rows=tuple(setting_value(grid.down, value) for value in grid.rows),
        cells=tuple(
            tuple(
                _cell(students_at(students, grid.settings(column, row)), metric)
                for column in range(len(grid.columns))
            )
            for row in range(len(grid.rows))
        ),
        low=min(values),
        high=max(values),
        percent=in_percent(metric),
        signed=is_gain(metric),
    )


def _cell(students: Sequence[Student], metric: str) -> SweepCell:
    values = defined_values(students, metric)
    found = mean_of(metric, values)
    return SweepCell(found.value, found.low, found.high, len(values), len(students))
