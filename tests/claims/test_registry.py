"""What is true of every claim: its runs can be made, and what it compares is in them."""

import math

import pytest
from babel.messages.pofile import read_po

from kdviz.claims import BASES, CLAIMS, FIGURES
from kdviz.claims.distillation import DISTILLATION
from kdviz.claims.matching import MATCHING
from kdviz.claims.practice import PRACTICE
from kdviz.claims.sounds import SOUNDS
from kdviz.claims.words import WORDS
from kdviz.config import RunConfig
from kdviz.datasets import DATASETS
from kdviz.language import CATALOGUES

ENTRIES = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)


def test_no_claim_replaces_one_of_another_file():
    assert len(CLAIMS) == len(MATCHING) + len(DISTILLATION) + len(PRACTICE) + len(WORDS) + len(SOUNDS)


@ENTRIES
def test_its_study_plans_runs_that_are_each_their_own(claim):
    points = claim.points(3)
    assert len({point.config.key for point in points}) == len(points) == 3 * max(1, len(claim.conditions))
    assert {point.config.seed for point in points} == {0, 1, 2}
    assert claim.points(2) == points[: len(points) // 3 * 2]


@ENTRIES
def test_its_settings_and_conditions_name_real_fields(claim):
    named = {*claim.settings, *(field for own in claim.conditions.values() for field in own)}
    assert named <= set(RunConfig.model_fields)


@ENTRIES
def test_what_it_compares_is_in_its_runs(claim):
    arms = {point.pair: ("teacher", *point.config.arms) for point in claim.points(1)}
    sides = [side for contrast in claim.contrasts for side in (contrast.more, contrast.less)]
    for side in sides:
        assert side.arm in arms[side.condition]
        assert side.figure in FIGURES
    assert {side.condition for side in sides} == set(arms)


@ENTRIES
def test_its_published_effect_is_a_range_and_its_claim_leaves_room(claim):
    for contrast in claim.contrasts:
        assert contrast.claimed[0] < contrast.claimed[1]
        assert contrast.published is None or contrast.published[0] <= contrast.published[1]
    known = any(contrast.published for contrast in claim.contrasts)
    assert not (known and claim.basis == "none")
    assert claim.basis in BASES


@ENTRIES
def test_it_needs_no_download_and_its_words_are_whole(claim):
    assert not any(DATASETS[point.config.dataset].downloads for point in claim.points(1))
    assert all(text and text == text.strip() for text in claim.texts)
    for text in (claim.about, claim.published, claim.test, claim.limits):
        assert text[-1] in ".?"
    assert claim.question[-1] == "?"
    assert claim.label[-1] not in ".?"


@ENTRIES
def test_all_its_texts_are_translated(claim):
    with (CATALOGUES / "zh.po").open("rb") as file:
        catalogue = read_po(file, locale="zh")
    for text in (*claim.texts, BASES[claim.basis]):
        assert text in catalogue, text
        assert catalogue[text].string


def test_what_was_published_is_claimed_where_a_claim_is_of_more():
    """A claim that its own paper's figure contradicts would be written the wrong way round."""
    for claim in CLAIMS.values():
        for contrast in claim.contrasts:
            low, high = contrast.claimed
            if contrast.published is not None and not math.isfinite(high):
                assert contrast.published[1] > low
