"""Errors on a page: settings are called as their fields are."""

import pytest

from kdviz.language import speaking
from kdviz.ui.frame.error_text import on_screen


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("train_count: must be at least 2, got 1.", "Training images: must be at least 2, got 1."),
        (
            "teacher_epochs: 0 leaves the teacher untrained. Give teacher_weights, or at least 1 epoch.",
            "Teacher epochs: 0 leaves the teacher untrained. Give Teacher's weights, or at least 1 epoch.",
        ),
        ("run r1: is running, so it cannot be resumed.", "run r1: is running, so it cannot be resumed."),
        ("loss: stopped being finite.", "loss: stopped being finite."),
        ("text: it has no words. Type at least one.", "Own text: it has no words. Type at least one."),
        ("sound: nothing can be heard in it.", "Own sound: nothing can be heard in it."),
        ("RuntimeError: out of memory", "RuntimeError: out of memory"),
        ("a folder: <class>/*, or train/<class>/*.", r"a folder: \<class\>/\*, or train/\<class\>/\*."),
        ("![x](http://host/a.png) for $5", r"!\[x\](http://host/a.png) for \$5"),
    ],
)
def test_a_setting_is_called_as_its_field_is(line, shown):
    assert on_screen(line) == shown


def test_in_the_language_of_the_page():
    with speaking("zh"):
        assert not on_screen("train_count: must be at least 2, got 1.").startswith(("train", "Train"))
