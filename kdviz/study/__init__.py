"""Studies: many runs from one file, their results in one table, and means over seeds."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.study.of_run import has_lambdas, has_other_seeds, lambdas, study_of_run
    from kdviz.study.plan import PAIR, Point, Study, planned, read_study
    from kdviz.study.queueing import StudyStatus, queue_missing, stop_study, study_status
    from kdviz.study.running import Done, Execute, carry_out, finished_runs, seconds_left
    from kdviz.study.summary import CONTROLS, Surveys, summary_table
    from kdviz.study.sweep import (
        Best,
        Lead,
        Student,
        axes,
        best_of,
        comparable,
        figure_by_seed,
        lead_over,
        pareto_front,
        students,
        students_at,
    )
    from kdviz.study.table import FIGURES, tidy_table
    from kdviz.study.writing import (
        Form,
        difference_rows,
        differences_by_point,
        figure_rows,
        make_folder,
        markdown,
        markdown_table,
        with_headers,
        write_results,
    )

export_lazily(__name__)
