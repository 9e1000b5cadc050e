"""Runs that go on from the students of a finished run, their parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kdviz.config.keys import INPUT_FIELDS
from kdviz.errors import ConfigError, StoreError
from kdviz.store import Run, Store
from kdviz.types import Arm, Weights

if TYPE_CHECKING:
    from kdviz.config import RunConfig

_SAME = (*INPUT_FIELDS, "student", "student_width")
"""Settings that a run shares with its parent: those that the students' weights and test images depend on."""

_OWN: frozenset[Arm] = frozenset({"twin", "scratch"})
"""Arms that go on from their like alone: from a student trained with λ they would not be what they are."""


def continued(parent: Run, changes: Mapping[str, Any]) -> RunConfig:
    """The settings of a run that goes on from `parent`: the parent's, with changes.

    A changed explanation loss comes with its own default λ. Raises ConfigError.
    """
    from kdviz.config import make_config

    settings = parent.config.model_dump()
    if "explanation_loss" in changes:
        del settings["explanation_weight"]
    if changes.get("map_source") == "teacher":
        settings.pop("marks", None)
    return make_config({**settings, **changes, "parent": parent.id})


def check_parent(store: Store, config: RunConfig) -> None:
    """Raises ConfigError if a run with these settings cannot go on from the parent that they name."""
    if not config.parent:
        return
    parent = _parent(store, config)
    if parent.state != "finished":
        raise ConfigError(
            f"parent: run {parent.id} is {parent.state}. Wait until it has finished, or choose one that has."
        )
    theirs, ours = ({name: getattr(each, name) for name in _SAME} for each in (parent.config, config))
    if wrong := [name for name in _SAME if theirs[name] != ours[name]]:
        differences = ", ".join(f"{name} {theirs[name]!r} and not {ours[name]!r}" for name in wrong)
        raise ConfigError(
            f"parent: run {parent.id} has {differences}, so its students do not fit. "
            f"Leave {', '.join(wrong)} out, or choose another parent."
        )
    for arm in config.arms:
        _start(parent, arm)


def parent_weights(store: Store, config: RunConfig) -> Callable[[Arm], Weights] | None:
    """By arm, the weights that it starts from; None without a parent.

    Each starts from the parent's arm of the same name; a control that the parent lacks, from its student.
    Raises ConfigError if the parent is gone.
    """
    if not config.parent:
        return None
    parent = _parent(store, config)
    return lambda arm: store.weights(parent.id, _start(parent, arm))


def _parent(store: Store, config: RunConfig) -> Run:
    try:
        return store.run(str(config.parent))
    except StoreError as error:
        raise ConfigError(f"parent: {str(error).removeprefix('run: ')}") from None


def _start(parent: Run, arm: Arm) -> Arm:
    """The parent's arm that an arm starts from. Raises ConfigError if there is none."""
    without_lambda = parent.config.explanation_weight == 0
    if arm in parent.config.arms:
        return arm
    if arm in _OWN and not (arm == "twin" and without_lambda):
        raise ConfigError(f"parent: run {parent.id} has no {arm}. Leave it out of arms.")
    return "student"
