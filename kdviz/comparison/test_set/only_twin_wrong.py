"""Test images on which the twin alone is wrong: what the difference between the two students is seen on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.test_set.known_surveys import finding_surveys
from kdviz.comparison.test_set.survey import Survey
from kdviz.store import Run, Store
from kdviz.types import Arm

_AT_ONCE, _MOST = 16, 256
"""Images that are predicted at once, and at most, where no survey is stored."""

_ARMS: tuple[Arm, ...] = ("teacher", "student", "twin")


def known_only_twin_wrong(store: Store, run: Run) -> tuple[int, ...]:
    """Their indices in the test set, ascending, by a stored survey; empty without one, or without a twin."""
    found = next(iter(finding_surveys(store, run).values()), None)
    return () if found is None else only_twin_wrong(found)


def only_twin_wrong(survey: Survey) -> tuple[int, ...]:
    """The same of a survey."""
    if "twin" not in survey.predictions:
        return ()
    wrong = survey.right("teacher") & survey.right("student") & ~survey.right("twin")
    return tuple(np.sort(survey.indices[wrong]).tolist())


def next_only_twin_wrong(store: Store, run: Run, index: int) -> int | None:
    """The next such image after the one at `index`, around the end of the test set; None if none is found.

    Without a stored survey, up to 256 images are predicted. Raises StoreError without snapshots.
    """
    if known := known_only_twin_wrong(store, run):
        return next((at for at in known if at > index), known[0])
    of_run = snapshots(store, run.id)
    count = len(of_run.images.test)
    following = [(index + step) % count for step in range(1, min(count - 1, _MOST) + 1)]
    for first in range(0, len(following), _AT_ONCE):
        some = following[first : first + _AT_ONCE]
        if (found := _first(of_run, some)) is not None:
            return found
    return None


def _first(run: Snapshots, indices: Sequence[int]) -> int | None:
    split = run.images.test.take(torch.tensor(list(indices)))
    images = run.normalizer.normalize(split.images)
    with run.lock, torch.no_grad():
        right = {arm: run.networks[arm](images).argmax(1).cpu() == split.labels for arm in _ARMS}
    wrong = right["teacher"] & right["student"] & ~right["twin"]
    return indices[int(wrong.nonzero()[0])] if wrong.any() else None
