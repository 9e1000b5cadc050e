"""The images of a report whose maps are shown, where nobody has chosen others."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import ImageFilter, Survey, triage
from kdviz.store import Store

_FIRST, _ERRORS = 6, 3
"""Numbers of images of the probe set, and of errors of the student beside them."""


def shown_by_default(store: Store, run_id: str) -> list[int]:
    """The first images of the run's probe set, which was chosen before training."""
    epochs = store.probe_epochs(run_id)
    return store.probe(run_id, epochs[-1]).indices[:_FIRST].tolist() if epochs else list(range(_FIRST))


def worst_errors(survey: Survey | None, shown: Sequence[int]) -> list[int]:
    """Images that the student gets wrong, the lowest agreement first, as on Agreement: a few besides `shown`.

    survey: None if the run is not evaluated.
    """
    if survey is None:
        return []
    wrong = triage(survey, ImageFilter(correct=False))
    return [row.index for row in wrong if row.index not in shown][:_ERRORS]
