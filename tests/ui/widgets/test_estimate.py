"""What the form says a run will cost."""

import pytest

from kdviz.config import make_config
from kdviz.jobs import Estimate, Work
from kdviz.ui.widgets import estimate
from kdviz.ui.widgets.estimate import multiply_adds, rounded
from tests.ui.conftest import opened


def said(app):
    return "\n".join(caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, 1), (6.6, 7), (23.1, 25), (58.0, 60), (97.0, 100), (754.0, 780), (7501.0, 7800)],
)
def test_a_forecast_is_told_no_more_exactly_than_it_is_known(seconds, told):
    assert rounded(seconds) == told


def test_multiply_adds_count_forward_passes_once_and_backward_ones_twice():
    """Teacher of 7 alone on 2·5·10 images; then the teacher forward, and two arms of 3, on 4·6·10."""
    config = make_config({"arms": ("student", "twin")})
    work = Work(teacher_steps=5, teacher_epochs=2, steps=6, epochs=4, batch_size=10)
    assert multiply_adds(config, work, teacher=7, student=3) == 100 * 3 * 7 + 240 * (7 + 2 * 3 * 3)


def test_the_time_is_shown_with_its_parts(app, monkeypatch):
    work = Work(78, 0, 31, 12, 64)
    found = Estimate(teacher=0.0, students=17.0, evaluation=4.0, rest=4.4)
    monkeypatch.setattr(estimate, "expected", lambda store, config, counts: (work, found))
    opened(app, "distill")
    shown = next(caption for caption in app.caption if "Takes about" in caption.value)
    assert shown.value.startswith("Takes about **25 s** on this machine (")
    for line in (
        "- the teacher is trained already",
        "- training the students: 17 s",
        "- evaluation after each epoch: 4 s",
        "- loading, and the test set at the end: 4 s",
        "Estimated from an earlier run of the same kind on this machine.",
    ):
        assert line in shown.help.splitlines()
    assert "372 batches, 23.8 k images" in said(app)


def test_without_an_earlier_run_the_form_says_when_there_will_be_an_estimate(app):
    opened(app, "distill", **{"fashion-mnist-mini.epochs": "5"})
    assert "No time estimate yet; it appears after the first epoch." in said(app)
    assert not app.button(key="start").disabled


@pytest.mark.parametrize(
    ("setting", "value", "line"),
    [
        (
            "train_count",
            9000,
            "Training images: must be at most 5000, the number of training images, got 9000. Leave it empty to take all.",
        ),
        (
            "train_count",
            10,
            "Batch size: 64 is more than the 10 training images. Choose at most 10.",
        ),
    ],
)
def test_amounts_that_no_run_could_have_are_told_before_it_is_started(app, setting, value, line):
    opened(app, "distill")
    app.number_input(key=f"fashion-mnist-mini.{setting}").set_value(value).run()
    assert [error.value for error in app.error] == [line]
    assert app.button(key="start").disabled


def test_a_folder_that_is_not_there_is_told_before_it_is_started(app):
    opened(app, "distill", dataset="Your own images")
    app.text_input(key="folder.data").set_value("/nowhere").run()
    assert [error.value for error in app.error] == [
        "Your files: no folder or zip '/nowhere'. Give the path of a folder or zip of images."
    ]
