"""A hue has the name of the nearest of eight."""

import pytest

from kdviz.datasets.cue import hues
from kdviz.figures.hue_names import hue_name

NAMES = ["red", "amber", "yellow-green", "green", "cyan", "blue", "violet", "magenta"]


def test_the_colours_of_eight_classes_have_eight_names():
    assert [hue_name(tuple(colour)) for colour in hues(8).tolist()] == NAMES


@pytest.mark.parametrize(
    ("colour", "name"),
    [((255, 0, 0), "red"), ((255, 0, 30), "red"), ((0, 0, 255), "blue"), ((128, 0, 128), "magenta"), ((250, 190, 10), "amber")],
)  # fmt: skip
def test_colours_between_have_the_nearest_one(colour, name):
    assert hue_name(colour) == name
