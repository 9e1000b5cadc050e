"""Agreement against chance: its chance level, its correction, and whether its interval can be believed."""

import numpy as np
import pytest
import torch

from kdviz.agreement import (
    MEASURES,
    agreement,
    corrected_for_chance,
    image_scores,
    scores_against_chance,
    summary_difference,
)
from kdviz.agreement.chance import PARTNERS, _partners

every_measure = pytest.mark.parametrize("name", list(MEASURES))

ROWS, COLUMNS = np.mgrid[:7, :7].astype(float)


def bumps(centres, random):
    """Maps (N, 7, 7) with one bump each, of random width, on a little noise."""
    widths = 1.5 * np.exp(0.4 * random.normal(size=(len(centres), 1, 1)))
    away = (ROWS - centres[:, :1, None]) ** 2 + (COLUMNS - centres[:, 1:, None]) ** 2
    return torch.from_numpy(np.exp(-away / (2 * widths**2)) + 0.1 * random.random(away.shape))


def places(n, random):
    """Around the centre, as in photographs: that is what makes raw scores flattering."""
    return 3 + 1.2 * random.normal(size=(n, 2))


def teacher_and_students(n, *shares, seed):
    """A teacher's maps, and for each share those of a student that looks there in so many images."""
    random = np.random.default_rng(seed)
    looks = places(n, random)
    batches = [bumps(looks, random)]
    for share in shares:
        near = looks + 0.4 * random.normal(size=(n, 2))
        batches.append(bumps(np.where(random.random((n, 1)) < share, near, places(n, random)), random))
    return batches


def corrected_difference(teacher, student, twin, *, measure, seed=0, resamples=1000):
    """Student less twin, from all three models' maps."""
    scores = [image_scores(teacher, maps, measure=measure, seed=seed) for maps in (student, twin)]
    return summary_difference(*scores, seed=seed, resamples=resamples)


def true_corrected_cosine(teacher, student):
    """Of a population so large that all its pairs are as good as other images' pairs."""
    a, b = (m.flatten(1) / m.flatten(1).norm(dim=1, keepdim=True) for m in (teacher, student))
    raw, chance = (a * b).sum(1).mean(), a.mean(0) @ b.mean(0)
    return float((raw - chance) / (1 - chance))


@every_measure
def test_an_identical_model_scores_1_without_doubt(name):
    (maps,) = teacher_and_students(50, seed=0)
    score = agreement(maps, maps, measure=name)
    assert (score.raw, score.corrected) == (pytest.approx(1), pytest.approx(1))
    assert (score.low, score.high) == (pytest.approx(1), pytest.approx(1))
    assert (score.n, score.dead_rate) == (50, 0)


@every_measure
def test_unrelated_maps_score_0_within_the_interval_however_high_the_raw_score(name):
    teacher, student = teacher_and_students(200, 0.0, seed=1)
    score = agreement(teacher, student, measure=name)
    assert score.low < 0 < score.high
    assert score.high - score.low < 0.2
    assert name != "cosine" or score.raw > 0.6


def test_chance_is_the_mean_over_the_pairs_with_other_images():
    teacher, student = teacher_and_students(5, 0.5, seed=2)
    a, b = (m.flatten(1) / m.flatten(1).norm(dim=1, keepdim=True) for m in (teacher, student))
    pairs = (a @ b.T).numpy()
    raw, chance = scores_against_chance(teacher, student, measure="cosine")
    np.testing.assert_allclose(raw, np.diag(pairs))
    np.testing.assert_allclose(chance, (pairs.sum(1) - np.diag(pairs)) / 4)  # 4 partners: all others
    score = agreement(teacher, student, measure="cosine")
    assert (score.raw, score.chance) == (pytest.approx(raw.mean()), pytest.approx(chance.mean()))
    assert score.corrected == pytest.approx((raw.mean() - chance.mean()) / (1 - chance.mean()))


@pytest.mark.parametrize("n", [2, 3, 6, 7, 40])
def test_partners_are_derangements_that_never_repeat_a_pair(n):
    partners = _partners(n, np.random.default_rng(0))
    assert len(partners) == min(PARTNERS, n - 1)
    assert all(sorted(row) == list(range(n)) for row in partners)
    assert all(len({image, *partners[:, image]}) == len(partners) + 1 for image in range(n))


def test_blank_maps_are_counted_and_left_out():
    teacher, student = teacher_and_students(40, 0.7, seed=3)
    kept = agreement(teacher[3:], student[3:], measure="ssim")
    teacher[0], student[1], student[2] = 0, 0, torch.nan
    score = agreement(teacher, student, measure="ssim")
    assert (score.n, score.dead_rate) == (37, pytest.approx(3 / 40))
    assert (score.raw, score.corrected, score.low) == (kept.raw, kept.corrected, kept.low)
    raw, chance = scores_against_chance(teacher, student, measure="ssim")
    assert np.flatnonzero(np.isnan(raw)).tolist() == np.flatnonzero(np.isnan(chance)).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("n", "dead_rate"), [(0, np.nan), (4, 1.0)])
def test_without_a_defined_map_every_score_is_undefined(n, dead_rate):
    blank = torch.zeros(n, 4, 4)
    score = agreement(blank, blank, measure="cosine")
    assert score.n == 0
    found = [score.raw, score.chance, score.corrected, score.low, score.high, score.dead_rate]
    np.testing.assert_equal(found, [np.nan] * 5 + [dead_rate])


def test_a_single_image_has_a_raw_score_but_no_chance_level():
    (maps,) = teacher_and_students(1, seed=4)
    score = agreement(maps, maps, measure="cosine")
    assert score.raw == pytest.approx(1)
    assert np.isnan([score.chance, score.corrected, score.low, score.high]).all()


def test_where_all_maps_are_the_same_there_is_nothing_above_chance():
    maps = teacher_and_students(1, seed=4)[0].expand(30, 7, 7)
    assert np.isnan(agreement(maps, maps, measure="cosine").corrected)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    teacher, student = teacher_and_students(60, 0.5, seed=5)
    first, again, other = (agreement(teacher, student, measure="cosine", seed=s) for s in (0, 0, 1))
    assert first == again
    assert (first.chance, first.low) != (other.chance, other.low)


def test_a_student_is_distinguished_from_its_twin_only_where_it_differs():
    teacher, student, twin, worse = teacher_and_students(200, 0.8, 0.8, 0.3, seed=6)
    assert corrected_difference(teacher, student, student, measure="cosine").value == 0
    same = corrected_difference(teacher, student, twin, measure="cosine")
    assert same.low < 0 < same.high
    assert corrected_difference(teacher, student, worse, measure="cosine").low > 0


def test_the_difference_is_that_of_the_two_corrected_scores():
    teacher, student, twin = teacher_and_students(80, 0.8, 0.3, seed=7)
    difference = corrected_difference(teacher, student, twin, measure="pearson", seed=3)
    scores = [agreement(teacher, maps, measure="pearson", seed=3).corrected for maps in (student, twin)]
    assert difference.value == pytest.approx(scores[0] - scores[1])


def test_what_student_and_twin_share_cancels_in_their_difference():
    """A twin that is the student, but for a few images, is compared more sharply than apart."""
    teacher, student = teacher_and_students(200, 0.5, seed=8)
    twin = student.clone()
    twin[:5] = twin[:5].flip(1)
    apart = agreement(teacher, student, measure="cosine")
    together = corrected_difference(teacher, student, twin, measure="cosine")
    assert together.high - together.low < (apart.high - apart.low) / 2


def test_images_undefined_for_any_of_the_three_are_left_out_of_the_difference():
    teacher, student, twin = teacher_and_students(40, 0.8, 0.3, seed=9)
    student[0], twin[1] = 0, 0
    scores = [image_scores(teacher, maps, measure="cosine") for maps in (student, twin)]
    kept = [each.take(np.arange(2, 40)) for each in scores]
    assert summary_difference(*scores) == summary_difference(*kept)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.6])
def test_the_interval_of_the_corrected_score_holds_the_truth_95_times_in_100(share):
    truth = true_corrected_cosine(*teacher_and_students(200_000, share, seed=10))
    held = []
    for seed in range(300):
        teacher, student = teacher_and_students(150, share, seed=100 + seed)
        score = agreement(teacher, student, measure="cosine", resamples=400, seed=seed)
        held.append(score.low <= truth <= score.high)
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.slow
def test_the_interval_of_the_difference_holds_the_truth_95_times_in_100():
    teacher, student, twin = teacher_and_students(200_000, 0.8, 0.5, seed=11)
    truth = true_corrected_cosine(teacher, student) - true_corrected_cosine(teacher, twin)
    held = []
    for seed in range(300):
        maps = teacher_and_students(150, 0.8, 0.5, seed=1000 + seed)
        found = corrected_difference(*maps, measure="cosine", resamples=400, seed=seed)
        held.append(found.low <= truth <= found.high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_corrected_is_0_at_chance_and_1_for_the_same_map_and_undefined_without_room():
    assert [corrected_for_chance(raw, 0.6) for raw in (0.6, 1.0, 0.8)] == pytest.approx([0, 1, 0.5])
    assert np.isnan(corrected_for_chance(1.0, 1.0))
