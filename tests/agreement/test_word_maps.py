"""Agreement of maps of texts, which have words and no common grid."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from kdviz.agreement import agreement, image_scores
from kdviz.agreement.measures import measure_named

LENGTHS = [1, 2, 3, 3, 7, 12, 12, 20]
MEASURES = ["cosine", "pearson", "spearman", "top-20-iou", "pointing"]


def texts(seed, lengths=LENGTHS, longest=20):
    maps = torch.rand(len(lengths), longest, generator=torch.Generator().manual_seed(seed))
    for row, length in zip(maps, lengths, strict=True):
        row[length:] = torch.nan
    return maps


@pytest.mark.parametrize("measure", MEASURES)
def test_a_text_scores_as_its_words_alone(measure):
    teacher, student = texts(0), texts(1)
    scores = image_scores(teacher, student, measure=measure)
    assert np.isnan(scores.raw[0])  # one word has no other order
    for place, length in enumerate(LENGTHS[1:], start=1):
        alone = measure_named(measure)(*(maps[place : place + 1, :length] for maps in (teacher, student)))
        assert scores.raw[place] == pytest.approx(float(alone), nan_ok=True)
    assert np.array_equal(measure_named(measure)(teacher, student).numpy(), scores.raw, equal_nan=True)


def test_rank_correlation_is_scipys():
    teacher, student = texts(0), texts(1)
    scores = image_scores(teacher, student, measure="spearman")
    assert scores.raw[7] == pytest.approx(spearmanr(teacher[7], student[7]).statistic)


@pytest.mark.parametrize("measure", MEASURES)
def test_more_padding_changes_nothing(measure):
    short, long = (
        image_scores(texts(0), texts(1), measure=measure),
        image_scores(
            *(torch.nn.functional.pad(texts(seed), (0, 9), value=torch.nan) for seed in (0, 1)),
            measure=measure,
        ),
    )
    assert np.array_equal(short.raw, long.raw, equal_nan=True)
    assert np.array_equal(short.unrelated, long.unrelated, equal_nan=True)


def test_chance_is_the_students_words_in_another_order():
    """For two words and maps (a, b), (c, d), an order is kept or turned with probability ½ each."""
    lengths = [2] * 4000
    teacher, student = texts(0, lengths), texts(1, lengths)
    scores = image_scores(teacher, student, measure="cosine")
    own, turned = (
        torch.cosine_similarity(teacher[:, :2], other) for other in (student[:, :2], student[:, [1, 0]])
    )
    assert scores.level == pytest.approx(float((own + turned).mean()) / 2, abs=0.004)


def test_unrelated_texts_agree_as_by_chance_and_equal_ones_completely():
    lengths = [5, 9, 14] * 200
    teacher = texts(0, lengths)
    unrelated = agreement(teacher, texts(1, lengths), measure="pearson")
    assert unrelated.low < 0 < unrelated.high
    equal = agreement(teacher, teacher, measure="pearson")
    assert equal.corrected == pytest.approx(1)
    assert equal.dead_rate == 0
