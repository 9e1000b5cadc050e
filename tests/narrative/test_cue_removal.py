"""What removing a cue changes, beside the maps of two explainers, by figures made by hand."""

from dataclasses import replace

import pytest

from kdviz.agreement import share_interval
from kdviz.comparison import CueRemoval
from kdviz.narrative import answer_limits, brief_limits, explainers_differ, survey_answer, which_map_is_right
from tests.comparison.made import made
from tests.narrative.test_localization import NBSP, N, on_the_cue
from tests.narrative.test_survey import BEHIND


def removed(**changed):
    """How many of 400 answers of an arm change without the cue."""
    return tuple(CueRemoval(arm, share_interval(count, N), N) for arm, count in changed.items())


def by_both(*hits, changed=0, **twin):
    """Surveys by two explainers, whose maps of teacher and student are so often highest on the cue.

    changed: how many of their answers the cue decides; of the twin, if it is there, all.
    """
    decided = {"teacher": changed, "student": changed, "twin": N}
    return tuple(
        replace(on_the_cue(teacher=hit, student=hit, **twin, decided=decided), explainer=name)
        for hit, name in zip(hits, ("grad-cam", "integrated-gradients"), strict=True)
    )


@pytest.mark.parametrize(
    ("changed", "hits", "said"),
    [
        (
            4,
            (1, 140),
            "for these two Grad-CAM is right here, and what Integrated gradients marks there does not decide",
        ),
        (
            140,
            (1, 140),
            "for these two Integrated gradients is right here, and Grad-CAM misses the patch that decides",
        ),
        (60, (1, 140), "that does not say which of Grad-CAM and Integrated gradients is right here"),
        (60, (50, 70), "that does not say which of Grad-CAM and Integrated gradients is right here"),
    ],
)
def test_what_removal_changes_says_which_of_two_maps_is_right(changed, hits, said):
    surveys = by_both(*hits, changed=changed)
    found = removed(teacher=changed, student=changed, twin=400)
    text = which_map_is_right(found, *surveys)
    share = f"{changed / 4:.1f}{NBSP}%"
    assert text.startswith(
        f"Removing the patch changes the teacher's answer on {share} and the student's on {share} of 400 images: "
    )
    assert said in text
    assert which_map_is_right(found, *reversed(surveys)) == text


@pytest.mark.parametrize(
    ("changed", "hits", "twin", "said"),
    [
        (4, (1, 140), 40, "Not for the twin: of the 400 images whose answer changes without the patch, its map by "
         "Grad-CAM is highest on the patch in only 10.0{0}%, so it misses the patch that decides."),
        (140, (1, 140), 40, "Not for the twin: of the 400 images whose answer changes without the patch, its map by "
         "Integrated gradients is highest on the patch in only 10.0{0}%, so it misses the patch that decides."),
        (4, (1, 140), 400, ""),
        (60, (1, 140), 40, ""),  # nothing is said of the other two
    ],
)  # fmt: skip
def test_it_is_said_where_the_explainer_that_is_right_is_wrong_for_the_twin(changed, hits, twin, said):
    found = removed(teacher=changed, student=changed, twin=400)
    text = which_map_is_right(found, *by_both(*hits, changed=changed, twin=twin))
    of_two = which_map_is_right(found, *by_both(*hits, changed=changed))
    assert text == " ".join(filter(None, [of_two, said.format(NBSP)]))


def test_a_twin_whose_patch_is_marked_but_does_not_decide_is_named():
    below, above = (
        replace(on_the_cue(teacher=hit, student=hit, twin=200), explainer=name)
        for hit, name in ((1, "grad-cam"), (140, "integrated-gradients"))
    )
    assert which_map_is_right(removed(teacher=4, student=4, twin=20), below, above).endswith(
        f"Not for the twin: its map by Grad-CAM is highest on the patch in 50.0{NBSP}%, and its answer changes "
        f"on only 5.0{NBSP}%."
    )


def test_nothing_is_concluded_from_what_is_not_known():
    surveys = by_both(1, 140)
    assert which_map_is_right((), *surveys) == ""
    assert which_map_is_right(removed(teacher=4), *surveys) == ""
    assert which_map_is_right(removed(teacher=4, student=4), surveys[0], made()) == ""


def test_it_is_said_where_the_disagreement_is():
    surveys, found = by_both(1, 140), removed(teacher=4, student=4)
    differ = explainers_differ(*surveys, found)
    assert differ == f"{explainers_differ(*surveys)} {which_map_is_right(found, *surveys)}"
    assert answer_limits(*surveys, removals=found) == differ
    right = "removing the patch shows that Grad-CAM is right about teacher and student."
    same = "The same answer by a second explainer, though"
    brief = f"{same} Integrated gradients marks the patch and Grad-CAM does not: {right}"
    assert brief_limits(*surveys, removals=found) == brief_limits(*reversed(surveys), removals=found) == brief
    unknown = (
        f"{same} of the maps by Grad-CAM and by Integrated gradients only those of one point at the patch."
    )
    assert brief_limits(*surveys) == unknown
    missing = by_both(1, 140, changed=140), removed(teacher=140, student=140)
    assert brief_limits(*missing[0], removals=missing[1]) == (
        f"{same} Integrated gradients marks the patch and Grad-CAM does not: removing the patch shows that "
        "Integrated gradients is right about teacher and student."
    )
    assert "second explainer" not in survey_answer(*surveys), "said once"
    other = replace(surveys[1], scores=made(raw=BEHIND).scores)
    assert brief_limits(surveys[0], other).startswith(
        "But of the maps by Grad-CAM and by Integrated gradients"
    )
    agreeing = by_both(100, 140)
    assert survey_answer(*agreeing).endswith("The same answer by the maps of a second explainer.")
    assert brief_limits(*agreeing, removals=found) == ""
    assert explainers_differ(*agreeing, found) == ""
