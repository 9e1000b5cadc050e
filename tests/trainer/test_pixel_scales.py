"""Which scale of the pixels is proposed for a teacher's file: the data set's own, unless it is clearly worse."""

import numpy as np
import pytest

from kdviz.trainer.teacher_ways import TeacherCheck, Tried, clearly_best, most_accurate


def tried(scale, right):
    """A way that is right on these of 40 images."""
    answers = np.isin(np.arange(40), list(right))
    return Tried(None, TeacherCheck(scale, answers.mean(), 0.0, 1.0, 0.2, 40), answers, None)


@pytest.mark.parametrize(
    ("own", "other", "proposed"),
    [
        (range(10), range(11), None),  # one image more
        (range(10), range(20, 32), None),  # two more, but on other images: within noise
        (range(10), range(30), "imagenet"),
        (range(10), range(10), None),
        (range(12), range(10), None),
    ],
)
def test_other_pixels_are_proposed_only_where_they_are_clearly_better(own, other, proposed):
    usual, others = tried(None, own), tried("imagenet", other)
    assert clearly_best([usual, others], usual).check.scale == proposed


def test_without_the_data_sets_own_pixels_the_best_is_proposed():
    assert most_accurate([tried("imagenet", range(10)), tried("0-1", range(11))]).check.scale == "0-1"
