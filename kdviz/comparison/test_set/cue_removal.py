"""How often a network's answer changes when the planted cue is removed: read without PyTorch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kdviz.cache import Cache
from kdviz.store import Run, Store
from kdviz.types import Arm, Interval


@dataclass(frozen=True)
class CueRemoval:
    """changed: share of n test images for which an arm predicts another class without the random cue.

    With its 95 % interval over images.
    """

    arm: Arm
    changed: Interval
    n: int


_KNOWN: Cache[tuple[CueRemoval, ...]] = Cache(64)


def known_cue_removals(store: Store, run: Run) -> tuple[CueRemoval, ...] | None:
    """Every arm of a run with a planted cue, the teacher first, if that is known; never computes it.

    Raises StoreError without snapshots.
    """
    return _KNOWN.find((run.id, *store.weights_hashes(run.id, run.config.all_arms).values()))


def keep_cue_removals(
    run_id: str, hashes: Mapping[Arm, str], made: Iterable[CueRemoval]
) -> tuple[CueRemoval, ...]:
    """Keep them in memory, where `known_cue_removals` finds them. hashes: of the weights of all arms."""
    kept = tuple(made)
    _KNOWN.keep((run_id, *hashes.values()), kept)
    return kept
