"""The class on whose images a network is right no more often than by guessing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kdviz.agreement import binomial_at_most
from kdviz.comparison.test_set.survey import Survey
from kdviz.types import Arm

FEWEST = 5
"""Images of a class from which its accuracy is judged."""


@dataclass(frozen=True)
class WeakClass:
    """An arm is right on `right` of the `count` images of the class `label`; guessing on a share `guessed`.

    taken_for, times: the class that it predicts most often for the others, and for how many.
    """

    arm: Arm
    label: int
    right: int
    count: int
    guessed: float
    taken_for: int
    times: int

    @property
    def accuracy(self) -> float:
        """The share of the class's images on which the arm is right."""
        return self.right / self.count


@lru_cache(maxsize=64)  # a survey never changes, and a page needs this at every rerun
def weakest_class(survey: Survey, arm: Arm) -> WeakClass | None:
    """The least accurate class, where the arm is right no more often than by guessing; None if there is none.

    A network that gives nearly one answer to everything has such a class, too. Of many small classes some are
    as weak by luck: then less than one such class must be expected at the accuracy on all images.
    """
    right, predicted = survey.right(arm), survey.predictions[arm].predicted
    classes = len(survey.classes)
    found = []
    for label in range(classes):
        of_class = survey.labels == label
        count, hits = int(of_class.sum()), int(right[of_class].sum())
        by_luck = classes * binomial_at_most(hits, count, float(right.mean()))
        if count < FEWEST or hits > count / classes or by_luck >= 1:
            continue
        others = np.bincount(predicted[of_class & ~right], minlength=classes)
        most = int(others.argmax())
        found.append(WeakClass(arm, label, hits, count, 1 / classes, most, int(others[most])))
    return min(found, key=lambda each: each.accuracy, default=None)
