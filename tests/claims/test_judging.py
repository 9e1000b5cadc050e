"""Verdicts from tables written by hand, and the interval by an outside formula."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from kdviz.claims import Contrast, Side, judge, verdict_of
from kdviz.claims.claim import MORE, below, within
from kdviz.store import Store
from kdviz.types import Interval
from tests.claims.made import carried_out, claim_of

STUDENT, TWIN = Side("student"), Side("twin", arm="twin")


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.mark.parametrize(
    ("low", "high", "claimed", "verdict"),
    [
        (0.01, 0.05, MORE, "shown"),
        (-0.01, 0.05, MORE, "open"),
        (-0.05, -0.01, MORE, "reversed"),
        (0.0, 0.0, MORE, "open"),
        (-0.05, 0.005, below(0.01), "shown"),
        (-0.05, 0.02, below(0.01), "open"),
        (0.02, 0.05, below(0.01), "reversed"),
        (-0.005, 0.005, within(0.01), "shown"),
        (-0.02, 0.005, within(0.01), "open"),
        (0.02, 0.05, within(0.01), "reversed"),
        (-0.05, -0.02, within(0.01), "reversed"),
        (math.nan, math.nan, MORE, "open"),
    ],
)
def test_the_verdict_depends_on_the_position_of_the_interval(low, high, claimed, verdict):
    assert verdict_of(Interval(0.01, low, high), claimed) == verdict


def test_without_a_seed_there_is_no_verdict():
    assert verdict_of(Interval(math.nan, math.nan, math.nan), within(1.0)) == "untested"


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [((0.3, 0.32, 0.28), "shown"), ((0.3, -0.3, 0.1), "open"), ((-0.3, -0.32, -0.28), "reversed"),
     ((0.3,), "open")],
)  # fmt: skip
def test_a_claim_is_judged_seed_by_seed(store, gains, verdict):
    """Seeds move both arms by much more than λ does: only the difference counts."""
    claim = claim_of(Contrast("Accuracy", STUDENT, TWIN))
    done = carried_out(
        store, claim, len(gains), lambda arm, seed: 0.4 + 0.1 * seed + gains[seed] * (arm == "student")
    )
    judged = judge(claim, done)
    assert judged.verdict == verdict
    assert judged.seeds == len(gains)
    assert judged.effects[0].differences == pytest.approx(dict(enumerate(gains)))
    assert judged.effects[0].difference.value == pytest.approx(sum(gains) / len(gains))


def test_the_interval_is_that_of_a_paired_t_test(store):
    """The bootstrap is widened to it, so that they agree but for its noise."""
    student, twin = np.random.default_rng(3).normal((0.7, 0.6), 0.05, (10, 2)).T
    claim = claim_of(Contrast("Accuracy", STUDENT, TWIN))
    done = carried_out(
        store, claim, 10, lambda arm, seed: float((student if arm == "student" else twin)[seed])
    )
    found = judge(claim, done).effects[0].difference
    low, high = stats.ttest_rel(student, twin).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_only_seeds_that_have_both_sides_count(store):
    conditions = {"much": {"temperature": 4.0}, "little": {"temperature": 1.0}}
    contrast = Contrast("Accuracy", replace(STUDENT, condition="much"), replace(STUDENT, condition="little"))
    claim = claim_of(contrast, conditions=conditions)
    done = carried_out(store, claim, 3, lambda arm, seed: 0.5)
    kept = [each for each in done if each.point.pair == "much" or each.point.config.seed == 1]
    assert judge(claim, kept).effects[0].differences == {1: 0.0}


def test_an_undefined_figure_and_no_run_at_all_leave_a_claim_untested(store):
    claim = claim_of(Contrast("Agreement", replace(STUDENT, figure="agreement"), TWIN))
    done = carried_out(store, claim, 3, lambda arm, seed: 0.5, agreement=math.nan)
    for runs in (done, []):
        judged = judge(claim, runs)
        assert (judged.verdict, judged.seeds) == ("untested", 0)


def test_the_worst_of_several_contrasts_counts(store):
    rises, falls = Contrast("Up", STUDENT, TWIN), Contrast("Down", TWIN, STUDENT)
    done = carried_out(store, claim_of(rises), 3, lambda arm, seed: 0.5 + 0.3 * (arm == "student"))
    assert judge(claim_of(rises), done).verdict == "shown"
    assert judge(claim_of(rises, falls), done).verdict == "reversed"
