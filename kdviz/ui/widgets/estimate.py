"""What a run will cost, said before it is started: its time on this machine, and what that is made of."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.config import RunConfig
from kdviz.datasets import Counts, counted
from kdviz.device import resolve_device
from kdviz.figures.style import duration
from kdviz.jobs import Estimate, Work, expected, is_busy
from kdviz.language import _
from kdviz.models import ModelCard
from kdviz.store import Store
from kdviz.ui.frame.formatting import count

_AGAIN_S = 1.0
_BACKWARD = 2
"""A backward pass costs about two forward ones."""


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def image_counts(dataset: str, data: str | None) -> Counts:
    """How many images there are. A person's own folder is looked through again after a while."""
    return counted(dataset, data)


def cost(store: Store, config: RunConfig, counts: Counts, teacher: ModelCard, student: ModelCard) -> None:
    """The time and the work of a run. While the time is being found, it looks again every second, alone."""
    pending = expected(store, config, counts)[1] is None and not is_busy(store)

    @st.fragment(run_every=_AGAIN_S if pending else None)
    def told() -> None:
        work, estimate = expected(store, config, counts)
        if pending and estimate is not None:
            st.rerun()  # once: the timer stops
        st.caption(_time(store, config, estimate), help=_parts(work, estimate))
        st.caption(_work(config, work, teacher, student))

    told()


def multiply_adds(config: RunConfig, work: Work, teacher: int, student: int) -> int:
    """Of a whole run's training, about; teacher, student: those of one image, forward."""
    alone = work.teacher_epochs * work.teacher_steps * work.batch_size
    together = work.epochs * work.steps * work.batch_size
    training = 1 + _BACKWARD
    return alone * training * teacher + together * (teacher + len(config.arms) * training * student)


def _time(store: Store, config: RunConfig, estimate: Estimate | None) -> str:
    if estimate is not None:
        return _("Takes about **{time}** on this machine ({device}).").format(
            time=duration(rounded(estimate.total)), device=resolve_device(config.device)
        )
    if is_busy(store):
        return _("How long it takes will be timed when nothing is being trained.")
    return _("How long it takes is being timed …")


def rounded(seconds: float) -> float:
    """As exactly as a forecast can be: 7 s, 25 s, 1 min 40 s, 12 min, 2 h 10 min. NaN stays NaN."""
    if math.isnan(seconds):
        return seconds
    step = next((step for limit, step in ((10, 1), (60, 5), (300, 10), (3600, 60)) if seconds < limit), 600)
    return max(step * round(seconds / step), 1)


def _parts(work: Work, estimate: Estimate | None) -> str | None:
    if estimate is None:
        return None
    lines = [
        _("- the teacher is trained already")
        if not work.teacher_epochs
        else _("- the teacher learns: {time}").format(time=duration(estimate.teacher)),
        _("- the students learn: {time}").format(time=duration(estimate.students)),
        _("- measuring and explaining after each epoch: {time}").format(time=duration(estimate.measuring)),
        _("- the test set at the end: {time}").format(time=duration(estimate.final)),
    ]
    source = (
        _("From an earlier run of the same kind on this machine.")
        if estimate.earlier
        else _("From a few batches that were timed on this machine. Other work on it makes it longer.")
    )
    return "\n".join([*lines, "", source])


def _work(config: RunConfig, work: Work, teacher: ModelCard, student: ModelCard) -> str:
    sums = multiply_adds(config, work, teacher.multiply_adds, student.multiply_adds)
    return _("{batches} batches, {images} images, about {sums} multiply-adds.").format(
        batches=f"{work.batches:,}", images=count(work.images), sums=count(sums)
    )
