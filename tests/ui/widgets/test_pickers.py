"""Pickers of images: a link to an image that does not exist says so."""

import pytest

from tests.ui.conftest import opened

CAPTION = ":material/warning: There is no test image {asked} (0 to 23). Shown: 0."


def captions(app):
    assert not app.exception
    return [each.value for each in app.caption if "no test image" in each.value]


@pytest.mark.parametrize("asked", ["99999", "24", "\\-1"])
def test_an_image_that_does_not_exist_is_named_with_the_one_that_is_shown(app, finished, asked):
    opened(app, "explain", run=finished, image=asked.replace("\\", ""))
    assert captions(app) == [CAPTION.format(asked=asked)]
    app.run()
    assert captions(app) == [CAPTION.format(asked=asked)], "it stays while the image does"
    app.number_input(key="image").set_value(3).run()
    assert not captions(app)


def test_an_image_that_exists_needs_no_word(app, finished):
    opened(app, "explain", run=finished, image="23")
    assert app.number_input(key="image").value == 23
    assert not captions(app)
