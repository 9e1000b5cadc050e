"""The share of a student's evidence inside a person's marks, before and after: read without PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kdviz.cache import Cache
from kdviz.config import RunConfig
from kdviz.store import Store
from kdviz.types import Arm, Interval

MarkedNetwork = Literal["before", "after", "control"]
"""A network whose evidence inside the marks is measured: the student before and after, and the control."""


@dataclass(frozen=True)
class MarkedEvidence:
    """Mean shares of the positive evidence for the label inside the marks, each in [0, 1].

    images: marked training images on which every map is defined; without any, the means are NaN. area: share
    of them that the marks cover. before: of the parent's student; after: of the run's. control: an arm of the
    run that had no marks, with its share; None without one. gain: after − before; over_control: after − that
    of the control, None without one. Both are without ends for few images. marked: all training images with a
    mark. explained: those of them that are explained, as many as can be in reasonable time. blank: of these,
    by network, the number without any evidence for the label, so that no share of it is inside.
    """

    explainer: str
    images: int
    area: float
    before: float
    after: float
    control: tuple[Arm, float] | None
    gain: Interval
    over_control: Interval | None
    marked: int
    explained: int
    blank: Mapping[MarkedNetwork, int] = field(default_factory=dict)


_KNOWN: Cache[MarkedEvidence] = Cache(16)


def known_marked_evidence(store: Store, run_id: str) -> MarkedEvidence | None:
    """The evidence inside the marks of a run with a parent, if this process has computed it."""
    return _KNOWN.find(_key(store, run_id))


def keep_marked_evidence(store: Store, run_id: str, made: MarkedEvidence) -> None:
    """Keep it in memory, where `known_marked_evidence` finds it."""
    _KNOWN.keep(_key(store, run_id), made)


def arms_without_marks(config: RunConfig) -> tuple[Arm, ...]:
    """The arm that was trained on without marks: the control, or else the twin; empty without either."""
    found: list[Arm] = [arm for arm in ("teacher-maps", "twin") if arm in config.arms]
    return tuple(found[:1])


def _key(store: Store, run_id: str) -> tuple[str, ...]:
    config = store.run(run_id).config
    arms: tuple[Arm, ...] = ("student", *arms_without_marks(config))
    hashes = (store.weights_hashes(str(config.parent), ("student",)), store.weights_hashes(run_id, arms))
    return (str(store.directory), run_id, *(each for part in hashes for each in part.values()))
