"""Test images on which the twin alone is wrong: what the difference between the two students is seen on.

With a planted cue, those on which the twin predicts what the cue indicates, if there are any.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from kdviz.cache import Cache
from kdviz.comparison.models.snapshots import Snapshots, snapshots
from kdviz.comparison.test_set.cue_split import survey_cue_classes
from kdviz.comparison.test_set.known_surveys import finding_surveys
from kdviz.comparison.test_set.survey import Survey
from kdviz.datasets import random_cue_classes
from kdviz.store import Run, Store
from kdviz.types import Arm

_AT_ONCE, _MOST, _MOST_FIRST = 16, 256, 64
"""Images that are predicted at once, and at most, where no survey is stored; and for the first alone."""

_ARMS: tuple[Arm, ...] = ("teacher", "student", "twin")

_FIRST: Cache[tuple[int | None]] = Cache(64)


def known_only_twin_wrong(store: Store, run: Run) -> tuple[int, ...]:
    """Their indices in the test set, ascending, by a stored survey; empty without one, or without a twin."""
    found = next(iter(finding_surveys(store, run).values()), None)
    return () if found is None else only_twin_wrong(found, has_cue=run.config.cue != "none")


def only_twin_wrong(survey: Survey, *, has_cue: bool = False) -> tuple[int, ...]:
    """The same of a survey. has_cue: whether a cue is planted in its images."""
    if "twin" not in survey.predictions:
        return ()
    wrong = survey.right("teacher") & survey.right("student") & ~survey.right("twin")
    if has_cue:
        followed = wrong & (survey.predictions["twin"].predicted == survey_cue_classes(survey))
        wrong = followed if followed.any() else wrong
    return tuple(np.sort(survey.indices[wrong]).tolist())


def first_only_twin_wrong(store: Store, run: Run) -> int | None:
    """The first such image; None if none is found, or without a twin.

    Without a stored survey, the first 64 images are predicted once. Raises StoreError without snapshots.
    """
    if known := known_only_twin_wrong(store, run):
        return known[0]
    of_run = snapshots(store, run.id)
    if not set(_ARMS) <= set(of_run.networks):
        return None
    some = range(min(_MOST_FIRST, len(of_run.images.test)))
    return _FIRST.get((run.id, *of_run.hashes.values()), lambda: (_searched(of_run, some),))[0]


def next_only_twin_wrong(store: Store, run: Run, index: int) -> int | None:
    """The next such image after the one at `index`, around the end of the test set; None if none is found.

    Without a stored survey, up to 256 images are predicted. Raises StoreError without snapshots.
    """
    if known := known_only_twin_wrong(store, run):
        return next((at for at in known if at > index), known[0])
    of_run = snapshots(store, run.id)
    count = len(of_run.images.test)
    return _searched(of_run, [(index + step) % count for step in range(1, min(count - 1, _MOST) + 1)])


def _searched(run: Snapshots, indices: Sequence[int]) -> int | None:
    """The first such image of these, in order, by the networks themselves."""
    other = None
    has_cue = run.config.cue != "none"
    cued = random_cue_classes(len(run.images.test), len(run.images.classes)) if has_cue else None
    for first in range(0, len(indices), _AT_ONCE):
        some = list(indices[first : first + _AT_ONCE])
        wrong, twin = _wrong(run, some)
        followed = wrong if cued is None else wrong & (twin == cued[some])
        if followed.any():
            return some[int(followed.nonzero()[0])]
        if other is None and wrong.any():
            other = some[int(wrong.nonzero()[0])]
    return other


def _wrong(run: Snapshots, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Whether the twin alone is wrong, bool (N,), and what it predicts, (N,)."""
    split = run.images.test.take(torch.tensor(list(indices)))
    with run.lock:
        predicted = run.predicted(split.images, _ARMS)
    right = {arm: of == split.labels for arm, of in predicted.items()}
    return right["teacher"] & right["student"] & ~right["twin"], predicted["twin"]
