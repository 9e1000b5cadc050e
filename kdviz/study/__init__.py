"""Studies: many runs from one file, their figures in one table, and what they show over seeds."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.study.plan import PAIR, Point, Study, planned, read_study
    from kdviz.study.queueing import Standing, queue_missing, standing, withdraw
    from kdviz.study.running import Done, Execute, carry_out, found, seconds_left
    from kdviz.study.summary import Surveys, summary_table
    from kdviz.study.sweep import Best, Student, axes, best_of, front, students, those_at
    from kdviz.study.table import FIGURES, tidy_table
    from kdviz.study.writing import (
        difference_rows,
        figure_rows,
        markdown,
        markdown_table,
        with_headers,
        write_results,
    )

__all__ = [
    "FIGURES",
    "PAIR",
    "Best",
    "Done",
    "Execute",
    "Point",
    "Standing",
    "Student",
    "Study",
    "Surveys",
    "axes",
    "best_of",
    "carry_out",
    "difference_rows",
    "figure_rows",
    "found",
    "front",
    "markdown",
    "markdown_table",
    "planned",
    "queue_missing",
    "read_study",
    "seconds_left",
    "standing",
    "students",
    "summary_table",
    "those_at",
    "tidy_table",
    "with_headers",
    "withdraw",
    "write_results",
]

export_lazily(__name__)
