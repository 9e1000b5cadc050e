"""What is said of an answer: correct or wrong, and whether the patch is the reason."""

import pytest

from kdviz.ui.widgets.answers import answer_verdict


@pytest.mark.parametrize(
    ("predicted", "cue_class", "without_cue", "verdict"),
    [
        (0, 2, 0, "correct"),
        (0, 0, 1, "correct, by the patch"),
        (0, 0, 0, "correct"),
        (0, 0, None, "correct"),
        (2, 2, 0, "follows the patch"),
        (2, 2, None, "follows the patch"),
        (2, 2, 2, "wrong, without the patch too"),
        (1, 2, 0, "wrong"),
        (1, None, 1, "wrong"),
    ],
)
def test_an_answer_follows_the_patch_only_if_it_is_another_without_it(
    predicted, cue_class, without_cue, verdict
):
    assert answer_verdict(predicted, 0, cue_class, without_cue=without_cue) == verdict
