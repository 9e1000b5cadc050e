"""The Start button of a new run, its cost, and errors of its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.config import RunConfig, make_config
from kdviz.datasets import DATASETS, FEW_TESTS, Counts, accuracy_reach
from kdviz.datasets.memory import (
    STATED_BYTES,
    check_memory,
    copied_images,
    gigabytes,
    images_bytes,
    machine_memory_bytes,
)
from kdviz.device import resolve_device
from kdviz.errors import ConfigError, KdvizError
from kdviz.figures.style import duration, lambda_text
from kdviz.image_size import sides
from kdviz.jobs import start_delay_s, work
from kdviz.language import _, plural
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.store import Run, Store
from kdviz.training_memory import check_training_memory
from kdviz.ui.distill.controls import network_costs
from kdviz.ui.distill.presets import chosen_preset
from kdviz.ui.distill.teacher_file import file_in_use, guessing_teacher
from kdviz.ui.frame.errors import errors
from kdviz.ui.widgets.estimate import cost, image_counts, rounded
from kdviz.ui.widgets.submitting import submitted

COST = "cost_of_run"
"""Key of what follows from the settings: when the run starts and what it takes."""

_BUTTON: Any = {"type": "primary", "width": "stretch", "icon": ":material/play_arrow:"}

_FEW_STEPS = 30
"""Training steps below which a network has hardly learned anything, whatever its learning rate."""


def start(store: Store, settings: Mapping[str, Any]) -> str | None:
    """The Start button, or why nothing can be started. Returns the id of a run, like `new_run`."""
    if DATASETS[settings["dataset"]].own_files and not settings["data"]:  # not filled in yet: no error
        cannot_start("start")
        _add_files(settings["dataset"])
        return None
    if waiting := file_in_use(store, settings):
        cannot_start("start")
        st.info(waiting, icon=":material/hourglass_empty:")
        return None
    if guessing := guessing_teacher(settings):
        st.warning(guessing, icon=":material/warning:")
    try:
        preset = chosen_preset(settings)
        return _offer(store, make_config(settings), preset.seconds if preset else None)
    except KdvizError as error:
        cannot_start("start")
        errors(error)
        return None


def cannot_start(key: str) -> None:
    """The button, greyed out."""
    st.button(_("Start"), key=key, disabled=True, **_BUTTON)


def _add_files(dataset: str) -> None:
    """What to add where, before the visitor has."""
    match DATASETS[dataset].modality:
        case "image":
            text = _("Add your pictures under *Your pictures*: one folder for each class.")
        case "text":
            text = _("Add your texts under *Your texts*: a table with texts and labels, or a folder.")
        case "audio":
            text = _("Add your sounds under *Your sounds*: one folder for each class.")
    st.info(text, icon=":material/note_add:")


def formula(config: RunConfig) -> str:
    """The loss with the run's own numbers."""
    ce, kd, temperature = 1 - config.kd_weight, config.kd_weight, config.temperature
    distance = _(EXPLANATION_LOSSES[config.explanation_loss].label)
    weight = f"{config.explanation_weight:g}"
    if config.explanation_share is not None:
        weight = f"λ ({lambda_text(config.explanation_weight, config.explanation_share)})"
    return f"L = {ce:.2g} · CE + {kd:.2g} · {temperature:g}² · KL + {weight} · {distance}"


def _offer(store: Store, config: RunConfig, usual: float | None) -> str | None:
    """usual: seconds that a run of these settings took elsewhere, if that is known."""
    counts = image_counts(config.dataset, config.data, config.columns)
    _check_amounts(config, counts)
    memory = _memory(config, counts)
    check_training_memory(config, counts.classes)
    costs = network_costs(config.model_dump(), counts.classes)
    started = st.button(_("Start"), key="start", **_BUTTON)
    with st.container(gap="xsmall", key=COST):
        _few_steps(store, config, counts)
        _few_tests(counts.test)
        if memory:
            st.caption(memory)
        st.caption(_when(store, config))
        cost(store, config, counts, *costs, formula=formula(config), usual=usual)
    if started:
        try:
            return submitted(store, config)
        except KdvizError as error:  # what a visitor may not start now; the button is drawn
            errors(error)
            return None
    same = _same(store, config)
    open_it = _("Open the run with these settings")
    if same and st.button(open_it, key="open_same", width="stretch", icon=":material/history:"):
        return same.id
    return None


def _check_amounts(config: RunConfig, counts: Counts) -> None:
    """Raises ConfigError for more images, or a larger batch, than the data set has, before the run would."""
    images = config.train_count or counts.train
    if images > counts.train:
        raise ConfigError(
            f"train_count: must be at most {counts.train}, the number of training images, got {images}. "
            "Leave it empty to take all."
        )
    if config.batch_size > images:
        raise ConfigError(
            f"batch_size: {config.batch_size} is more than the {images} training images. "
            f"Choose at most {images}."
        )


def _memory(config: RunConfig, counts: Counts) -> str:
    """What large images of one's own take. Raises DataError if the machine cannot hold them."""
    if config.dataset != "folder":
        return ""
    evaluated, size = counts.validation + counts.test, sides(config.image_size)
    images = copied_images(
        train=counts.train,
        evaluated=evaluated,
        train_count=config.train_count,
        has_cue=config.cue != "none",
    )
    check_memory(images, config.input_shape)
    needed, on_disk = images_bytes(images, size), images_bytes(counts.train + evaluated, size)
    if needed > STATED_BYTES:
        text = _(":material/memory: The images take {needed} of this machine's {there} of memory.")
        return text.format(needed=gigabytes(needed), there=gigabytes(machine_memory_bytes()))
    if on_disk > STATED_BYTES:
        text = _(":material/memory: The images take {size} on disk; training reads them from there.")
        return text.format(size=gigabytes(on_disk))
    return ""


def _few_steps(store: Store, config: RunConfig, counts: Counts) -> None:
    """Warns of too few training steps, as with a batch as large as the training set."""
    todo = work(config, counts, has_teacher=store.has_teacher(config.teacher_key))
    of_teacher, of_students = todo.teacher_epochs * todo.teacher_steps, todo.epochs * todo.steps
    if todo.teacher_epochs and of_teacher < _FEW_STEPS:
        st.caption(
            plural(
                ":material/warning: Only {count} training step for the teacher, too few to learn much. A "
                "smaller batch or more teacher epochs (*Advanced*) help.",
                ":material/warning: Only {count} training steps for the teacher, too few to learn much. A "
                "smaller batch or more teacher epochs (*Advanced*) help.",
                of_teacher,
            )
        )
    if of_students < _FEW_STEPS:
        st.caption(
            plural(
                ":material/warning: Only {count} training step, too few to learn much. A smaller batch "
                "(*Advanced*) or more epochs help.",
                ":material/warning: Only {count} training steps, too few to learn much. A smaller batch "
                "(*Advanced*) or more epochs help.",
                of_students,
            )
        )


def _few_tests(count: int) -> None:
    """Warns of a test set on which hardly any difference can be seen."""
    if 0 < count < FEW_TESTS:
        st.caption(
            plural(
                ":material/warning: Only {count} test image: an accuracy is uncertain by some "
                "± {points} points.",
                ":material/warning: Only {count} test images: an accuracy is uncertain by some "
                "± {points} points.",
                count,
                points=accuracy_reach(count),
            )
        )


def _when(store: Store, config: RunConfig) -> str:
    """When the run would start."""
    device = resolve_device(config.device)
    before = sum(resolve_device(run.config.device) == device for run in store.queued())
    soon = start_delay_s(store, device)
    starts = duration(rounded(soon))
    if before and starts:
        return plural(
            "{count} run is ahead of it: starts in about {time}.",
            "{count} runs are ahead of it: starts in about {time}.",
            before,
            time=starts,
        )
    if before:
        return plural("{count} run is ahead of it.", "{count} runs are ahead of it.", before)
    everyone = store.as_seen_by(None).runs()
    if not any(run.live and resolve_device(run.config.device) == device for run in everyone):
        return _("Starts immediately.")
    if starts:
        return _("Another run is training; this one starts in about {time}.").format(time=starts)
    return _("Another run is training; this one is next.")


def _same(store: Store, config: RunConfig) -> Run | None:
    key = config.key
    return next(
        (run for run in store.runs() if run.record.config_key == key and run.state == "finished"), None
    )
