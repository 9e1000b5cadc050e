"""Studies: many runs from one file, their figures in one table, and what they show over seeds."""

from kdviz.study.plan import Point, Study, read_study
from kdviz.study.running import Done, carry_out, found, seconds_left
from kdviz.study.summary import Surveys, summary_table
from kdviz.study.table import FIGURES, tidy_table
from kdviz.study.writing import figure_rows, markdown, write_results

__all__ = [
    "FIGURES",
    "Done",
    "Point",
    "Study",
    "Surveys",
    "carry_out",
    "figure_rows",
    "found",
    "markdown",
    "read_study",
    "seconds_left",
    "summary_table",
    "tidy_table",
    "write_results",
]
