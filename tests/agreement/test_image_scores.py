"""Scores image by image: the same numbers that are summed up elsewhere, one by one."""

import numpy as np
import pytest
import torch

from kdviz.agreement import (
    MEASURES,
    agreement,
    image_scores,
    summary,
    summary_difference,
)


def maps(n, seed):
    random = torch.Generator().manual_seed(seed)
    teacher = torch.rand(n, 4, 4, generator=random)
    return teacher, teacher + 0.5 * torch.rand(n, 4, 4, generator=random)


@pytest.mark.parametrize("name", list(MEASURES))
def test_summed_up_they_are_the_agreement_with_its_interval(name):
    teacher, student = maps(30, 0)
    teacher[4] = 0
    scores = image_scores(teacher, student, measure=name, seed=3)
    found, expected = summary(scores, seed=3), agreement(teacher, student, measure=name, seed=3)
    assert found == expected
    assert scores.level == pytest.approx(expected.chance)
    assert np.nanmean(scores.corrected) == pytest.approx(expected.corrected)


def test_each_image_has_its_own_score_and_those_with_others():
    teacher, student = maps(6, 1)
    scores = image_scores(teacher, student, measure="cosine")
    a, b = (
        m.flatten(1).double() / m.flatten(1).double().norm(dim=1, keepdim=True) for m in (teacher, student)
    )
    pairs = (a @ b.T).numpy()
    np.testing.assert_allclose(scores.raw, np.diag(pairs))
    others = [np.delete(row, image) for image, row in enumerate(pairs)]  # 5 partners: all others
    np.testing.assert_allclose(np.sort(scores.unrelated, axis=1), np.sort(others, axis=1), atol=1e-6)
    by_both = (pairs.sum(1) + pairs.sum(0) - 2 * np.diag(pairs)) / 5
    np.testing.assert_allclose(scores.chance, by_both - (pairs.sum() - np.trace(pairs)) / 30)


def test_an_undefined_image_is_nan_everywhere_and_nobodys_partner():
    teacher, student = maps(5, 2)
    student[2] = 0
    scores = image_scores(teacher, student, measure="cosine")
    assert list(scores.defined) == [True, True, False, True, True]
    assert np.isnan(scores.chance[2])
    assert np.isnan(scores.unrelated[2]).all()
    assert (np.isnan(scores.unrelated[scores.defined]) == [False, False, False, True, True]).all()


def test_one_image_alone_has_a_score_and_no_chance():
    scores = image_scores(*maps(1, 3), measure="cosine")
    assert scores.raw[0] > 0
    assert np.isnan([scores.level, scores.chance[0], scores.corrected[0]]).all()


def test_some_of_the_images_keep_their_scores():
    scores = image_scores(*maps(8, 4), measure="cosine")
    some = scores.take(np.array([6, 1]))
    np.testing.assert_array_equal(some.raw, scores.raw[[6, 1]])
    assert summary(some).raw == pytest.approx(scores.raw[[1, 6]].mean())


def test_the_difference_is_that_of_the_two_summaries():
    teacher, student = maps(40, 5)
    _, twin = maps(40, 6)
    scores = [image_scores(teacher, each, measure="cosine") for each in (student, twin)]
    ours, theirs = (summary(each).corrected for each in scores)
    assert summary_difference(*scores).value == pytest.approx(ours - theirs)
    assert summary_difference(scores[0], scores[0]).value == 0
