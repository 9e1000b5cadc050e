"""What is said of a checked explainer: one sentence for each check and outcome."""

import math
from dataclasses import replace

import numpy as np
import pytest

from kdviz.agreement import share_interval
from kdviz.comparison import Check, CueRemoval, TrustCard
from kdviz.comparison.test_set.survey import ArmLocalization, ArmPredictions, Localization, Survey
from kdviz.language import percentage, speaking_of
from kdviz.narrative import (
    check_sentence,
    check_threshold,
    checks_brief,
    checks_headline,
    conclusion,
    least_trusted,
    object_sentence,
    passed_but,
    qualified_trust,
)
from kdviz.types import Interval

GAIN, LOSS = Interval(0.2, 0.1, 0.3), Interval(-0.2, -0.3, -0.1)
NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
SIMILARITY = {"spearman": 0.1, "ssim": 0.25}


def card(*passed):
    return TrustCard("grad-cam", "student", 8, tuple(Check("stability", each, 0.1) for each in passed))


def test_the_headline_counts_the_checks_that_apply():
    assert (
        checks_headline(card(True, False, None, True, True))
        == "Grad-CAM of the student passes 3 of 4 checks."
    )
    assert checks_headline(card(None, None)) == "Grad-CAM of the student could not be checked."


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (
            Check("deletion", True, 0.2, interval=GAIN),
            "Deleting the pixels that it marks lowers the class's probability faster than deleting random ones: "
            "the area under the curve differs by 0.20 (0.10 to 0.30).",
        ),
        (
            Check("deletion", False, -0.2, interval=LOSS),
            "Deleting the pixels that it marks lowers the class's probability no faster than deleting random "
            f"ones: the area under the curve differs by {MINUS}0.20 ({MINUS}0.30 to {MINUS}0.10).",
        ),
        (
            Check("sufficiency", True, -0.33, reference=0.1),
            "With its highest words alone the class's probability is higher than with random ones: it changes by "
            f"+0.33 against {MINUS}0.10, the mean over 1, 5, 10, 20 and 50 % of the words.",
        ),
        (
            Check("sufficiency", False, -0.1, reference=-0.1),
            "With its highest words alone the class's probability is no higher than with random ones: it changes "
            "by +0.10 against +0.10, the mean over 1, 5, 10, 20 and 50 % of the words.",
        ),
        (
            Check("comprehensiveness", True, 0.25, reference=-0.02),
            "Without its highest words the class's probability is lower than without random ones: it changes by "
            f"{MINUS}0.25 against +0.02, the mean over 1, 5, 10, 20 and 50 % of the words.",
        ),
        (
            Check("insertion", True, 0.2, interval=GAIN),
            "Inserting the pixels that it marks raises the class's probability faster than inserting random "
            "ones: the area under the curve differs by 0.20 (0.10 to 0.30).",
        ),
        (
            Check("insertion", False, -0.2, interval=LOSS),
            "Inserting the pixels that it marks raises the class's probability no faster than inserting random "
            f"ones: the area under the curve differs by {MINUS}0.20 ({MINUS}0.30 to {MINUS}0.10).",
        ),
        (
            Check("infidelity", True, 0.1, reference=0.3),
            "It predicts the effect of masking a patch better than another image's map does: infidelity "
            f"10{NBSP}% against 30{NBSP}%.",
        ),
        (
            Check("infidelity", False, 0.3, reference=0.1),
            "It predicts the effect of masking a patch no better than another image's map does: infidelity "
            f"30{NBSP}% against 10{NBSP}%.",
        ),
        (
            Check("randomisation", True, 0.1, similarity=SIMILARITY),
            "It changes when the network's weights are randomized: similarity Spearman correlation 0.10, "
            "SSIM 0.25.",
        ),
        (
            Check("randomisation", False, 0.1, similarity=SIMILARITY),
            "It hardly changes when the network's weights are randomized: similarity Spearman correlation "
            "0.10, SSIM 0.25.",
        ),
        (
            Check("stability", True, 0.2),
            f"An invisible change of the image moves it by 20{NBSP}% of its norm.",
        ),
        (
            Check("completeness", True, 0.004),
            f"Its values sum to the rise of the class's score, with a completeness gap of under 1{NBSP}%.",
        ),
        (
            Check("completeness", None, undefined="not complete"),
            "Grad-CAM is not complete: its values need not sum to the class score.",
        ),
        (Check("completeness", None, undefined="no rise"), "Undefined: the class's score does not rise."),
        (Check("deletion", None, undefined="blank maps"), "Undefined: too few maps are not blank."),
    ],
)
def test_each_outcome_has_its_sentence(check, sentence):
    assert math.isfinite(check.value) or check.undefined
    assert check_sentence(check, "grad-cam") == sentence


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (Check("deletion", True, 0.2, interval=GAIN), "Passed if the whole 95 % interval is above 0."),
        (
            Check("infidelity", True, 0.1, reference=0.3, interval=GAIN),
            "Mean difference 20.0 points (10.0 to 30.0). Passed if the whole 95 % interval is above 0.",
        ),
        (
            Check("randomisation", True, 0.1, similarity=SIMILARITY, interval=GAIN),
            "The lowest, Spearman correlation, with its 95 % interval: 0.20 (0.10 to 0.30). Passed if the lowest similarity is at most 0.50.",
        ),
        (
            Check("stability", True, 0.2, interval=GAIN),
            f"95 % interval: 20.0{NBSP}% (10.0 to 30.0). Passed up to 50{NBSP}%.",
        ),
        (
            Check("completeness", True, 0.01, interval=GAIN),
            f"95 % interval: 20.0{NBSP}% (10.0 to 30.0). Passed up to 5{NBSP}%.",
        ),
        (Check("completeness", None, undefined="not complete"), ""),
    ],
)
def test_what_it_takes_to_pass_is_said_with_the_interval(check, sentence):
    assert check_threshold(check) == sentence


@pytest.mark.parametrize(
    ("hits", "said"),
    [
        ([1, 1, 1, 0] * 20, "a random place in 25.0 %. That is clearly more often than by chance."),
        (
            ([1] * 7 + [0] * 13) * 6,
            "a random place in 25.0 %. That is hardly more often than by chance: the interval begins just above it.",
        ),
        ([0, 0, 0, 0] * 20, "a random place in 25.0 %. That is less often than by chance."),
        ([1, 0, 0, 0] * 5, "a random place in 25.0 %. That is no more often than by chance."),
    ],
)
def test_the_place_that_is_known_to_be_right_is_compared_with_chance(hits, said):
    survey = surveyed(hits)
    sentence = object_sentence(survey, "student").replace(NBSP, " ")
    assert sentence.endswith(
        f"{said} This is about where the network looks, not about whether its map is right."
    )
    assert f"{len(hits)} images" in sentence
    assert object_sentence(surveyed([float("nan")] * 8), "student") == ""
    assert object_sentence(replace(survey, localization={}), "student") == ""


def surveyed(hits):
    """A survey that knows where the object is: a quarter of each image."""
    found = ArmLocalization(np.full(len(hits), 0.3), np.array(hits, float))
    count, zeros = len(hits), np.zeros(len(hits), np.int64)
    answers = {"student": ArmPredictions(zeros, zeros + 1.0)}
    place = Localization(np.full(count, 0.25), {"student": found})
    return Survey(
        "", "grad-cam", count, ("a",), np.arange(count), zeros, answers, {}, localization={"object": place}
    )


@pytest.mark.parametrize(
    ("checks", "trust", "start"),
    [
        ({"deletion": True, "insertion": True, "randomisation": True}, "location", "You may use these maps"),
        ({"deletion": True, "insertion": None, "completeness": None}, "location", "You may use these maps"),
        (
            {"deletion": True, "insertion": False, "randomisation": True},
            "limited",
            "Use these maps with care",
        ),
        ({"deletion": True, "stability": False}, "limited", "Use these maps with care"),
        ({"deletion": False, "insertion": False}, "none", "Do not use these maps"),
        ({"deletion": False, "insertion": None}, "none", "Do not use these maps"),
        ({"deletion": True, "insertion": True, "randomisation": False}, "none", "Do not use these maps"),
        ({"deletion": None, "stability": None}, "unknown", "The checks do not apply"),
    ],
)
def test_the_conclusion_follows_from_the_checks(checks, trust, start):
    made = TrustCard("grad-cam", "student", 8, tuple(Check(name, passed) for name, passed in checks.items()))
    assert made.trust == trust
    assert conclusion(made).startswith(start)


def test_a_map_that_is_not_to_be_trusted_says_which_check_failed():
    ignores = TrustCard("grad-cam", "student", 8, (Check("deletion", True), Check("randomisation", False)))
    random = TrustCard("grad-cam", "student", 8, (Check("deletion", False), Check("insertion", False)))
    assert "hardly change when the network's weights are randomized" in conclusion(ignores)
    assert "matter no more to the network than random ones" in conclusion(random)


def test_a_class_that_is_not_above_its_own_chance_is_named():
    assert (
        object_sentence(of_three_classes(dogs=4), "student")
        .replace(NBSP, " ")
        .endswith(
            "That is clearly more often than by chance. But in only 10 % of the images labelled dog (a random place 25 %: less often than by "
            "chance). This is about where the network looks, not about whether its map is right."
        )
    )


def of_three_classes(*, dogs):
    """Where the maximum is on the object: in all 60 images of cats, in `dogs` of 40 of dogs, in none of 19 of newts."""
    hits = [1.0] * 60 + [1.0] * dogs + [0.0] * (40 - dogs) + [0.0] * 19
    labels = np.repeat([0, 1, 2], [60, 40, 19])
    return replace(surveyed(hits), classes=("cat", "dog", "newt"), labels=labels)


@pytest.mark.parametrize("passed", [True, False])
def test_maps_beside_the_object_neither_add_to_the_checks_nor_take_from_them(passed):
    made, missed = card(True, passed), of_three_classes(dogs=4)
    assert qualified_trust(made, missed) == made.trust == ("location" if passed else "limited")
    assert passed_but(made, missed) == ""
    assert checks_headline(made, missed) == checks_headline(made)
    assert checks_brief([made], missed) == checks_brief([made])


def deciding(hits, *, arm="student"):
    """A survey of 400 images, all decided by the cue, with an arm's maps on it in `hits`."""
    on_cue = (np.arange(400) < hits).astype(float)
    found = ArmLocalization(np.full(400, 0.1), on_cue, deciding=on_cue)
    known = surveyed([1.0] * 400)
    return replace(
        known,
        predictions={arm: known.predictions["student"]},
        localization={"cue": Localization(np.full(400, 0.03), {arm: found})},
    )


def test_checks_that_are_passed_are_not_a_clear_pass_where_the_maps_miss_a_cue_that_decides():
    passed, survey = card(True, True), deciding(hits=20)
    assert qualified_trust(passed, survey) == "limited"
    assert passed_but(passed, survey) == (
        "Passed, but the maps miss the patch where it decides the answer: of the 400 test images whose answer "
        f"changes without the patch, the map is highest on it in {percentage(20 / 400)} (a random place: "
        f"{percentage(0.03)}). Use them to see where evidence is, not to rule the patch out."
    )
    assert checks_headline(passed, survey) == (
        "Grad-CAM of the student passes 2 of 2 checks; the patch is missed where it decides."
    )
    assert checks_brief([passed], survey) == (
        "Grad-CAM, student: the patch is missed where it decides, yet 2 of 2 checks, 8 images"
    )


def marking(hits):
    """A survey of 400 images of which the student's maps are on the cue in `hits`; it covers 3 %."""
    found = ArmLocalization(np.full(400, 0.1), (np.arange(400) < hits).astype(float))
    return replace(
        surveyed([1.0] * 400), localization={"cue": Localization(np.full(400, 0.03), {"student": found})}
    )


def changing(images, *, arm="student"):
    """The cue removal of an arm: its answer changes on `images` of 400 images."""
    return [CueRemoval(arm, share_interval(images, 400), 400)]


def test_checks_that_are_passed_are_not_a_clear_pass_where_the_maps_mark_a_cue_that_does_not_decide():
    passed, known = card(True, True), (marking(hits=160), changing(8))
    assert qualified_trust(passed, *known) == "limited"
    assert passed_but(passed, *known) == (
        "Passed, but the maps mark the patch more often than it decides the answer: they are highest on it in "
        f"{percentage(0.4)} of the test images, and without it the answer changes in {percentage(0.02)}. Do not say that the "
        "patch decides because they mark it."
    )
    assert checks_headline(passed, *known) == (
        "Grad-CAM of the student passes 2 of 2 checks; the patch is marked where it does not decide."
    )
    assert least_trusted([replace(passed, arm="teacher"), passed], *known) == [passed]


@pytest.mark.parametrize(
    ("hits", "removals"),
    [(160, changing(160)), (160, changing(8, arm="twin")), (160, []), (20, changing(0))],
    ids=["as often as it decides", "another arm", "unknown", "about as often as by chance"],
)
def test_maps_that_mark_a_cue_as_often_as_they_may_leave_a_clear_pass(hits, removals):
    assert qualified_trust(card(True), marking(hits), removals) == "location"
    assert passed_but(card(True), marking(hits), removals) == ""


def test_what_the_maps_miss_is_said_of_texts_and_sounds_in_their_words():
    for modality, cue in (("text", "word"), ("audio", "tone")):
        with speaking_of(modality):
            said = passed_but(card(True), deciding(hits=20))
        assert f"miss the {cue} where" in said
        assert said.endswith(f"not to rule the {cue} out.")


@pytest.mark.parametrize(
    ("hits", "arm"), [(220, "student"), (20, "twin")], ids=["often there", "another arm"]
)
def test_a_cue_that_the_maps_show_or_of_another_arm_leaves_a_clear_pass(hits, arm):
    survey = deciding(hits, arm=arm)
    assert qualified_trust(card(True), survey) == "location"
    assert passed_but(card(True), survey) == ""
    assert checks_headline(card(True), survey) == checks_headline(card(True))


def test_the_worse_of_two_cards_is_that_of_less_trust_then_of_fewer_checks_then_of_more_missed():
    def of(arm, **passed):
        return TrustCard("grad-cam", arm, 8, tuple(Check(name, each) for name, each in passed.items()))

    student, teacher = (
        of("student", deletion=True, stability=True),
        of("teacher", deletion=True, stability=True),
    )
    assert least_trusted([teacher, student]) == [teacher, student]
    assert checks_brief([teacher, student]) == "Grad-CAM, teacher and student: 2 of 2 checks, 8 images"
    fewer_images = [replace(teacher, n=5), student]
    assert least_trusted(fewer_images) == fewer_images
    assert checks_brief(fewer_images) == "Grad-CAM, teacher and student: 2 of 2 checks, 5 images"

    limited = of("teacher", deletion=True, stability=False, infidelity=False)
    ignores = of("student", deletion=True, stability=True, infidelity=True, randomisation=False)
    assert least_trusted([limited, student]) == [limited]
    assert least_trusted([limited, ignores]) == [ignores], "it passes more, but ignores the weights"
    one_failed = of("student", deletion=True, stability=True, infidelity=False)
    assert least_trusted([limited, one_failed]) == [limited]

    missed = deciding(hits=20)
    assert least_trusted([teacher, student], missed) == [student], "the teacher's maps are not known"


def test_a_check_that_is_only_just_passed_says_so_and_shows_on_which_side_of_0_it_is():
    nearly = Check("deletion", True, 0.1, interval=Interval(0.1, 0.002, 0.2))
    assert nearly.only_just
    assert check_sentence(nearly, "grad-cam").endswith("differs by 0.100 (0.002 to 0.200).")
    assert check_threshold(nearly) == "Only just passed. Passed if the whole 95 % interval is above 0."
    clear = Check("insertion", True, 0.2, interval=GAIN)
    whole = TrustCard("grad-cam", "student", 16, (nearly, clear))
    assert whole.only_just == ("deletion",)
    assert conclusion(whole).endswith(
        "Only just passed, on 16 images: deletion. Other images may give another result."
    )
    assert checks_brief([whole]) == "Grad-CAM, student: 2 of 2 checks, 16 images; 1 only just"
    assert "only just" not in conclusion(TrustCard("grad-cam", "student", 16, (clear,))).lower()


@pytest.mark.parametrize(
    ("low", "passed", "name", "narrow"),
    [
        (0.009, True, "deletion", True),
        (0.011, True, "deletion", False),
        (-0.01, False, "deletion", False),
        (0.001, True, "stability", False),
    ],
)
def test_only_just_is_nearer_to_0_than_a_tenth_of_the_gain(low, passed, name, narrow):
    assert Check(name, passed, 0.1, interval=Interval(0.1, low, 0.2)).only_just == narrow
