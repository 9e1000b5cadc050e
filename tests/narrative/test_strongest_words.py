"""The line above all methods of a text: words that are counted by hand."""

import numpy as np
import pytest

from kdviz.comparison import ArmExplanation, ImageExplanation
from kdviz.narrative import strongest_words

TEXT = "Good plot, good cast; sadly no end"  # 9 words with the marks


def by_method(student, twin, text=TEXT):
    """An explanation by a method. student, twin: values of the words."""
    arms = {
        arm: ArmExplanation(np.array(values, float), np.array(odds), target, {})
        for arm, values, odds, target in (
            ("teacher", student, [0.9, 0.1], 0),
            ("student", student, [0.9, 0.1], 0),
            ("twin", twin, [0.2, 0.8], 1),
        )
    }
    return ImageExplanation(np.zeros((9, 1)), 0, 0, "grad-cam", ("pos", "neg"), arms, text=text)


#     Good plot , good cast ; sadly no end
A = ([5, 0.5, 0, 4, 3, 0, -9, -9, 1], [0, 0, 0, 0, 0, 0, 9, 8, 0])
B = ([1, 7, 0, 2, 6, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, -1, 2])
C = ([9, -1, 0, 0, 0, 0, 8, 7, 0], [np.nan] * 9)


def test_words_among_the_three_strongest_by_more_than_half_of_the_methods_are_counted():
    """A word that occurs twice is one; what speaks against, or is undefined, is none."""
    found = [by_method(*values) for values in (A, B, C)]
    assert strongest_words(found) == (
        "Among the 3 strongest words by most of 3 methods: student (pos) “good” (3), “cast” (2); "
        "twin (neg) “sadly” (2)."
    )


def test_half_of_the_methods_are_not_most():
    found = [by_method(*values) for values in (A, C)]
    assert strongest_words(found) == (
        "Among the 3 strongest words by most of 2 methods: student (pos) “good” (2); twin (neg) none."
    )


@pytest.mark.parametrize("found", [[], [by_method(*A)], [by_method(*A, text=None), by_method(*B, text=None)]])
def test_of_one_method_or_of_pictures_nothing_is_said(found):
    assert strongest_words(found) == ""
