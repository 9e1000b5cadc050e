"""The networks of a run, built from its configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from torch import Tensor

from kdviz.checkpoints import (
    NEW_LAYER,
    Match,
    candidate_for,
    classifier_size,
    load_matched,
    match,
    pixel_scale,
    read_checkpoint,
)
from kdviz.config import RunConfig
from kdviz.errors import ModelError
from kdviz.models import InputAdapter, Network, build
from kdviz.types import Arm

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
) -> Network:
    """The network of a role on the CPU, initialized with `seed`.

    input_shape: (C, H, W) of the run's images; normalization: their channels' mean and standard deviation.
    A teacher that expects other images gets them through its adapter.
    """
    network = build(
        getattr(config, role),
        classes=classes,
        input_shape=config.teacher_input_shape(input_shape) if role == "teacher" else input_shape,
        width=getattr(config, f"{role}_width"),
        seed=seed,
    )
    if role == "teacher" and (config.teacher_input or config.teacher_size):
        _channels, height, width = config.teacher_input_shape(input_shape)
        scale = pixel_scale(config.teacher_input)
        expected = (scale.mean, scale.std) if scale else normalization
        network.adapter = InputAdapter(normalization, expected, (height, width))
    return network


def load_teacher_file(network: Network, config: RunConfig) -> None:
    """Load the run's file of weights into its teacher. Raises ModelError for one that does not fit."""
    tensors = read_checkpoint(Path(str(config.teacher_weights))).tensors
    found = match(tensors, candidate_for(tensors, config.teacher, config.teacher_width))
    load_teacher(network, config, tensors, found)


def load_teacher(network: Network, config: RunConfig, tensors: Mapping[str, Tensor], found: Match) -> None:
    """The same with the file's tensors, and how they match the network."""
    file = Path(str(config.teacher_weights))
    channels = config.teacher_input_shape(config.input_shape)[0]
    if found.channels != channels:
        raise ModelError(
            f"teacher_weights: {file.name!r} expects {found.channels} colour channels, the images have "
            f"{channels}. Give teacher_input, which turns grey into colour, or other images."
        )
    outputs, classes = config.teacher_outputs, classifier_size(network)
    kept = config.teacher_classes != NEW_LAYER
    if kept and outputs is None and found.classes != classes:
        raise ModelError(
            f"teacher_weights: {file.name!r} has {found.classes} outputs, the data {classes} classes. Give "
            "teacher_classes: an output for each class, or 'new' to train a new last layer."
        )
    if outputs and (len(outputs) != classes or max(outputs) >= found.classes):
        raise ModelError(
            f"teacher_classes: needs {classes} outputs, one a class, each below {found.classes}, got "
            f"{config.teacher_classes}."
        )
    load_matched(network, tensors, found, outputs, with_classifier=kept)
