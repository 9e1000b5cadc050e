"""Rules between fields of a run configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from kdviz.clip_seconds import OWN_SOUNDS, USUAL
from kdviz.config.choices import NEED_LAMBDA, SETTINGS_OF, choices_for, has_setting
from kdviz.datasets import DATASETS
from kdviz.image_size import written
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.models import PRETRAINED, PROGRAM_SUFFIX, PROGRAMS, TEACHERS, sides_needed
from kdviz.museum import mistakes
from kdviz.types import INPUT_NAMES, OWN_TEXTS, Layer

if TYPE_CHECKING:
    from kdviz.config.run_config import RunConfig

_OF_A_TEACHER_FILE = ("teacher_weights", "teacher_input", "teacher_size", "teacher_classes")


def problems(config: RunConfig) -> Iterator[str]:
    """Violations of the rules, a line each."""
    if foreign := list(_of_another_modality(config)):
        yield from foreign
        return
    for role in ("teacher", "student"):
        yield from _network(config, role)
    yield from _teacher_from_a_file(config)
    yield from _map_source(config)
    yield from _without_lambda(config)
    if not config.data and (own := DATASETS[config.dataset].own_files):
        yield own.missing
    if config.clip_seconds != USUAL and config.dataset != OWN_SOUNDS:
        yield (
            f"clip_seconds: is for {OWN_SOUNDS!r}, {config.dataset!r} has no sounds of your own, got "
            f"{config.clip_seconds:g}. Leave it out."
        )
    if config.dataset != OWN_TEXTS:
        for field, name in config.columns.settings.items():
            yield (
                f"{field}: is for {OWN_TEXTS!r}, {config.dataset!r} has no table of your own, got {name!r}. "
                "Leave it out."
            )
    if config.teacher_epochs == 0 and not config.teacher_weights:
        yield "teacher_epochs: 0 leaves the teacher untrained. Give teacher_weights, or at least 1 epoch."
    yield from mistakes.without_effect(
        config.mistake,
        explanation_weight=config.explanation_weight,
        kd_weight=config.kd_weight,
        temperature=config.temperature,
    )


def _of_another_modality(config: RunConfig) -> Iterator[str]:
    """Settings that are meant for another kind of input than the data set's."""
    modality = DATASETS[config.dataset].modality
    for field in ("cue", "teacher", "student", "augmentation", "explanation_loss"):
        if field == "explanation_loss" and config.explanation_weight == 0:
            continue
        name, fits = getattr(config, field), choices_for(field, modality)
        if name not in fits:
            yield (
                f"{field}: {name!r} is not made for {INPUT_NAMES[modality]}, which {config.dataset!r} has. "
                f"These are: {', '.join(fits)}."
            )
    for field in _OF_A_TEACHER_FILE:
        if not has_setting(modality, field) and getattr(config, field) is not None:
            needed = " or ".join(name for of, name in INPUT_NAMES.items() if of in SETTINGS_OF[field])
            yield f"{field}: needs {needed}, {config.dataset!r} has {INPUT_NAMES[modality]}. Leave it out."


def _map_source(config: RunConfig) -> Iterator[str]:
    source, loss = config.map_source, EXPLANATION_LOSSES[config.explanation_loss]
    if source == "teacher":
        if config.marks:
            yield "marks: are matched with map_source 'mask' or 'both', got 'teacher'. Change it."
        if "teacher-maps" in config.arms:
            yield "arms: with map_source 'teacher' the student is its own 'teacher-maps'. Leave it out."
    elif config.explanation_weight == 0:
        yield f"map_source: {source!r} has no effect at explanation_weight 0. Raise it, or leave this out."
    elif source not in loss.map_sources:
        fits = [name for name, other in EXPLANATION_LOSSES.items() if source in other.map_sources]
        yield (
            f"map_source: the explanation_loss {loss.name!r} has no use for {source!r}. "
            f"Losses that have: {', '.join(fits)}."
        )


def _network(config: RunConfig, role: str) -> Iterator[str]:
    spec, shape = TEACHERS[getattr(config, role)], config.input_shape
    size = (config.teacher_input_shape(shape) if role == "teacher" else shape)[1:]
    if not spec.takes(size):
        yield (
            f"{role}: {spec.name!r} needs {sides_needed(spec)}, {config.dataset!r} has {written(*size)}. "
            f"Choose another {role} or larger images."
        )
    if not spec.has_width and getattr(config, f"{role}_width") != 1:
        yield f"{role}_width: {spec.name!r} comes in one width. Set it to 1, or choose another {role}."
    if not spec.has(config.explained_layer):
        there = [layer for layer in get_args(Layer) if spec.has(layer)]
        yield (
            f"explained_layer: no map of the {role} {spec.name!r} is as fine as {config.explained_layer!r}. "
            f"Layers that it has: {', '.join(there)}."
        )
    loss = EXPLANATION_LOSSES[config.explanation_loss]
    missing = loss.requires - spec.offers
    if config.explanation_weight > 0 and missing:
        fits = [name for name, other in EXPLANATION_LOSSES.items() if other.requires <= spec.offers]
        yield (
            f"explanation_loss: {loss.name!r} needs {', '.join(sorted(missing))}, which the {role} "
            f"{spec.name!r} does not have. Losses that fit it: {', '.join(fits)}."
        )


def _teacher_of_texts(config: RunConfig) -> Iterator[str]:
    """A pretrained transformer and its folder need each other; no other file of texts is read."""
    pretrained = config.teacher == PRETRAINED
    if pretrained and not config.teacher_weights:
        yield (
            f"teacher_weights: {PRETRAINED!r} needs the folder of a model. Give one with config.json, "
            "model.safetensors and tokenizer.json."
        )
    elif config.teacher_weights and not pretrained:
        yield (
            f"teacher_weights: a teacher of texts is trained here, or is {PRETRAINED!r} from a folder, got "
            f"{config.teacher!r}. Choose that, or leave teacher_weights out."
        )


def _teacher_from_a_file(config: RunConfig) -> Iterator[str]:
    if DATASETS[config.dataset].modality == "text":
        yield from _teacher_of_texts(config)
        return
    file, program = str(config.teacher_weights or ""), config.teacher in PROGRAMS
    if program != file.endswith(PROGRAM_SUFFIX):
        yield (
            f"teacher: {config.teacher!r} needs a {PROGRAM_SUFFIX} file as teacher_weights, got {file!r}. "
            "Export one, or choose another teacher."
            if program
            else f"teacher: {Path(file).name!r} is a program: set it to 'program', got {config.teacher!r}."
        )
    elif program and config.teacher_epochs:
        yield f"teacher_epochs: a program is used as it is, got {config.teacher_epochs}. Set it to 0."
    given = {name: getattr(config, name) for name in ("teacher_input", "teacher_size", "teacher_classes")}
    if not config.teacher_weights:
        for name, value in given.items():
            if value is not None:
                yield f"{name}: needs a file as teacher_weights, got {value!r} without. Leave it out."


def _without_lambda(config: RunConfig) -> Iterator[str]:
    if config.explanation_weight > 0:
        return
    if NEED_LAMBDA & set(config.arms):
        yield (
            "arms: at explanation_weight 0 the student is its own twin and placebo. "
            "Leave them out, or raise explanation_weight."
        )
    if config.explanation_share:
        yield (
            "explanation_share: adapts an explanation_weight above 0, got 0. Raise explanation_weight, or "
            "leave explanation_share out."
        )
