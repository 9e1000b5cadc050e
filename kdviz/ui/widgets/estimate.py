"""The cost of a run before it is started: its estimated time and its amount of work."""

from __future__ import annotations

import math

import streamlit as st

from kdviz.config import RunConfig
from kdviz.datasets import DATASETS, Counts, counted, has_object_masks
from kdviz.datasets.picture_sizes import shorter_side
from kdviz.device import resolve_device
from kdviz.errors import KdvizError
from kdviz.figures.style import duration
from kdviz.jobs import Basis, Estimate, Work, continued_time, expected
from kdviz.language import _
from kdviz.models import Cost
from kdviz.store import Run, Store
from kdviz.types import RECOGNIZED, TextColumns
from kdviz.ui.frame.formatting import count
from kdviz.ui.widgets.image_check import readable_counts
from kdviz.ui.widgets.rough_time import rough_time

_BACKWARD = 2
"""A backward pass costs about two forward ones."""

_CLASSES = 10  # of a person's own files, before they are read


def image_counts(dataset: str, data: str | None, columns: TextColumns = RECOGNIZED) -> Counts:
    """The number of images, without those that a check of the files could not read.

    A user's own folder is counted again after 20 s. columns: of a table of texts.
    """
    checked = readable_counts(data) if dataset == "folder" and data else None
    return checked or _counted(dataset, data, columns)


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def _counted(dataset: str, data: str | None, columns: TextColumns) -> Counts:
    return counted(dataset, data, columns)


def class_count(dataset: str, data: str | None, columns: TextColumns = RECOGNIZED) -> int:
    """Of a data set; of a visitor's files that there are not, or that cannot be read, a usual number."""
    known = DATASETS[dataset].classes
    if known or not data:
        return known or _CLASSES
    try:
        return image_counts(dataset, data, columns).classes
    except KdvizError:
        return _CLASSES


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def files_with_masks(dataset: str, data: str | None, columns: TextColumns = RECOGNIZED) -> bool:
    """Whether masks of the object come with the images; likewise."""
    return has_object_masks(dataset, data, columns)


@st.cache_data(ttl=20, max_entries=64, show_spinner=False)
def file_side(data: str) -> int:
    """The shorter side of a user's own pictures, in pixels; likewise. 0 if they cannot be opened."""
    try:
        return shorter_side(data)
    except KdvizError:
        return 0


def cost(
    store: Store,
    config: RunConfig,
    counts: Counts,
    teacher: Cost,
    student: Cost,
    *,
    formula: str,
    usual: float | None = None,
) -> None:
    """The estimated time of a run, if an earlier run allows it; of own data at least a rough one.

    Folded, its amount of work and its loss.

    usual: seconds that it took elsewhere, stated where no run of the store allows an estimate.
    """
    work, estimate = expected(store, config, counts)
    if estimate is None and usual is not None:
        st.caption(_took(usual))
    elif estimate is None and DATASETS[config.dataset].own_files and resolve_device(config.device) == "cpu":
        sums = multiply_adds(config, work, teacher.multiply_adds, student.multiply_adds)
        st.caption(rough_time(DATASETS[config.dataset].modality, sums))
    elif estimate is None:
        st.caption(_("No time estimate yet; it appears after the first epoch."))
    else:
        st.caption(_time(config, estimate), help=_parts(work, estimate))
    with st.expander(_("Cost and loss"), icon=":material/calculate:", key="cost_open"):
        st.caption(_work(config, work, teacher, student))
        st.caption(_("Loss: {formula}").format(formula=formula))


def continued_cost(store: Store, parent: Run, *, arms: int, epochs: int) -> None:
    """The estimated time of a run that goes on from another one, by that one's. arms: of its students."""
    config = parent.config
    counts = image_counts(config.dataset, config.data, config.columns)
    estimate = continued_time(store, parent, arms=arms, epochs=epochs, counts=counts)
    if estimate is None:
        st.caption(_("No time estimate yet; it appears after the first epoch."))
    elif estimate.basis == "elsewhere":
        text = _(
            "Takes about **{time}** on the computer where this run was trained; a slow or busy one takes "
            "longer."
        )
        st.caption(text.format(time=duration(rounded(estimate.total))))
    else:
        st.caption(_time(config, estimate))


def multiply_adds(config: RunConfig, work: Work, teacher: int, student: int) -> int:
    """Approximate multiply-adds of a run's training; teacher, student: of one image's forward pass."""
    alone = work.teacher_epochs * work.teacher_steps * work.batch_size
    together = work.epochs * work.steps * work.batch_size
    training = 1 + _BACKWARD
    return alone * training * teacher + together * (teacher + len(config.arms) * training * student)


def _time(config: RunConfig, estimate: Estimate) -> str:
    if estimate.basis == "elsewhere":
        return _took(estimate.total)
    time = duration(rounded(estimate.total))
    return _("Takes about **{time}** on this machine ({device}).").format(
        time=time, device=resolve_device(config.device)
    )


def _took(seconds: float) -> str:
    text = _("Took about **{time}** on another computer; a slow or busy one takes longer.")
    return text.format(time=duration(rounded(seconds)))


def rounded(seconds: float) -> float:
    """An estimate at a sensible precision: 7 s, 25 s, 1 min 40 s, 12 min, 2 h 10 min. NaN stays NaN."""
    if math.isnan(seconds):
        return seconds
    step = next((step for limit, step in ((10, 1), (60, 5), (300, 10), (3600, 60)) if seconds < limit), 600)
    return max(step * round(seconds / step), 1)


def _parts(work: Work, estimate: Estimate) -> str:
    lines = [
        _("- the teacher is trained already")
        if not work.teacher_epochs
        else _("- training the teacher: {time}").format(time=duration(estimate.teacher)),
        _("- training the students: {time}").format(time=duration(estimate.students)),
        _("- evaluation after each epoch: {time}").format(time=duration(estimate.evaluation)),
        _("- loading, and the test set at the end: {time}").format(time=duration(estimate.rest)),
    ]
    sources: dict[Basis, str] = {
        "finished": _("Estimated from an earlier run of the same kind on this machine."),
        "live": _("Estimated from the first epochs of a run of the same kind on this machine."),
        "elsewhere": _("Estimated from a run of the same kind that was made on another computer."),
    }
    return "\n".join([*lines, "", sources[estimate.basis]])


def _work(config: RunConfig, work: Work, teacher: Cost, student: Cost) -> str:
    sums = multiply_adds(config, work, teacher.multiply_adds, student.multiply_adds)
    return _("{batches} batches, {images} images, about {sums} multiply-adds.").format(
        batches=f"{work.batches:,}", images=count(work.images), sums=count(sums)
    )
