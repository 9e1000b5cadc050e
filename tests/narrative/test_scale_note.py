"""The line on the colours of one map: its own scale, or how faint it is on that of others."""

import numpy as np
import pytest

from kdviz.figures.maps import ColourScale, density, own_scale
from kdviz.language import percentage
from kdviz.narrative import scale_note


@pytest.mark.parametrize(
    ("highest", "limit", "signed", "own", "said"),
    [
        (2.24, 2.24, False, True, "Own colour scale: full colour is 2.2 times an even spread."),
        (-2.24, 2.24, True, True, "Own colour scale: full colour is 2.2 times the mean strength."),
        (7.4, 28.41, False, False, f"Faint here: at most {percentage(7.4 / 28.41, 0)} of full colour."),
        (-2, 10, True, False, f"Faint here: at most {percentage(0.2, 0)} of full colour."),
        (3, 10, False, False, ""),
        (10.9, 10, False, False, ""),
        (
            12,
            10,
            False,
            False,
            f"Stronger than its colour shows in {percentage(1 / 9, 0)} of its cells: up to 1.2 times full colour.",
        ),
        (
            -15,
            10,
            True,
            False,
            f"Stronger than its colour shows in {percentage(1 / 9, 0)} of its cells: up to 1.5 times full colour.",
        ),
        (np.nan, 10, False, True, ""),
    ],
)
def test_it_is_said_what_full_colour_is_or_how_much_of_it_a_map_has(highest, limit, signed, own, said):
    values = np.zeros((3, 3), np.float32)
    values[1, 1] = highest
    assert scale_note(values, ColourScale(limit, signed=signed), own=own) == said


def test_a_few_cells_above_full_colour_still_show_where_a_map_is_strongest():
    values = np.ones((10, 10), np.float32)
    values.flat[:1] = 2
    assert scale_note(values, ColourScale(1.5), own=False) == ""
    values.flat[1] = 2
    assert scale_note(values, ColourScale(1.5), own=False) == (
        f"Stronger than its colour shows in {percentage(0.02, 0)} of its cells: up to 1.3 times full colour."
    )


def test_of_a_fine_map_with_its_own_scale_it_is_said_how_many_cells_are_above_it():
    values = np.arange(1, 401, dtype=np.float32).reshape(20, 20)
    scale = own_scale(values)
    above = (values / values.mean() > scale.limit).mean()
    said = scale_note(density(values), scale, own=True)
    assert above > 0
    assert said.endswith(f"{percentage(above)} of its cells are above that.")


def test_a_texts_map_has_no_value_between_its_words():
    values = np.array([np.nan, 1, np.nan, 0], np.float32)
    assert scale_note(values, ColourScale(5.0), own=False).startswith("Faint here: at most 20")
