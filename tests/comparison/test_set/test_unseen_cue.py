"""An arm whose maps miss its cue where that decides the answer, by figures made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from kdviz.comparison import unseen_cues
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.narrative import unseen_cue_warning
from tests.comparison.made import made

N, DECIDED, NBSP = 400, 80, "\N{NO-BREAK SPACE}"


def survey(hits, region="cue", decided=DECIDED):
    """400 images, of which the cue decides the last ones; there an arm's own maps hit it in the first `hits[arm]`.

    Its maps for the teacher's answer hit it nowhere.
    """
    of_arms = {}
    for arm, count in hits.items():
        deciding = np.full(N, np.nan)
        deciding[N - decided :] = np.arange(decided) < count
        of_arms[arm] = ArmLocalization(np.zeros(N), np.zeros(N), np.full(N, 0.08), deciding)
    return replace(
        made(),
        total=N,
        indices=np.arange(1000, 1000 + N),
        localization={region: Localization(np.full(N, 0.03), of_arms)},
    )


def test_an_arm_whose_maps_are_elsewhere_where_the_cue_decides_is_found():
    (found,) = unseen_cues(survey({"twin": 20}))
    assert (found.arm, found.n, found.hit.value) == ("twin", DECIDED, 0.25)
    assert found.chance == pytest.approx(0.08), "of a cell, not the cue's area"
    assert found.example == 1000 + N - DECIDED + 20, "the first that is decided with the map elsewhere"


@pytest.mark.parametrize("hits", [0, 20, 30, 31, 32, 33, 60, 80])
def test_the_whole_interval_of_the_hits_has_to_be_below_a_half(hits):
    high = binomtest(hits, DECIDED).proportion_ci(method="wilson").high
    assert bool(unseen_cues(survey({"twin": hits}))) == (high < 0.5)


def test_maps_for_another_answer_do_not_count():
    """Those for the teacher's prediction are on the cue in none of the images."""
    assert unseen_cues(survey({"twin": 78})) == ()


def test_of_few_decided_images_nothing_is_said():
    assert unseen_cues(survey({"twin": 0}, decided=19)) == ()
    assert [each.n for each in unseen_cues(survey({"twin": 0}, decided=20))] == [20]


def test_without_a_cue_that_has_a_place_or_of_an_earlier_version_nothing_is_found():
    assert unseen_cues(survey({"twin": 4}, "object")) == ()
    assert unseen_cues(made()) == ()
    earlier = survey({"twin": 4})
    row = earlier.localization["cue"].arms["twin"]
    old = Localization(np.full(N, 0.03), {"twin": ArmLocalization(row.share, row.hit)})
    assert unseen_cues(replace(earlier, localization={"cue": old})) == ()
    assert unseen_cue_warning(()) == ""


def test_the_warning_has_the_figures_of_each_arm_and_what_to_do():
    found = unseen_cues(survey({"teacher": 80, "student": 16, "twin": 8}))
    lines = unseen_cue_warning(found).splitlines()
    assert lines[0].startswith("**The maps do not show all that decides.** The cue decides many answers ")
    assert [line for line in lines if line.startswith("- ")] == [
        f"- {arm}: of the 80 images whose answer changes without the cue, its map is highest on the cue in "
        f"{hit}{NBSP}% (a random place: 8.0{NBSP}%)"
        for arm, hit in (("twin", "10.0"), ("student", "20.0"))
    ]
    assert lines[-1].endswith("change the cue on an image, or choose another explainer.")
