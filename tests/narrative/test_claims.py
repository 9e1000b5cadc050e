"""What is said of a judged claim."""

import math

import pytest

from kdviz.claims import CLAIMS, Contrast, Effect, Judgement, Side
from kdviz.claims.claim import MORE, above, below, within
from kdviz.narrative import beside_published, claimed_words, overview, shared_data, with_seeds
from kdviz.narrative.claims import measured_words
from kdviz.types import Interval
from tests.claims.made import CLAIM, claim_of

NAN = math.nan


def effect(value=0.3, low=0.25, high=0.35, *, seeds=3, claimed=MORE, published=(0.1, 0.2), figure="accuracy"):
    contrast = Contrast("Subject", Side("A", figure), Side("B", figure, "twin"), claimed, published)
    return Effect(contrast, dict.fromkeys(range(seeds), value), Interval(value, low, high))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("word-attributions", "Sentiment, no cue, 300 texts"),
        ("few-labels", "Shapes, no cue, 100 images"),
    ],
)
def test_data_are_counted_in_the_word_for_their_kind(name, said):
    assert shared_data(CLAIMS[name].points(1)) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (effect(), "shown here (3 seeds)"),
        (effect(0.3, -0.1, 0.7), "not shown (3 seeds)"),
        (effect(-0.3, -0.35, -0.25), "reversed here (3 seeds)"),
        (effect(0.3, NAN, NAN, seeds=1), "not shown (no error bar: 1 seed)"),
        (effect(NAN, NAN, NAN, seeds=0), "not tested yet"),
    ],
)
def test_a_verdict_includes_its_numbers_of_seeds(found, said):
    assert with_seeds(Judgement(claim_of(found.contrast), (found,))) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.25, 0.35, "Larger than published: the experiment here is easier than the paper's."),
        (0.15, 0.35, "Compatible with the published effect."),
        (0.01, 0.05, "Smaller than published."),
        (NAN, NAN, ""),
    ],
)
def test_the_interval_is_set_beside_what_was_published(low, high, said):
    assert beside_published(effect(0.3, low, high)) == said
    assert beside_published(effect(0.3, low, high, published=None)) == ""


def test_an_overview_has_a_row_a_contrast_in_its_own_unit():
    shares, scores = effect(), effect(0.05, -0.02, 0.12, published=None, figure="agreement")
    judged = Judgement(claim_of(shares.contrast, scores.contrast), (shares, scores))
    data = "Shapes, coloured patch, 1,000 images"
    assert list(overview([judged])) == [
        {"claim": CLAIM.label, "verdict": "shown here", "data": data, "compared": "Subject",
         "measured": "+30.0 points (+25.0 to +35.0)", "published": "+10.0 to +20.0 points", "seeds": "3"},
        {"claim": CLAIM.label, "verdict": "not shown", "data": data, "compared": "Subject",
         "measured": "+0.05 (−0.02 to +0.12)", "published": "–", "seeds": "3"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "measured"),
    [
        ("fidelity", "+5.0 points (−2.0 to +12.0)"),
        ("agreement_untrained", "+0.05 (−0.02 to +0.12)"),
        ("object_share", "+0.05 (−0.02 to +0.12)"),
    ],
)
def test_only_differences_of_shares_of_images_are_in_points(figure, measured):
    assert measured_words(effect(0.05, -0.02, 0.12, figure=figure)) == measured


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        (MORE, "Subject: if the claim holds, it is higher for **A** than for **B**."),
        (
            above(0.02),
            "Subject: if the claim holds, **A** is more than 2.0 points above **B**.",
        ),
        (
            below(0.01),
            "Subject: if the claim holds, **A** is at most 1.0 points above **B**.",
        ),
        (
            within(0.02),
            "Subject: if the claim holds, **A** and **B** differ by less than 2.0 points.",
        ),
    ],
)
def test_a_claim_names_its_sides_and_what_counts_as_nothing(claimed, said):
    assert claimed_words(effect(claimed=claimed).contrast) == said
