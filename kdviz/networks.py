"""The networks of a run, built from its configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from kdviz.checkpoints import (
    NEW_LAYER,
    NO_NEW_LAYER,
    Match,
    candidate_for,
    classes_setting,
    classifier_size,
    closest_matches,
    load_encoder,
    load_matched,
    match,
    pixel_scale,
    program_tensors,
    read_checkpoint,
    read_encoder,
    read_program,
    require_filled,
)
from kdviz.config import RunConfig
from kdviz.content import file_hash
from kdviz.errors import ModelError
from kdviz.models import (
    PRETRAINED,
    PROGRAMS,
    InputAdapter,
    ModelCard,
    Network,
    PretrainedTextNetwork,
    ProgramNetwork,
    build,
    card_of,
    encoder_text,
    initialise,
    pretrained_text_network,
    pretrained_text_skeleton,
    program_network,
    program_text,
)
from kdviz.types import Arm, Weights
from kdviz.vocabulary import SPELLED


@dataclass(frozen=True)
class ProgramSummary:
    """What a program is. input_shape: (C, H, W), None for a side that is free. card: at the images' sides.

    pooled: its last map is averaged before one linear layer. own_classes: its last layer is linear.
    """

    tensors: int
    input_shape: tuple[int, int | None, int | None]
    classes: int
    pooled: bool
    own_classes: bool
    card: ModelCard


Role = Literal["teacher", "student"]


def role_of(arm: Arm) -> Role:
    """The role that determines an arm's architecture: all arms except the teacher are students."""
    return "teacher" if arm == "teacher" else "student"


def build_network(
    config: RunConfig,
    role: Role,
    *,
    classes: int,
    input_shape: tuple[int, ...],
    normalization: tuple[Sequence[float], Sequence[float]],
    seed: int = 0,
    weights: Weights | None = None,
) -> Network:
    """The network of a role on the CPU, initialized with `seed`.

    input_shape: (C, H, W) of the run's images; normalization: their channels' mean and standard deviation.
    weights: those that will be loaded, where they are known: a program is stored with them, and its file is
    not needed. A teacher that expects other images gets them through its adapter.
    """
    shape = config.teacher_input_shape(input_shape) if role == "teacher" else input_shape
    name, width = getattr(config, role), getattr(config, f"{role}_width")
    if name in PROGRAMS:
        text = program_text(weights) if weights else read_program(Path(str(config.teacher_weights)))
        network: Network = program_network(text, classes, shape)
        initialise(network, seed)
        require_layer(config.explained_layer, network.explained)
    elif name == PRETRAINED:
        encoder = encoder_text(weights) if weights else read_encoder(Path(str(config.teacher_weights)))
        network = pretrained_text_network(encoder, classes, shape[-1])
        initialise(network, seed)
    else:
        network = build(name, classes=classes, input_shape=shape, width=width, seed=seed)
    if role == "teacher" and (config.teacher_input or config.teacher_size):
        _channels, height, width = config.teacher_input_shape(input_shape)
        scale = pixel_scale(config.teacher_input)
        expected = (scale.mean, scale.std) if scale else normalization
        network.adapter = InputAdapter(normalization, expected, (height, width))
    return network


def load_teacher_file(network: Network, config: RunConfig) -> None:
    """Load the run's file of weights into its teacher. Raises ModelError for one that does not fit."""
    if isinstance(network, ProgramNetwork):
        _load_program(network, config)
        return
    if isinstance(network, PretrainedTextNetwork):
        load_encoder(network, Path(str(config.teacher_weights)))
        return
    load_teacher(network, config, *_matched(config))


def load_teacher(network: Network, config: RunConfig, tensors: Mapping[str, Tensor], found: Match) -> None:
    """The same with the file's tensors, and how they match the network."""
    _require_fit(config, found, classifier_size(network))
    kept = config.teacher_classes != NEW_LAYER
    load_matched(network, tensors, found, config.teacher_outputs, with_classifier=kept)


def check_teacher_file(config: RunConfig, classes: int) -> None:
    """Raises ModelError if the run's teacher cannot be made of the file that the settings name.

    classes: of the data. Nothing is downloaded, and only a program or a transformer is built.
    """
    if config.teacher_weights == "imagenet":
        from kdviz.models import require_torchvision  # torchvision is slow to import

        require_torchvision(config.teacher)
    elif config.teacher in (*PROGRAMS, PRETRAINED):
        shape = config.input_shape
        of_zeros = (0.0,) * shape[0], (1.0,) * shape[0]
        network = build_network(config, "teacher", classes=classes, input_shape=shape, normalization=of_zeros)
        load_teacher_file(network, config)
    elif config.teacher_weights:
        _tensors, found = _matched(config)
        _require_fit(config, found, classes)


def _matched(config: RunConfig) -> tuple[Mapping[str, Tensor], Match]:
    """The tensors of the run's file, and how they match the teacher of the settings.

    Raises ModelError if they are those of another network.
    """
    file = Path(str(config.teacher_weights))
    tensors = read_checkpoint(file).tensors
    found = match(tensors, candidate_for(tensors, config.teacher, config.teacher_width))
    others = () if found.can_teach else [each for each in closest_matches(tensors) if each.can_teach]
    if others:
        there = min(others, key=lambda each: each.candidate.architecture != config.teacher).candidate
        given = f"{config.teacher!r} of width {config.teacher_width:g}"
        raise ModelError(
            f"teacher_weights: {file.name!r} has the tensors of {there.architecture!r} of width "
            f"{there.width:g}, not of {given}. Choose that network."
        )
    return tensors, found


def _require_fit(config: RunConfig, found: Match, classes: int) -> None:
    """Raises ModelError unless tensors, channels and outputs of the teacher's file fit."""
    new = config.teacher_classes == NEW_LAYER
    if new and not found.head:
        raise ModelError(NO_NEW_LAYER)
    require_filled(found, with_classifier=not new)
    _require_outputs(config, found.channels, found.classes, classes)


def pretrained_card(folder: Path, classes: int, words: int) -> ModelCard:
    """The cost of a folder's network for texts of this many words, a token each."""
    network = pretrained_text_skeleton(read_encoder(folder), classes, words)
    return card_of(network, (SPELLED, words))


def require_layer(layer: str, there: Iterable[str]) -> None:
    """Raises ModelError if a program has no map of that name; other networks are known before a run.

    there: the names that it has.
    """
    if layer not in there:
        raise ModelError(
            f"explained_layer: no map of the program is as fine as {layer!r}. Layers that it has: "
            f"{', '.join(there)}."
        )


def program_summary(file: Path, sides: tuple[int, ...]) -> ProgramSummary:
    """What a program is, for images of these sides, in pixels, unless its own are fixed."""
    return _summary(file, file_hash(file), sides)


def program_settings(
    file: Path, found: ProgramSummary, *, classes: Sequence[str], sides: Sequence[int]
) -> dict[str, Any]:
    """The settings of a run with this program as teacher. classes, sides: as in `teacher_settings`."""
    _channels, height, width = found.input_shape
    settings: dict[str, Any] = {
        "teacher": "program-pooled" if found.pooled else "program",
        "teacher_width": 1.0,
        "teacher_weights": str(file),
        "teacher_epochs": 0,
        "teacher_classes": classes_setting(found.classes, classes),
    }
    if height == width and height and (height, width) != tuple(sides):
        settings["teacher_size"] = height
    return {name: value for name, value in settings.items() if value is not None}


@lru_cache(maxsize=16)
def _summary(file: Path, content: str, sides: tuple[int, ...]) -> ProgramSummary:
    text = read_program(file)
    channels, height, width = text.input_shape
    shape = (channels, height or sides[0], width or sides[1])
    network = program_network(text, text.classes, shape)
    return ProgramSummary(
        len(text.tensors),
        text.input_shape,
        text.classes,
        network.pooled_classifier() is not None,
        network.own_classes,
        card_of(network, shape),
    )


def _load_program(network: ProgramNetwork, config: RunConfig) -> None:
    file, text, outputs = Path(str(config.teacher_weights)), network.text, config.teacher_outputs
    classes = network.output_count
    _require_outputs(config, text.input_shape[0], text.classes, classes)
    kept = config.teacher_classes != NEW_LAYER
    if not network.own_classes and (outputs or not kept):
        raise ModelError(
            "teacher_classes: outputs can be chosen of a program whose last layer is linear, that of "
            f"{file.name!r} is not. Leave teacher_classes out, with as many classes as it has outputs."
        )
    network.load_program(program_tensors(file), outputs, with_classifier=kept)


def _require_outputs(config: RunConfig, expected: int, outputs: int, classes: int) -> None:
    """Raises ModelError unless channels and outputs of the teacher's file fit the images and classes."""
    file, chosen = Path(str(config.teacher_weights)), config.teacher_outputs
    channels = config.teacher_input_shape(config.input_shape)[0]
    if expected != channels:
        raise ModelError(
            f"teacher_weights: {file.name!r} expects {expected} colour channels, the images have "
            f"{channels}. Give teacher_input, which turns grey into colour, or other images."
        )
    if config.teacher_classes is None and outputs != classes:
        raise ModelError(
            f"teacher_weights: {file.name!r} has {outputs} outputs, the data {classes} classes. Give "
            "teacher_classes: an output for each class, or 'new' to train a new last layer."
        )
    if chosen and (len(chosen) != classes or max(chosen) >= outputs):
        raise ModelError(
            f"teacher_classes: needs {classes} outputs, one a class, each below {outputs}, got "
            f"{config.teacher_classes}."
        )
