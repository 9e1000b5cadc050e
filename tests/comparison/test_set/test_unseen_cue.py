"""An arm whose answers depend on its cue more often than its maps are on it, by figures made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import ArmPredictions, unseen_cues
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.narrative import unseen_cue_warning
from kdviz.types import ArmResult
from tests.comparison.made import made, scores

N, NBSP = 400, "\N{NO-BREAK SPACE}"


def survey(hits, region="cue"):
    """400 images, of which an arm's maps hit the region in the first `hits[arm]`, and it is right on the last 200."""
    labels = np.zeros(N, np.int64)
    predictions = ArmPredictions(np.repeat([1, 0], N // 2), np.full(N, 0.5, np.float32))
    of_arms = {
        arm: ArmLocalization(np.zeros(N), (np.arange(N) < count).astype(float)) for arm, count in hits.items()
    }
    return replace(
        made(),
        total=N,
        indices=np.arange(1000, 1000 + N),
        labels=labels,
        predictions=dict.fromkeys(hits, predictions),
        scores={arm: {"cosine": scores([0.5] * N)} for arm in hits if arm != "teacher"},
        localization={region: Localization(np.full(N, 0.03), of_arms)},
    )


def results(**accuracies):
    """By arm: accuracy with the cue intact, and drawn at random."""
    return {arm: ArmResult(1, random, intact_accuracy=intact) for arm, (intact, random) in accuracies.items()}


def test_an_arm_that_loses_more_answers_than_its_maps_hit_the_cue_is_found():
    (found,) = unseen_cues(survey({"twin": 20}), results(twin=(0.9, 0.4)))
    assert (found.arm, found.intact, found.random) == ("twin", 0.9, 0.4)
    assert found.area == pytest.approx(0.03)
    assert found.lost.value == pytest.approx(0.5)
    assert found.hit.value == pytest.approx(0.05)
    assert found.mostly
    assert found.example == 1020, "the first image that is wrong, with the map elsewhere"


@pytest.mark.parametrize(
    ("hits", "intact", "random", "mostly"),
    [
        (4, 0.9, 0.4, True),
        (140, 0.9, 0.4, False),  # 35 % of the maps for 50 % of the answers: on most of them
        (180, 0.9, 0.4, None),  # 45 %: within the intervals of both shares
        (4, 0.9, 0.89, None),  # a loss within its interval
        (4, 0.4, 0.9, None),
        (4, np.nan, 0.4, None),  # no cue in the results
    ],
)
def test_intervals_of_both_shares_decide(hits, intact, random, mostly):
    found = unseen_cues(survey({"twin": hits}), results(twin=(intact, random)))
    assert [each.mostly for each in found] == ([] if mostly is None else [mostly])


def test_without_a_cue_that_has_a_place_nothing_is_found():
    assert unseen_cues(survey({"twin": 4}, "object"), results(twin=(0.9, 0.4))) == ()
    assert unseen_cues(made(), results(twin=(0.9, 0.4))) == ()
    assert unseen_cue_warning(()) == ""


def test_the_warning_has_the_figures_of_each_arm_and_what_to_do():
    losing = results(teacher=(0.9, 0.9), student=(0.9, 0.6), twin=(0.95, 0.45))
    found = unseen_cues(survey({"teacher": 4, "student": 8, "twin": 4}), losing)
    lines = unseen_cue_warning(found).splitlines()
    assert lines[0].startswith("**The maps do not show all that decides.** The cue decides many answers ")
    (twin, student) = (line for line in lines if line.startswith("- "))
    assert twin == (
        f"- twin: right on 95.0{NBSP}% where the cue helps, on 45.0{NBSP}% with a random cue; its map is "
        f"highest on the cue in 1.0{NBSP}% (a random point: 3.0{NBSP}%)"
    )
    assert student.startswith(
        f"- student: right on 90.0{NBSP}% where the cue helps, on 60.0{NBSP}% with a random "
    )
    assert lines[-1].endswith("change the cue on an image, or choose another explainer.")


def test_maps_that_show_most_of_it_have_no_warning():
    found = unseen_cues(survey({"twin": 140}), results(twin=(0.9, 0.4)))
    assert [each.arm for each in found] == ["twin"]
    assert unseen_cue_warning(found) == ""
