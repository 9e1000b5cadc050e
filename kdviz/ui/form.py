"""The settings of a new run, what they cost, and the button that starts it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kdviz.config import RunConfig, make_config
from kdviz.datasets import DATASETS
from kdviz.errors import KdvizError
from kdviz.figures import duration
from kdviz.jobs import queue, submit
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS, ModelCard, describe
from kdviz.store import RunRecord, Store
from kdviz.ui.fields import Fields, dataset_choice
from kdviz.ui.shell import errors
from kdviz.ui.words import count

_ARMS = {
    "twin": "The same student at λ = 0: what differs between the two is caused by λ and nothing else.",
    "placebo": "The same λ on wrong maps, shuffled between images: only the gain over it is knowledge.",
    "scratch": "The same network without a teacher: labels alone.",
}
_START: Any = {"type": "primary", "width": "stretch", "icon": ":material/play_arrow:"}
_SIZE, _CLASSES = 32, 10  # of a person's own images, before they are read


def new_run(store: Store) -> str | None:
    """The form in a card. Returns the id of a run that was started, or chosen instead, just now."""
    with st.container(border=True):
        top = st.container()
        values = _settings()
        try:
            config = make_config(values)
            _costs(config)
        except KdvizError as error:
            with top:
                st.button("Start", key="start", disabled=True, **_START)
                errors(error)
            return None
        with top:
            return _start(store, config)


def formula(config: RunConfig) -> str:
    """What is minimised, with the run's own numbers."""
    ce, kd, temperature = 1 - config.kd_weight, config.kd_weight, config.temperature
    distance = EXPLANATION_LOSSES[config.explanation_loss].label
    return (
        f"L = {ce:.2g} · CE + {kd:.2g} · {temperature:g}² · KL + {config.explanation_weight:g} · {distance}"
    )


def _start(store: Store, config: RunConfig) -> str | None:
    started = st.button("Start", key="start", **_START)
    st.caption(_when(store))
    st.caption(f"Minimised: {formula(config)}")
    if started:
        return submit(store, config)
    same = _same(store, config)
    if same and st.button("Open the run with these settings", width="stretch", icon=":material/history:"):
        return same.id
    return None


def _when(store: Store) -> str:
    waiting = queue(store)
    if not waiting:
        busy = any(run.live for run in store.runs())
        return "A run is being trained; this one comes next." if busy else "Starts at once."
    starts = duration(waiting[-1].starts_in_s)
    ahead = f"{len(waiting)} in the queue before it"
    return f"{ahead}; the last of them starts in about {starts}." if starts else f"{ahead}."


def _same(store: Store, config: RunConfig) -> RunRecord | None:
    key = config.key
    return next((run for run in store.runs() if run.config_key == key and run.state == "finished"), None)


def _settings() -> dict[str, Any]:
    """All widgets. What is not on the page is left to the recipe."""
    dataset = dataset_choice()
    fields, values = Fields(dataset), {"dataset": dataset}
    _data(fields, values)
    _networks(fields, values)
    _loss(fields, values)
    _training(fields, values)
    with st.expander("Advanced", icon=":material/tune:"):
        _advanced(fields, values)
    return values


def _data(fields: Fields, values: dict[str, Any]) -> None:
    if values["dataset"] == "folder":
        values["data"] = fields.text("data", placeholder="/path/to/images or images.zip")
        values["image_size"] = fields.number("image_size")
    values["cue"] = fields.few("cue")
    if values["cue"] != "none":
        values["cue_strength"] = fields.slider("cue_strength", step=0.05)


def _networks(fields: Fields, values: dict[str, Any]) -> None:
    size = _image_size(values)
    fitting = [name for name, spec in MODELS.items() if spec.minimum_size <= size]
    for role in ("teacher", "student"):
        name, width = st.columns([3, 2], gap="small")
        with name:
            values[role] = fields.choice(role, fitting)
        with width:
            values[f"{role}_width"] = fields.width(role, values[role])
    st.caption(_compression(*(_card(values, role) for role in ("teacher", "student"))))


def _loss(fields: Fields, values: dict[str, Any]) -> None:
    values["explanation_weight"] = fields.weight()
    offers = MODELS[values["teacher"]].offers & MODELS[values["student"]].offers
    compatible = [name for name, spec in EXPLANATION_LOSSES.items() if spec.requires <= offers]
    values["explanation_loss"] = fields.choice("explanation_loss", compatible)
    values["temperature"] = fields.slider("temperature", step=1.0)
    values["kd_weight"] = fields.slider("kd_weight", step=0.05)


def _training(fields: Fields, values: dict[str, Any]) -> None:
    images, epochs = st.columns(2, gap="small")
    with images:
        values["train_count"] = fields.number("train_count", placeholder="all")
    with epochs:
        values["epochs"] = fields.number("epochs")
    plain = values["explanation_weight"] == 0
    st.markdown("Trained beside the student", help="All in lockstep: same images, same order, same start.")
    with st.container(horizontal=True):
        wanted = [
            arm for arm, about in _ARMS.items() if fields.arm(arm, about, disabled=plain and arm != "scratch")
        ]
    values["arms"] = ("student", *wanted)


def _advanced(fields: Fields, values: dict[str, Any]) -> None:
    values["explained_layer"] = fields.choice("explained_layer")
    for field in ("seed", "teacher_epochs", "batch_size"):
        values[field] = fields.number(field)
    values["optimizer"] = fields.choice("optimizer")
    values["learning_rate"] = fields.number("learning_rate", placeholder="suits the optimiser", format="%g")
    values["teacher_weights"] = fields.text("teacher_weights", placeholder="trained here")
    if values["dataset"] != "folder":
        values["data"] = fields.text("data", placeholder="the usual place")
    values["device"], values["precision"] = fields.choice("device"), fields.choice("precision")


def _image_size(values: dict[str, Any]) -> int:
    return DATASETS[values["dataset"]].image_size or values.get("image_size") or _SIZE


def _card(values: dict[str, Any], role: str) -> ModelCard | None:
    """The cost of a network as it will be built; None while its settings do not fit."""
    spec = DATASETS[values["dataset"]]
    channels = 3 if values["cue"] == "hue-patch" else spec.channels or 3
    try:
        return describe(
            values[role],
            classes=spec.classes or _CLASSES,
            channels=channels,
            image_size=_image_size(values),
            width=values[f"{role}_width"],
        )
    except KdvizError:
        return None


def _costs(config: RunConfig) -> None:
    """Raise the error that building the networks would raise later."""
    values = config.model_dump()
    for role in ("teacher", "student"):
        describe(
            values[role],
            classes=DATASETS[config.dataset].classes or _CLASSES,
            channels=3,
            image_size=_image_size(values),
            width=values[f"{role}_width"],
        )


def _compression(teacher: ModelCard | None, student: ModelCard | None) -> str:
    if teacher is None or student is None:
        return "A network cannot be built with these settings."
    smaller, faster = teacher.parameters / student.parameters, teacher.multiply_adds / student.multiply_adds
    return (
        f"Parameters {count(teacher.parameters)} → {count(student.parameters)}: **{smaller:.3g}× smaller**. "
        f"Multiply-adds an image {count(teacher.multiply_adds)} → {count(student.multiply_adds)}: "
        f"{faster:.3g}× less."
    )
