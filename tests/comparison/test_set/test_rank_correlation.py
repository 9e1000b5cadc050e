"""Whether the measure, or the explainer, decides which images look best."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from kdviz.agreement import MEASURES
from kdviz.comparison import RankCorrelations, between_explainers, between_measures
from kdviz.narrative import rank_correlation_sentence
from tests.comparison.made import NAN, made, scores

RANDOM = np.random.default_rng(0)


def with_scores(by_measure, explainer="grad-cam"):
    """The survey by hand, with the student's raw scores by measure."""
    made_up = made(explainer, arms=("student",))
    return replace(made_up, scores={"student": {name: scores(raw) for name, raw in by_measure.items()}})


def test_measures_are_compared_over_the_images_that_all_of_them_score():
    raw = {name: RANDOM.random(8) for name in MEASURES}
    raw["ssim"][2] = NAN
    found = between_measures(with_scores(raw), "student")
    assert (found.labels, found.n) == (tuple(spec.label for spec in MEASURES.values()), 7)
    columns = [np.delete(of, 2) for of in raw.values()]
    for a, row in enumerate(found.cells):
        for b, value in enumerate(row):
            assert value == pytest.approx(spearmanr(columns[a], columns[b]).statistic)


def test_explainers_are_compared_over_the_images_that_all_have_graded():
    first, second = RANDOM.random(8), RANDOM.random(8)
    one = with_scores(dict.fromkeys(MEASURES, first))
    other = with_scores(dict.fromkeys(MEASURES, second), "saliency")
    turned = replace(other, indices=other.indices[::-1] + 2)  # images 19 to 12
    found = between_explainers([one, turned], "student", measure="cosine")
    assert (found.labels, found.n) == (("Grad-CAM", "Saliency"), 6)
    assert found.cells[0][1] == pytest.approx(spearmanr(first[2:], second[::-1][:6]).statistic)


def order(*values):
    """Three measures, whose orders are as alike as the pairs' values say."""
    ab, ac, bc = values
    return RankCorrelations(("A", "B", "C"), ((1.0, ab, ac), (ab, 1.0, bc), (ac, bc, 1.0)), 50)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (
            (0.95, 0.8, 0.9),
            "The choice hardly matters here: all rank the 50 images in nearly the same order.",
        ),
        (
            (0.95, 0.5, 0.9),
            "The choice matters a little here: the rankings of the 50 images are similar, not the same.",
        ),
        ((0.95, -0.1, 0.9), "The choice matters here: some rank the 50 images quite differently."),
    ],
)
def test_the_reading_names_the_pairs_that_are_least_and_most_alike(values, verdict):
    low = f"{values[1]:.2f}".replace("-", "\N{MINUS SIGN}")
    assert rank_correlation_sentence(order(*values)) == (
        f"{verdict} Least similar: A and C, {low}. Most similar: A and B, 0.95."
    )


def test_two_are_one_pair_and_none_is_said_so():
    pair = RankCorrelations(("A", "B"), ((1.0, 0.3), (0.3, 1.0)), 9)
    assert rank_correlation_sentence(pair) == (
        "The choice matters here: some rank the 9 images quite differently. A and B: 0.30."
    )
    none = RankCorrelations(("A", "B"), ((NAN, NAN), (NAN, NAN)), 1)
    assert rank_correlation_sentence(none) == "Too few maps are defined to compare rankings."
