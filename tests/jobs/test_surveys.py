"""Surveys in the background: in order, one at a time, to be watched and to be stopped."""

import math
import threading
from dataclasses import astuple

import pytest
import torch

from kdviz.errors import StoreError
from kdviz.jobs import SurveyJob, countdown, start_survey, survey_job, surveys
from kdviz.jobs.surveys import JobQueue, SurveyProgress, use_one_core
from kdviz.progress import Message
from kdviz.types import Preparing
from tests.jobs.fakes import Clock
from tests.patience import PATIENCE_S


class Work:
    """Steps that wait to be let on, one by one, and tell that they were reached, and closed."""

    def __init__(self, steps=2):
        self.steps = steps
        self.reached, self.closed = threading.Event(), threading.Event()
        self.go = threading.Semaphore(0)

    def begin(self):
        try:
            for step in range(self.steps):
                self.reached.set()
                assert self.go.acquire(timeout=PATIENCE_S)
                yield Preparing(Message("Explaining"), (step + 1) / self.steps)
        finally:
            self.closed.set()

    def let_on(self):
        for _ in range(self.steps):
            self.go.release()


def test_a_job_waits_runs_and_is_done():
    work, seen = Work(), []
    job = SurveyJob(work.begin)
    assert job.progress.state == "waiting"

    def watched():
        for step in work.begin():
            yield step
            seen.append(job.progress)  # as it is while the next step is computed

    job._begin = watched
    work.let_on()
    job.run()
    assert [(p.state, str(p.doing), p.fraction) for p in seen] == [
        ("running", "Explaining", 0.5),
        ("running", "Explaining", 1.0),
    ]
    assert seen[0].seconds_left >= 0 == seen[1].seconds_left
    assert (job.wait(0), job.ended) == (SurveyProgress("done", fraction=1.0, seconds_left=0.0), True)


def test_on_a_busy_computer_the_time_left_of_a_survey_does_not_grow(monkeypatch):
    """A tenth in 2 s leaves 18 s; the next tenth takes 40 s."""
    clock, seen = Clock(), []
    monkeypatch.setattr(surveys.time, "monotonic", clock)
    monkeypatch.setattr(countdown.os, "getloadavg", lambda: (1e6, 1e6, 1e6), raising=False)

    def begin():
        for seconds, fraction in ((2.0, 0.1), (1.0, 0.15), (40.0, 0.2)):
            clock.now += seconds
            yield Preparing(Message("Explaining"), fraction)
            seen.append((job.progress.seconds_left, job.progress.slowed))

    job = SurveyJob(begin)
    job.run()
    (first, second, third) = seen
    assert first == (pytest.approx(18.0), False)
    assert second == (pytest.approx(17.0), False)
    assert (math.isnan(third[0]), third[1]) == (True, True)


def test_reading_before_the_work_says_nothing_of_the_time_left(monkeypatch):
    """A tenth in 2 s leaves 18 s, whatever came before."""
    clock, seen = Clock(), []
    monkeypatch.setattr(surveys.time, "monotonic", clock)

    def begin():
        for seconds, fraction in ((0.0, 0.0), (30.0, 0.0), (2.0, 0.1)):
            clock.now += seconds
            yield Preparing(Message("Explaining"), fraction)
            seen.append(job.progress.seconds_left)

    job = SurveyJob(begin)
    job.run()
    assert math.isnan(seen[1])
    assert seen[2] == pytest.approx(18.0)


def test_the_time_left_is_unknown_until_something_is_done():
    def begin():
        yield Preparing(Message("Reading"), 0.0)
        assert math.isnan(job.progress.seconds_left)

    job = SurveyJob(begin)
    job.run()
    assert job.progress.state == "done"


def test_a_desk_does_one_job_after_another():
    first, second, queue = Work(), Work(), JobQueue()
    jobs = [SurveyJob(work.begin) for work in (first, second)]
    before = set(threading.enumerate())
    for job in jobs:
        queue.add(job)
    begun = [thread.name for thread in set(threading.enumerate()) - before]
    assert begun.count("kdviz-surveys") == 1
    assert first.reached.wait(PATIENCE_S)
    assert not second.reached.is_set()
    assert jobs[1].progress.state == "waiting"
    first.let_on()
    assert jobs[0].wait(PATIENCE_S).state == "done"
    second.let_on()
    assert jobs[1].wait(PATIENCE_S).state == "done"


def test_a_desk_that_has_run_out_of_work_begins_again():
    queue = JobQueue()
    for _ in range(2):
        work = Work()
        work.let_on()
        job = SurveyJob(work.begin)
        queue.add(job)
        assert job.wait(PATIENCE_S).state == "done"


def test_a_job_that_is_stopped_lets_go_of_its_work_and_the_next_begins():
    stopped, following, queue = Work(steps=3), Work(), JobQueue()
    jobs = [SurveyJob(work.begin) for work in (stopped, following)]
    for job in jobs:
        queue.add(job)
    assert stopped.reached.wait(PATIENCE_S)
    jobs[0].stop()
    stopped.go.release()
    assert astuple(jobs[0].wait(PATIENCE_S)) == astuple(SurveyProgress("stopped"))
    assert stopped.closed.is_set()
    following.let_on()
    assert jobs[1].wait(PATIENCE_S).state == "done"


def test_one_that_is_stopped_while_it_waits_never_begins():
    work = Work()
    job = SurveyJob(work.begin)
    job.stop()
    job.run()
    assert (job.progress.state, work.reached.is_set()) == ("stopped", False)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StoreError("run: unknown id 'x'."), "run: unknown id 'x'."),
        (ValueError("too\nlong"), "ValueError: too (the log has more)"),
    ],
)
def test_a_failure_is_reported_in_one_line(error, message):
    def begin():
        yield Preparing(Message("Reading"))
        raise error

    job = SurveyJob(begin)
    job.run()
    assert astuple(job.progress) == astuple(SurveyProgress("failed", message=message))
    assert job.ended


def test_a_run_is_surveyed_once_at_a_time_and_may_be_surveyed_again(store, run_id, monkeypatch):
    work = Work()
    monkeypatch.setattr(surveys, "_made", lambda *asked: work.begin())
    assert survey_job(store, run_id) is None
    job = start_survey(store, run_id)
    assert start_survey(store, run_id) is survey_job(store, run_id) is job
    assert survey_job(store, run_id, "saliency") is None
    work.let_on()
    job.wait(PATIENCE_S)
    work.let_on()
    again = start_survey(store, run_id)
    assert again is not job
    assert again.wait(PATIENCE_S).state == "done"


def test_an_unknown_run_is_refused_at_once(store):
    with pytest.raises(StoreError, match="unknown id 'nobody'"):
        start_survey(store, "nobody")


def test_a_thread_on_one_core_leaves_the_others_theirs():
    before, seen = torch.get_num_threads(), {}

    def look(name):
        seen[name] = torch.get_num_threads()

    def work():
        use_one_core()
        look("the survey's")
        later = threading.Thread(target=look, args=("a later one",))
        later.start()
        later.join()
        look("the survey's, after it")

    torch.set_num_threads(2)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        look("this one")
    finally:
        torch.set_num_threads(before)
    assert seen == {"the survey's": 1, "a later one": 2, "the survey's, after it": 1, "this one": 2}
