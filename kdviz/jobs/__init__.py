"""Jobs: the queue of runs and its workers, training, pausing, stopping and resuming runs."""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.jobs.channels import channels_job, start_channels
    from kdviz.jobs.control import import_run, pause, resume, stop, submit
    from kdviz.jobs.cue_removals import cue_removals_job, start_cue_removals
    from kdviz.jobs.execution import execute
    from kdviz.jobs.given_files import check_given_files
    from kdviz.jobs.parents import check_parent, continued, parent_weights
    from kdviz.jobs.process import (
        NATIVE_CRASHES,
        SAFE_KERNELS,
        choose_kernels,
        prepare_process,
        safe_kernels_wanted,
    )
    from kdviz.jobs.queue import QueuePosition, queue, queue_positions, runs_before, start_delay_s
    from kdviz.jobs.report_checks import report_checks_job, start_report_checks
    from kdviz.jobs.run_time import Basis, Estimate, Work, continued_time, expected, run_time_key, work
    from kdviz.jobs.surveys import SurveyJob, start_survey, survey_job
    from kdviz.jobs.teacher_files import examination_job, known_examination, start_examination
    from kdviz.jobs.training_process import TrainingProcess
    from kdviz.jobs.training_sets import (
        marked_evidence_job,
        start_marked_evidence,
        start_training_triage,
        training_triage_job,
    )
    from kdviz.jobs.trust import start_trust_checks, trust_job
    from kdviz.jobs.worker import Worker, ensure_worker, ensure_workers, workers_alive

export_lazily(__name__)
