"""Whether maps mark a person's words: against scikit-learn, and by hand."""

import math

import pytest
import torch
from sklearn.metrics import average_precision_score

from kdviz.comparison.test_set.plausibility import plausibility
from kdviz.faithfulness import average_precision, token_f1


@pytest.mark.parametrize("levels", [1000, 4])
def test_average_precision_is_scikit_learns_on_the_words_there_are(levels):
    draws = torch.Generator().manual_seed(levels)
    maps = torch.randint(levels, (20, 15), generator=draws).float()
    masks = torch.rand(20, 15, generator=draws) < 0.3
    maps[:, 12:] = math.nan
    masks[:, 0], masks[:, 1], masks[:, 12:] = True, False, False
    expected = [average_precision_score(mask[:12], row[:12]) for row, mask in zip(maps, masks, strict=True)]
    assert average_precision(maps, masks).tolist() == pytest.approx(expected)


def test_token_f1_takes_as_many_words_as_were_marked():
    masks = torch.tensor([[True, True, False, False, False]] * 4)
    maps = torch.tensor([[5.0, 4, 3, 2, 1], [5, 1, 4, 3, 2], [1, 2, 3, 4, 5], [5, 1, 1, 1, 1]])
    assert token_f1(maps, masks).tolist() == pytest.approx([1, 0.5, 0, 0.5 + 0.25 * 0.5])


def test_without_marked_or_unmarked_words_both_are_undefined():
    maps = torch.tensor([[1.0, 2, math.nan], [1, 2, math.nan]])
    masks = torch.tensor([[False, False, False], [True, True, False]])
    assert average_precision(maps, masks).isnan().all()
    assert token_f1(maps, masks).isnan().all()


def test_chance_is_that_of_the_same_values_and_of_a_text_of_like_length():
    """One word of ten is marked; the right map has it, in random order one time in ten, the neighbour never."""
    masks = torch.zeros(6, 12, dtype=torch.bool)
    masks[torch.arange(6), torch.tensor([0, 5, 1, 6, 2, 7])] = True
    maps = masks.float()
    lengths = torch.tensor([10, 10, 11, 11, 12, 12])
    maps[torch.arange(12) >= lengths[:, None]] = math.nan
    found = plausibility(maps, masks)
    assert (found.n, found.precision, found.f1, found.other_f1) == (6, 1, 1, 0)
    assert found.chance_f1 == pytest.approx(1 / 11, abs=0.05)
    assert 0.05 < found.other_precision < 0.2
    assert found.chance_f1 < found.chance_precision < 0.4
