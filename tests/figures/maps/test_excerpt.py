"""An excerpt has the strongest words in the order of the text."""

import numpy as np

from kdviz.figures.maps import ColourScale, excerpt, shaded_words

TEXT = "One two, three four five six seven eight nine ten."


def of(values):
    return excerpt(shaded_words(TEXT, np.array(values, np.float32), ColourScale(1.0, signed=True)))


def test_words_that_follow_one_another_stand_so_and_others_have_dots_between():
    words = of([0.9, -0.8, 0, 0.05, 0, 0.3, 0, 0, 0, 0, 0, 0])
    assert "".join(word.gap + word.text for word in words) == "One two … five"


def test_at_most_eight_words_are_kept_and_the_weakest_go():
    words = of([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, -0.95, 0.96, 0.15, 0.12])
    assert len(words) == 8
    assert min(abs(word.shade) for word in words) > 0.35


def test_where_no_word_stands_out_there_is_none():
    assert of([0.0] * 12) == []
    assert of([np.nan] * 12) == []
