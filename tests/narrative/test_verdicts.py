"""Verdicts in words: each verdict has its own, with what it rests on."""

import pytest

from kdviz.agreement import Verdict
from kdviz.narrative import verdict_over_seeds, verdict_with_images, verdict_words

WORDS = {
    Verdict.BETTER: "better",
    Verdict.WORSE: "worse",
    Verdict.NOT_DISTINGUISHABLE: "not distinguishable from noise",
    Verdict.NO_ERROR_BAR: "undefined: too few images",
}


@pytest.mark.parametrize("verdict", Verdict)
def test_each_verdict_has_its_words(verdict):
    assert verdict_words(verdict) == WORDS[verdict]


@pytest.mark.parametrize(
    ("verdict", "images", "seeds", "words"),
    [
        (Verdict.BETTER, 480, 3, "better (n = 480 images, 3 seeds)"),
        (Verdict.WORSE, 480, 3, "worse (n = 480 images, 3 seeds)"),
        (Verdict.BETTER, 480, 1, "better (n = 480 images, 1 seed: interval over images only)"),
        (Verdict.NOT_DISTINGUISHABLE, 8, 2, "not distinguishable from noise (n = 8 images, 2 seeds)"),
        (
            Verdict.NO_ERROR_BAR,
            1,
            1,
            "undefined: too few images (n = 1 image, 1 seed: interval over images only)",
        ),
    ],
)
def test_over_images_it_names_images_and_seeds(verdict, images, seeds, words):
    assert verdict_with_images(verdict, images=images, seeds=seeds) == words


@pytest.mark.parametrize(
    ("verdict", "seeds", "words"),
    [
        (Verdict.BETTER, 3, "better (3 seeds)"),
        (Verdict.WORSE, 2, "worse (2 seeds)"),
        (Verdict.NOT_DISTINGUISHABLE, 5, "5 seeds cannot tell them apart"),
        (Verdict.NO_ERROR_BAR, 1, "no error bar: 1 seed"),
    ],
)
def test_over_seeds_alone_it_names_the_seeds(verdict, seeds, words):
    assert verdict_over_seeds(verdict, seeds=seeds) == words
