from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import trained_explainer
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.config import make_config
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.narrative import (
    alike_rule,
    goodhart_alarm,
    survey_answer,
    survey_details,
    survey_headline,
    teacher_misses,
)
from tests.comparison.made import ANSWERS, NAN, RAW, made

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
SAME = {**RAW, "twin": RAW["student"]}
BEHIND = {**RAW, "student": RAW["twin"], "twin": [0.9, 0.5] * 4}
ALL_RIGHT = {**ANSWERS, "student": ANSWERS["twin"]}


def headline_of(first, second=None):
    """The headline of a run that was trained on Grad-CAM."""
    other = made("saliency", raw=second) if second else None
    return survey_headline(made(raw=first), other, trained_on="grad-cam")


def test_a_gain_by_both_explainers_is_reported_with_both_numbers():
    assert headline_of(RAW, RAW) == (
        "By Grad-CAM, which the loss matches, the student looks more like its teacher than its twin does: "
        "corrected agreement +0.20 (0.20 to 0.20) on 7 images; the same by Saliency, a held-out explainer: "
        "+0.20 (0.20 to 0.20) on 7 images."
    )


def test_a_gain_by_the_trained_explainer_alone_is_called_so():
    assert headline_of(RAW, SAME).endswith(
        "; but by Saliency, a held-out explainer, the two are not distinguishable from noise: "
        "0.00 (0.00 to 0.00) on 7 images."
    )


def test_a_loss_is_reported_like_a_gain():
    assert (
        f"looks less like its teacher than its twin does: corrected agreement {MINUS}0.20 ({MINUS}0.20 to {MINUS}0.20)"
        in headline_of(BEHIND)
    )
    assert "; but by Saliency, a held-out explainer, it looks less like it: " in headline_of(RAW, BEHIND)
    assert "; but by Saliency, a held-out explainer, it does: +0.20 (0.20 to 0.20)" in headline_of(SAME, RAW)


def test_no_difference_is_within_noise():
    assert headline_of(SAME) == (
        "By Grad-CAM, which the loss matches, the student looks no more like its teacher than its twin "
        "does, within noise: corrected agreement 0.00 (0.00 to 0.00) on 7 images."
    )


def test_too_few_maps_decide_nothing():
    blank = {**RAW, "student": [NAN] * 8}
    assert headline_of(blank) == (
        "By Grad-CAM, which the loss matches, the student and its twin cannot be compared, because "
        "too few maps are defined: corrected agreement undefined."
    )


YES = "Yes: the student looks where its teacher looks, more than its twin without hints"
NO = "No: the student looks like its teacher no more than its twin without hints"
LESS = "No: the student looks like its teacher less than its twin without hints"
BLANK = {**RAW, "student": [NAN] * 8}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (RAW, None, f"{YES}."),
        (RAW, RAW, f"{YES}. A second explainer agrees."),
        (
            RAW,
            BEHIND,
            "Only by the maps it was trained on: there the student looks more like its teacher than its twin "
            "without hints, by a held-out explainer less.",
        ),
        (
            RAW,
            SAME,
            "By the maps it was trained on, yes: the student looks where its teacher looks, more than its twin "
            "without hints; by a held-out explainer that is undecided.",
        ),
        (
            RAW,
            BLANK,
            "By the maps it was trained on, yes: the student looks where its teacher looks, more than its twin "
            "without hints; by a held-out explainer too few maps are defined.",
        ),
        (SAME, None, f"{NO}."),
        (SAME, SAME, f"{NO}. A second explainer agrees."),
        (SAME, RAW, f"{NO}; by a held-out explainer it looks more like it."),
        (SAME, BEHIND, f"{NO}; by a held-out explainer it looks less like it."),
        (BEHIND, None, f"{LESS}."),
        (BEHIND, BEHIND, f"{LESS}. A second explainer agrees."),
        (
            BEHIND,
            RAW,
            "Not by the maps it was trained on: there the student looks less like its teacher than its twin "
            "without hints, by a held-out explainer more.",
        ),
        (BEHIND, SAME, f"{LESS}; by a held-out explainer that is undecided."),
    ],
)
def test_the_answer_is_in_everyday_words_and_says_where_the_explainers_differ(first, second, said):
    other = made("saliency", raw=second) if second else None
    assert survey_answer(made(raw=first), other) == said


def test_there_is_no_answer_where_it_is_too_early():
    assert survey_answer(made(raw=RAW), caveat="Too early to tell.") == ""
    blank = {**RAW, "student": [NAN] * 8}
    assert survey_answer(made(raw=blank)) == "No answer: too few maps are defined."


def test_without_a_twin_nothing_is_claimed():
    alone = made(arms=("student",))
    assert survey_headline(alone, trained_on="") == "Without a twin, the effect of λ is unknown."
    assert goodhart_alarm(alone) == ""


def test_what_is_left_out_is_counted_and_the_placebo_is_named():
    lines = survey_details(made(arms=("student", "twin", "placebo")))
    assert lines == [
        "8 of 20 test images, class-balanced, each explained for the teacher's prediction.",
        "Compared to the placebo, which has the same λ with shuffled maps: undefined, undefined: too few images.",
        "Left out because the teacher's map or the arm's is undefined: student 1, twin 0, placebo 8.",
    ]


def test_the_rule_for_looking_alike_includes_its_threshold():
    assert alike_rule(made()) == (
        f"Two maps look alike where their Cosine is above 0.60: only 5{NBSP}% of pairs of unrelated images "
        "score higher."
    )
    assert alike_rule(made(arms=("placebo",)), "placebo") == "No map is defined, so none look alike."


def test_agreement_up_and_accuracy_down_beyond_noise_is_an_alarm():
    alarm = goodhart_alarm(made(answers={**ANSWERS, "student": ANSWERS["placebo"]}))
    assert alarm.startswith(
        "Agreement is up but accuracy is down: compared to its twin the student gains +0.20"
    )
    assert alarm.endswith(
        "and loses 100.0 points of accuracy (100.0 to 100.0). "
        "Agreement is not a goal in itself: try a smaller λ."
    )


@pytest.mark.parametrize(
    "survey",
    [
        made(answers=ALL_RIGHT),  # agreement up, accuracy the same
        made(raw=SAME, answers={**ANSWERS, "student": ANSWERS["placebo"]}),  # accuracy down alone
        made(answers={**ALL_RIGHT, "student": [0, 0, 0, 0, 1, 1, 1, 0]}),  # one answer of eight is noise
    ],
)
def test_either_alone_or_noise_is_none(survey):
    assert goodhart_alarm(survey) == ""


TRAINED = {
    "class-attention": "grad-cam",
    "class-shape": "grad-cam",
    "class-level": "",  # trains no places
    "grad-cam": "grad-cam",
    "attention-transfer": "attention",
    "input-gradient": "saliency",
    "attention": "attention",
}


@pytest.mark.parametrize("loss", list(EXPLANATION_LOSSES))
def test_each_loss_names_the_explainer_that_must_not_grade_it_alone(loss):
    config = make_config({}).model_copy(update={"explanation_loss": loss})
    assert trained_explainer(config) == TRAINED[loss]
    assert trained_explainer(config.model_copy(update={"explanation_weight": 0.0})) == ""


def located(*, hits, area):
    """A survey of 20 images a class, of two classes. hits: the teacher's, by class; area: of every object."""
    hit = np.repeat(np.array(hits), 20)
    found = Localization(np.full(40, area), {"teacher": ArmLocalization(hit, hit)})
    labels = np.repeat([0, 1], 20)
    return replace(made(), classes=("red cell", "platelet"), labels=labels, localization={"object": found})


def test_a_teacher_that_looks_beside_the_object_more_often_than_a_random_place_is_said_to():
    assert teacher_misses(located(hits=[0.25, 0.75], area=0.5)) == (
        f"For red cell the teacher itself looks beside the object in 75{NBSP}% of the images; a random place "
        f"is beside it in 50{NBSP}%."
    )
    assert teacher_misses(located(hits=[0.5, 0.75], area=0.5)) == ""
    assert teacher_misses(located(hits=[NAN, 0.75], area=0.5)) == "", "no map has a maximum"
    assert teacher_misses(made()) == "", "no masks"
