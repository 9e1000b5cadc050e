import json
import math

import pytest

from kdviz.agreement import Verdict
from kdviz.narrative import details, finding, guessing, headline
from kdviz.store.results import from_json

NBSP = "\N{NO-BREAK SPACE}"


def arm(accuracy, corrected, low, high, *, weight=10.0, untrained=(math.nan,) * 3, **more):
    cosine = {
        "raw": 0.9,
        "chance": 0.8,
        "corrected": corrected,
        "low": low,
        "high": high,
        "n": 500,
        "dead_rate": 0.0,
    }
    other = dict(zip(("corrected", "low", "high"), untrained, strict=True))
    return {
        "parameters": 10,
        "test_accuracy": accuracy,
        "explanation_weight": weight,
        "fidelity": 0.9,
        "agreement": {"cosine": cosine},
        "untrained_agreement": {"explainer": "integrated-gradients", "cosine": other},
        **more,
    }


TEACHER = {"parameters": 100, "test_accuracy": 0.95}


def results(student, twin=None, **more):
    """As the store reads them."""
    stored = {"teacher": TEACHER, "student": student} | ({"twin": twin} if twin else {}) | more
    return from_json(json.dumps(stored))


@pytest.mark.parametrize(
    ("student", "twin", "outcome"),
    [
        ((0.6, 0.55, 0.65), (0.4, 0.35, 0.45), Verdict.BETTER),
        ((0.6, 0.40, 0.80), (0.5, 0.35, 0.45), Verdict.NOT_DISTINGUISHABLE),
        ((0.2, 0.15, 0.25), (0.4, 0.35, 0.45), Verdict.WORSE),
        ((math.nan,) * 3, (0.4, 0.35, 0.45), Verdict.NOT_DISTINGUISHABLE),
    ],
)
def test_only_intervals_that_part_make_a_difference(student, twin, outcome):
    assert finding(results(arm(0.9, *student), arm(0.9, *twin))).trained is outcome


def test_the_headline_is_made_from_the_numbers():
    assert headline(results(arm(0.861, 0.6, 0.55, 0.65), arm(0.865, 0.4, 0.35, 0.45))) == (
        "At λ = 10 the student looks more like its teacher than its twin does: agreement 0.60 (0.55 to 0.65) "
        f"against 0.40 (0.35 to 0.45), accuracy 86.1{NBSP}% against 86.5{NBSP}%."
    )


def test_agreement_that_was_bought_with_accuracy_is_called_so():
    told = headline(results(arm(0.39, 0.97, 0.96, 0.98), arm(0.88, 0.5, 0.45, 0.55)))
    assert "than its twin does, but pays with accuracy: agreement" in told


def test_with_a_cue_the_accuracy_is_that_of_the_broken_cue():
    student = arm(0.8, 0.6, 0.55, 0.65, cue_intact_accuracy=0.99)
    assert "accuracy with the misleading cue 80.0" in headline(results(student, arm(0.1, 0.0, -0.01, 0.01)))
    assert "against 0.00 (−0.01 to 0.01)" in headline(results(student, arm(0.1, 0.0, -0.01, 0.01)))


def test_without_a_twin_nothing_is_claimed_about_lambda():
    alone = results(arm(0.9, 0.6, 0.5, 0.7))
    assert finding(alone) is None
    assert headline(alone).endswith("without a twin, the effect of λ is unknown.")
    assert details(alone) == []


def test_the_placebo_and_the_other_explainer_stand_beside_it():
    graded = results(
        arm(0.9, 0.6, 0.55, 0.65, untrained=(0.3, 0.2, 0.4)),
        arm(0.9, 0.4, 0.35, 0.45, untrained=(0.32, 0.22, 0.42)),
        placebo=arm(0.7, 0.5, 0.45, 0.55),
    )
    placebo, other = details(graded)
    assert placebo.startswith("The placebo, with the same λ on shuffled maps: agreement 0.50 (0.45 to 0.55)")
    assert other == (
        "Evaluated with Integrated gradients, a held-out explainer: 0.30 (0.20 to 0.40) against "
        "0.32 (0.22 to 0.42). The intervals overlap: no clear difference."
    )


@pytest.mark.parametrize(
    ("accuracy", "class_counts", "expected"),
    [
        (0.5, (12, 12), 0.5),
        (16 / 24, (12, 12), 0.5),  # tails of 24 coins: 16 and more in 7.6 %
        (17 / 24, (12, 12), None),  # 17 and more in 3.2 %
        (0.9, (900, 100), 0.9),
        (0.93, (900, 100), None),
        (0.2, (12, 12), 0.5),
    ],
)
def test_a_network_that_only_guesses_is_told_from_one_that_knows(accuracy, class_counts, expected):
    assert guessing(accuracy, class_counts) == expected
