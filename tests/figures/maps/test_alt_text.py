import math

import numpy as np
import pytest

from kdviz.figures.maps import difference_alt, heatmap_alt, heatmaps_alt
from kdviz.figures.style import duration, lambda_text, percent, score

LEFT = np.array([[9, 0, 0], [0, 0, 0], [0, 0, 1]], np.float32)
UNDEFINED = np.full((3, 3), np.nan, np.float32)


def test_the_alt_text_of_an_overlay_names_the_region_with_most_evidence():
    assert (
        heatmap_alt("teacher", LEFT)
        == "teacher looks mostly at the upper left (90.0\N{NO-BREAK SPACE}% of its evidence)."
    )
    assert heatmap_alt("student", LEFT, agreement=0.456).endswith("; agreement with the teacher 0.46.")


def test_undefined_is_a_word_and_never_nan():
    assert heatmap_alt("student", UNDEFINED) == "student: the map is undefined."
    assert percent(math.nan) == score(math.nan) == "undefined"


def test_a_row_is_described_arm_by_arm():
    text = heatmaps_alt("Test image 7, boot", {"teacher": LEFT, "twin": UNDEFINED})
    assert text.startswith("Test image 7, boot. teacher looks mostly")
    assert text.endswith("twin (λ = 0): the map is undefined.")


def test_a_difference_names_the_regions_with_more_and_less():
    signed = np.array([[-5, 0, 0], [0, 0, 0], [0, 0, 5]], np.float32)
    assert (
        difference_alt("student", signed)
        == "student looks more than the teacher at the lower right, less at the upper left."
    )
    assert difference_alt("student", UNDEFINED).endswith("no difference to show, or a map is undefined.")
    assert difference_alt("student", LEFT * 0).endswith("no difference to show, or a map is undefined.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (21.6, "22 s"), (80, "1 min 20 s"), (7500, "2 h 5 min"), (-3, "0 s"), (math.nan, "")],
)
def test_a_span_of_time_has_two_units_at_most(seconds, words):
    assert duration(seconds) == words


def test_lambda_is_its_number_or_the_share_that_it_is_adapted_to():
    assert [lambda_text(weight, None) for weight in (30.0, 0.1, 0.0)] == ["30", "0.1", "0"]
    assert lambda_text(30.0, 0.5) == "for 50\N{NO-BREAK SPACE}%"
