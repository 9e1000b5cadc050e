"""Why a network is proposed for a file of weights, and how the file can teach, for the command `inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kdviz.checkpoints import Match


def fit_in_words(matches: Sequence[Match]) -> str:
    """How much of the best network is in the file, of the others beside it, and whether it can teach."""
    from kdviz.checkpoints import best_match  # PyTorch is slow to import

    best = best_match(matches)
    others = [each for each in matches if each is not best]
    beside = f" ({'; '.join(map(_share, others))})" if others else ""
    return f"{_share(best)}{beside}. {_way(best)}"


def _share(found: Match) -> str:
    needed = len(found.loaded) + len(found.missing) + len(found.wrong_shape)
    return f"{found.candidate.architecture}: {len(found.loaded)} of its {needed} tensors are in the file"


def _way(best: Match) -> str:
    layer = ", with a new last layer: --teacher-classes new"
    if best.complete:
        others = f", or for others{layer}" if best.head else ""
        return f"It can teach: for {best.classes:,} classes as it is{others}."
    if best.lacks_head:
        return f"The last layer alone is not, so it can teach{layer}."
    return "The rest is not only its last layer, so it cannot teach."
