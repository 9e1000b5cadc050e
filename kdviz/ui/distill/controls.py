"""The widgets of a new run's settings, and the size of the networks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.grid_container import GridContainer

from kdviz.clip_seconds import OWN_SOUNDS, USUAL
from kdviz.config import NEED_LAMBDA, choices_for, has_setting, options, usual_loss
from kdviz.datasets import DATASETS, input_shape
from kdviz.errors import ConfigError, KdvizError
from kdviz.image_size import sides
from kdviz.language import _, decimal
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import MODELS, PRETRAINED, PROGRAMS, TEACHERS, Cost
from kdviz.store import Store
from kdviz.types import COLUMN_FIELDS, OWN_TEXTS, Arm, TextColumns
from kdviz.ui.distill.preset_costs import network_cost
from kdviz.ui.distill.pretrained_teacher import pretrained_cost, pretrained_teacher
from kdviz.ui.distill.teacher_file import stored_path, teacher_file
from kdviz.ui.frame.errors import errors
from kdviz.ui.frame.formatting import count
from kdviz.ui.frame.server import open_store
from kdviz.ui.widgets.clip_length import clip_length
from kdviz.ui.widgets.estimate import class_count, files_with_masks
from kdviz.ui.widgets.field_keys import FieldKeys
from kdviz.ui.widgets.fields import Fields
from kdviz.ui.widgets.following_count import follow_count
from kdviz.ui.widgets.own_files import own_files
from kdviz.ui.widgets.size_advice import fill_in_size, size_advice

_SIZE = 32  # of a person's own images, before they are read


_NARROWEST = 380
"""Of a field in pixels, below which it has a row of its own."""


def field_row() -> GridContainer:
    """A row of two fields, one below the other where there is no room."""
    return st.grid(2, min_column_width=_NARROWEST)


def settings(store: Store, dataset: str, ladder: DeltaGenerator, cue: DeltaGenerator) -> dict[str, Any]:
    """Draw the widgets. Returns their values; settings without a widget take the recipe's defaults.

    ladder, cue: the places of λ, which people come to change, and whose default depends on what is chosen
    below, and of the cue that is planted in packaged data.
    """
    fields, values = Fields(dataset), {"dataset": dataset}
    # A container each: what is after a widget that comes and goes is drawn again, and an open drawer closes.
    with st.container():
        _data(fields, values)
    with st.container() if DATASETS[dataset].own_files else cue:  # below the files
        _cue(fields, values)
    with st.container():
        _networks(fields, values)
    with st.container():
        if has_setting(fields.modality, "teacher_input"):
            teacher_file(store, fields, values)
    with st.container():
        _loss(fields, values, ladder)
        _training(fields, values)
    with st.expander(_("Advanced"), icon=":material/tune:"):
        _advanced(fields, values)
    return values


def network_costs(settings: Mapping[str, Any], classes: int) -> tuple[Cost, Cost]:
    """The cost of teacher and student. Raises the error that building one would raise."""
    teacher, student = (
        _program_cost(settings)
        if settings[role] in PROGRAMS
        else pretrained_cost(settings["teacher_weights"], classes, _input_shape(settings)[-1])
        if settings[role] == PRETRAINED
        else network_cost(
            settings[role],
            classes=classes,
            input_shape=_input_shape(settings),
            width=settings[f"{role}_width"],
        )
        for role in ("teacher", "student")
    )
    return teacher, student


def _program_cost(settings: Mapping[str, Any]) -> Cost:
    from kdviz.networks import program_summary, require_layer

    size = settings.get("teacher_size")
    sides = (size, size) if size else _input_shape(settings)[1:]
    card = program_summary(Path(settings["teacher_weights"]), sides).card
    require_layer(settings.get("explained_layer", "last"), card.explained_sizes)
    return Cost(card.parameters, card.multiply_adds)


def _data(fields: Fields, values: dict[str, Any]) -> None:
    dataset = values["dataset"]
    if DATASETS[dataset].own_files:
        own = own_files(
            open_store(),
            dataset,
            FieldKeys(dataset).of("data"),
            lambda: fields.text("data", placeholder=_("/path/to/images or images.zip")),
        )
        values["data"] = own.path
        if dataset == OWN_TEXTS:
            values |= {**dict.fromkeys(COLUMN_FIELDS), **own.columns.settings}
        if own.path:
            follow_count(dataset, own.path, own.columns)
        if own.found and own.path:
            fill_in_size(own.found, own.path, FieldKeys(dataset).of("image_size"))
        if dataset == "folder":
            values["image_size"] = fields.text("image_size")
            if (error := _size_error(values)) is not None:
                errors(error)
            size_advice(own.found, values["image_size"], FieldKeys(dataset).of("image_size"))
        if dataset == OWN_SOUNDS and own.path:
            values["clip_seconds"] = clip_length(fields, own.path, FieldKeys(dataset).of("clip_seconds"))


def _cue(fields: Fields, values: dict[str, Any]) -> None:
    values["cue"] = fields.few("cue")
    if values["cue"] != "none":
        values["cue_strength"] = fields.slider("cue_strength", step=0.05)


def _networks(fields: Fields, values: dict[str, Any]) -> None:
    sides = _input_shape(values)[1:]
    with field_row() as row:
        for role in ("teacher", "student"):
            at = [fields.current("teacher_size") or side for side in sides] if role == "teacher" else sides
            offered = choices_for(role, fields.modality)
            fitting = [name for name, spec in MODELS.items() if name in offered and spec.takes(at)]
            if role == "teacher" and (program := fields.current(role)) in PROGRAMS:
                fitting.append(program)
            if role == "teacher" and PRETRAINED in offered:
                fitting.append(PRETRAINED)
            with row.cell():
                name, width = st.columns([3, 2], gap="small")
            with name:
                values[role] = fields.choice(role, fitting)
            with width:
                values[f"{role}_width"] = fields.width(role, values[role])
    if values["teacher"] == PRETRAINED:
        pretrained_teacher(fields, values)
    given = stored_path(open_store(), fields.current("teacher_weights"))
    if _size_error(values) is None:
        st.caption(_compression({**values, "teacher_weights": given}))


def _loss(fields: Fields, values: dict[str, Any], ladder: DeltaGenerator) -> None:
    networks = (values["teacher"], values["student"], fields.current("explained_layer"))
    values["explanation_loss"] = fields.loss(*networks)
    st.caption(_why(*networks))
    with ladder:
        values["explanation_weight"] = fields.weight(values["explanation_loss"])
    with field_row():
        values["temperature"] = fields.slider("temperature", step=1.0)
        values["kd_weight"] = fields.slider("kd_weight", step=0.05)


def _why(teacher: str, student: str, layer: str) -> str:
    """Why the explanation loss is the default for these networks."""
    if usual_loss(teacher, student, layer) == "class-attention":
        return _(
            "Both networks end in average pooling and one linear layer, so the maps of all classes come at "
            "no extra cost. Matching all of them (class attention) helps the student most."
        )
    return _(
        "Class attention is the default where only average pooling and one linear layer follow the explained "
        "layer in both networks. Here it is Grad-CAM of the teacher's predicted class."
    )


def _training(fields: Fields, values: dict[str, Any]) -> None:
    images, epochs = st.columns(2, gap="small")
    with images:
        values["train_count"] = fields.number("train_count", placeholder=_("all"))
    with epochs:
        values["epochs"] = fields.number("epochs")
    plain = values["explanation_weight"] == 0
    st.markdown(
        _("Trained along with the student"),
        help=_("In lockstep: same images, same order, same initial weights."),
    )
    with st.container(horizontal=True):
        wanted = [
            arm
            for arm, about in _arms().items()
            if fields.arm(arm, about, disabled=plain and arm in NEED_LAMBDA)
        ]
    values["arms"] = ("student", *wanted)


def _advanced(fields: Fields, values: dict[str, Any]) -> None:
    sources = EXPLANATION_LOSSES[values["explanation_loss"]].map_sources
    if values["explanation_weight"] > 0 and len(sources) > 1 and _masks_known(values):
        values["map_source"] = fields.choice("map_source", sources)
    both = [TEACHERS[values[role]] for role in ("teacher", "student")]
    there = [layer for layer in options("explained_layer") if all(spec.has(layer) for spec in both)]
    values["explained_layer"] = fields.choice("explained_layer", there)
    values["explanation_share"] = fields.number(
        "explanation_share", placeholder=_("λ is constant"), min_value=0.05, max_value=0.95, step=0.05
    )
    values["seed"], values["teacher_epochs"] = fields.number("seed"), fields.teacher_epochs(values["teacher"])
    values["batch_size"] = fields.number("batch_size")
    if has_setting(fields.modality, "augmentation"):
        values["augmentation"] = fields.choice("augmentation")
    values["optimizer"] = fields.choice("optimizer")
    values["learning_rate"] = fields.number(
        "learning_rate", placeholder=_("default of the optimizer"), format="%g"
    )
    if DATASETS[values["dataset"]].downloads:
        values["data"] = fields.text("data", placeholder=_("default directory"))
    values["device"], values["precision"] = fields.choice("device"), fields.choice("precision")


def _masks_known(values: Mapping[str, Any]) -> bool:
    """Whether masks of the object come with the images. False also for files that cannot be opened."""
    try:
        return files_with_masks(values["dataset"], values.get("data"), TextColumns.of(values))
    except KdvizError:
        return False


def _size_error(values: Mapping[str, Any]) -> ConfigError | None:
    """What is wrong with the typed size of the images."""
    try:
        sides(values.get("image_size", _SIZE))
    except ConfigError as error:
        return error
    return None


def _input_shape(values: Mapping[str, Any]) -> tuple[int, ...]:
    """Of an input; of images of the default size while the typed size is invalid."""
    of_data = {"cue": values["cue"], "clip_seconds": values.get("clip_seconds", USUAL)}
    try:
        return input_shape(values["dataset"], values.get("image_size") or _SIZE, **of_data)
    except ConfigError:
        return input_shape(values["dataset"], _SIZE, **of_data)


def _compression(values: Mapping[str, Any]) -> str:
    try:
        classes = class_count(values["dataset"], values.get("data"), TextColumns.of(values))
        teacher, student = network_costs(values, classes)
    except KdvizError:
        return _("A network cannot be built with these settings.")
    return _(
        "Parameters {from_p} → {to_p}: **{smaller}× smaller**. "
        "Multiply-adds per image {from_m} → {to_m}: {less}× fewer."
    ).format(
        from_p=count(teacher.parameters),
        to_p=count(student.parameters),
        smaller=_times(teacher.parameters, student.parameters),
        from_m=count(teacher.multiply_adds),
        to_m=count(student.multiply_adds),
        less=_times(teacher.multiply_adds, student.multiply_adds),
    )


def _times(more: int, less: int) -> str:
    """How often the smaller number goes into the larger one, to two or three digits."""
    ratio = more / less
    return count(ratio) if ratio >= 100 else decimal(ratio, 1)


def _arms() -> dict[Arm, str]:
    """What each arm beside the student is for."""
    return {
        "twin": _("The same student at λ = 0: what differs between the two is caused by λ and nothing else."),
        "placebo": _(
            "The same λ with the maps of other images: only the gain over it comes from the teacher's maps."
        ),
        "same-answer": _(
            "The same λ with the maps of other images of the same predicted class: the gain over it comes "
            "from the image's own map, not from the typical map of its class. Needs several images per "
            "class in a batch."
        ),
        "scratch": _("The same network trained on the labels alone, without a teacher."),
    }
