import pytest

from kdviz.modalities import MODALITIES
from kdviz.ui.widgets.input_views import VIEWS, view_of


def test_every_kind_of_input_has_a_view():
    assert VIEWS.keys() == MODALITIES.keys()


@pytest.mark.parametrize("name", VIEWS)
def test_maps_of_two_dimensions_lie_on_a_picture(name):
    assert VIEWS[name].on_picture == (MODALITIES[name].dimensions == 2)


def test_a_data_set_of_another_version_is_shown_as_images_are():
    assert view_of("a set that nobody knows") is VIEWS["image"]
