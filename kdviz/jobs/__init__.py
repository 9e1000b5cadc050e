"""Work on runs: a queue and its workers, running one, pausing, stopping and resuming it."""

from kdviz.jobs.control import import_run, pause, resume, stop, submit
from kdviz.jobs.execution import execute
from kdviz.jobs.process import devices, prepare_process, resolved
from kdviz.jobs.queue import Place, places, queue
from kdviz.jobs.surveys import SurveyJob, SurveyProgress, start_survey, survey_job
from kdviz.jobs.worker import Worker, ensure_worker, ensure_workers

__all__ = [
    "Place",
    "SurveyJob",
    "SurveyProgress",
    "Worker",
    "devices",
    "ensure_worker",
    "ensure_workers",
    "execute",
    "import_run",
    "pause",
    "places",
    "prepare_process",
    "queue",
    "resolved",
    "resume",
    "start_survey",
    "stop",
    "submit",
    "survey_job",
]
