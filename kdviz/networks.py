"""The networks of a run, built from its configuration."""

from __future__ import annotations

from typing import Literal

from kdviz.config import RunConfig
from kdviz.models import Network, build
from kdviz.types import Arm

Role = Literal["teacher", "student"]


def role_of(arm: Arm) -> Role:
    """The role that determines an arm's architecture: all arms except the teacher are students."""
    return "teacher" if arm == "teacher" else "student"


def build_network(
    config: RunConfig, role: Role, *, classes: int, input_shape: tuple[int, ...], seed: int = 0
) -> Network:
    """The network of a role on the CPU, initialized with `seed`. input_shape: (C, H, W)."""
    return build(
        getattr(config, role),
        classes=classes,
        input_shape=input_shape,
        width=getattr(config, f"{role}_width"),
        seed=seed,
    )
