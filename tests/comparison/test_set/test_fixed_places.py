"""A corner that gives one class away is found in the teacher's maxima; objects at random places are not."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.comparison import FixedPlace, fixed_places
from kdviz.comparison.test_set.survey import survey_from_arrays, survey_to_arrays
from kdviz.comparison.test_set.surveying import peaks
from kdviz.narrative import shortcut_warning
from tests.comparison.made import made

NBSP = "\N{NO-BREAK SPACE}"
EACH = 16


def blobs(seed, cells=8):
    """Maps of 16 images a class whose highest cell is at a random place."""
    generator = torch.Generator().manual_seed(seed)
    maps = torch.rand(2 * EACH, cells, cells, generator=generator) / 2
    at = torch.randint(cells * cells, (2 * EACH,), generator=generator)
    return maps.flatten(1).scatter(1, at[:, None], 1.0).view_as(maps)


def surveyed(maps):
    labels = np.repeat([0, 1], EACH)
    return replace(made(), classes=("benign", "malignant"), labels=labels, teacher_peaks=peaks(maps))


def marked(count, seed=0):
    """The same with a marker in the upper left corner of `count` images of the second class."""
    maps = blobs(seed)
    maps[EACH : EACH + count, 0, 0] = 2.0
    return maps


def test_the_centre_of_the_highest_cell_is_found():
    maps = torch.zeros(4, 2, 4)
    maps[0, 1, 2] = 3.0
    maps[1, 0, :2] = 1.0
    maps[2] = -1.0
    maps[3, 0, 3], maps[3, 1, 0] = torch.nan, 0.5
    np.testing.assert_allclose(peaks(maps)[[0, 3]], [[0.75, 0.625], [0.75, 0.125]])
    assert np.isnan(peaks(maps)[1:3]).all(), "two cells are the highest; nothing is positive"


def test_a_marker_in_the_corner_of_one_class_is_found_and_said():
    survey = surveyed(marked(14))
    (found,) = fixed_places(survey)
    assert (found.label, found.place, found.n) == (1, (1 / 16, 1 / 16), EACH)
    assert found.count >= 14
    share = round(100 * found.elsewhere)
    assert shortcut_warning(survey) == (
        f"On {found.count} of 16 images labelled malignant the teacher's map is highest at the same place (upper left); "
        f"on images of other classes it is highest there in {share}{NBSP}%. If nothing there belongs to malignant, "
        "the teacher has learned a shortcut, and a student with its maps copies it."
    )


@pytest.mark.parametrize("seed", range(20))
def test_objects_at_random_places_are_none(seed):
    assert fixed_places(surveyed(blobs(seed))) == ()
    assert shortcut_warning(surveyed(blobs(seed))) == ""


def test_a_place_that_all_classes_share_is_none():
    """As the centre is, where most photographs have their object."""
    maps = blobs(0)
    maps[:, 4, 4] = 2.0
    assert fixed_places(surveyed(maps)) == ()


@pytest.mark.parametrize("count", [8, 10])
def test_a_marker_on_few_images_is_none(count):
    maps = marked(count)
    maps[EACH + count :, 7, 7] = 2.0
    assert fixed_places(surveyed(maps)) == ()


def test_fewer_than_eight_images_of_a_class_are_too_few():
    maps = marked(EACH)
    assert fixed_places(surveyed(maps))
    maps[EACH + 7 :] = 0.0
    assert fixed_places(surveyed(maps)) == ()


def test_the_places_are_stored_and_older_surveys_have_none():
    survey = surveyed(marked(EACH))
    arrays = survey_to_arrays(survey)
    assert fixed_places(survey_from_arrays(arrays)) == fixed_places(survey)
    assert all(isinstance(each, FixedPlace) for each in fixed_places(survey))
    del arrays["teacher peaks"]
    assert fixed_places(survey_from_arrays(arrays)) == ()
