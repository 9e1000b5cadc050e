"""Comprehensiveness and sufficiency, word by word in plain Python, and their floor."""

import math

import pytest
import torch

from kdviz.errors import ShapeError
from kdviz.faithfulness import FRACTIONS, erasure

LENGTH = 40
WEIGHTS = torch.linspace(-1, 2, 60)


def model(texts):
    """The sum of each word's weight is the score of class 1."""
    score = WEIGHTS[texts[:, 0]].masked_fill(texts[:, 0] == 0, 0).sum(1) / 4
    return torch.stack([torch.zeros_like(score), score], 1)


@pytest.fixture
def texts():
    drawn = torch.randint(1, 60, (5, 1, LENGTH), generator=torch.Generator().manual_seed(0))
    for row, count in enumerate((40, 23, 7, 1, 3)):
        drawn[row, 0, count:] = 0
    return drawn


@pytest.fixture
def maps(texts):
    drawn = torch.randn(5, LENGTH, generator=torch.Generator().manual_seed(1))
    return drawn.masked_fill(texts[:, 0] == 0, math.nan)


def probability(words, target):
    score = math.fsum(float(WEIGHTS[word]) for word in words) / 4
    return 1 / (1 + math.exp(-score if target else score))


def slowly(words, values, target):
    """DeYoung et al. 2020, eq. 1-3."""
    order = sorted(range(len(words)), key=lambda place: -values[place])
    whole, without, alone = probability(words, target), [], []
    for fraction in FRACTIONS:
        top = set(order[: max(1, round(fraction * len(words)))])
        without.append(whole - probability([w for n, w in enumerate(words) if n not in top], target))
        alone.append(whole - probability([w for n, w in enumerate(words) if n in top], target))
    return math.fsum(without) / 5, math.fsum(alone) / 5


def test_drops_are_the_definition_s(texts, maps):
    target = torch.tensor([1, 0, 1, 1, 0])
    found = erasure(model, texts, target, maps)
    for row in (0, 1, 2, 4):
        count = int((texts[row, 0] > 0).sum())
        expected = slowly(texts[row, 0, :count].tolist(), maps[row, :count].tolist(), int(target[row]))
        assert (float(found.comprehensiveness[row]), float(found.sufficiency[row])) == pytest.approx(
            expected, abs=1e-6
        )
    assert found.comprehensiveness[3].isnan()  # a single word is the highest and the lowest


def test_the_words_own_weights_beat_random_orders_and_their_negatives_do_not(texts):
    target = torch.ones(5, dtype=torch.long)
    best = WEIGHTS[texts[:, 0]].masked_fill(texts[:, 0] == 0, math.nan)
    found, worst = erasure(model, texts, target, best), erasure(model, texts, target, -best)
    for row in (0, 1, 2):
        assert (
            worst.comprehensiveness[row] < found.random_comprehensiveness[row] < found.comprehensiveness[row]
        )
        assert found.sufficiency[row] < found.random_sufficiency[row] < worst.sufficiency[row]


def test_the_floor_is_the_same_for_every_map_and_a_constant_map_has_none(texts, maps):
    target = torch.ones(5, dtype=torch.long)
    first, second = (erasure(model, texts, target, each) for each in (maps, maps**3))
    torch.testing.assert_close(first.random_sufficiency, second.random_sufficiency, equal_nan=True)
    assert erasure(model, texts, target, maps * 0).comprehensiveness.isnan().all()


def test_maps_of_another_length_are_refused(texts, maps):
    with pytest.raises(ShapeError, match=r"maps: must be \(5, 40\), got \(5, 39\)\."):
        erasure(model, texts, torch.zeros(5, dtype=torch.long), maps[:, 1:])
