from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import ArmPredictions, paired_levels, trained_explainer
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.config import make_config
from kdviz.language import decimal
from kdviz.losses import EXPLANATION_LOSSES
from kdviz.narrative import (
    alike_rule,
    answer_limits,
    brief_limits,
    explainers_differ,
    gain_in_results,
    goodhart_alarm,
    left_out,
    survey_answer,
    survey_details,
    survey_headline,
    teacher_misses,
)
from kdviz.narrative.answer import LITTLE
from kdviz.types import Agreement, ArmResult, Gain
from tests.comparison.made import ANSWERS, NAN, RAW, made, scores
from tests.narrative.test_localization import on_the_cue

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
        "By Grad-CAM, which the loss matches, the student's maps agree with the teacher's more than its twin's do: "
        "agreement higher by 0.20 (0.20 to 0.20) on 7 images, 0.66 against 0.46; the same by Saliency, a held-out explainer: "
        "higher by 0.20 (0.20 to 0.20) on 7 images, 0.66 against 0.46."
    )


def test_a_gain_by_the_trained_explainer_alone_is_called_so():
    assert headline_of(RAW, SAME).endswith(
        "; but by Saliency, a held-out explainer, the two are not distinguishable from noise: "
        "0.00 (0.00 to 0.00) on 7 images, 0.66 against 0.66."
    )


def test_a_loss_is_reported_like_a_gain():
    assert (
        "agree with the teacher's less than its twin's do: agreement lower by 0.20 (0.20 to 0.20) on"
        in headline_of(BEHIND)
    )
    assert "; but by Saliency, a held-out explainer, they agree less: " in headline_of(RAW, BEHIND)
    assert (
        "; but by Saliency, a held-out explainer, they agree more: higher by 0.20 (0.20 to 0.20)"
        in headline_of(SAME, RAW)
    )


def test_no_difference_is_within_noise():
    assert headline_of(SAME) == (
        "By Grad-CAM, which the loss matches, the student's maps agree with the teacher's no more than its "
        "twin's do, within noise: agreement 0.00 (0.00 to 0.00) on 7 images, 0.66 against 0.66."
    )


def test_too_few_maps_decide_nothing():
    blank = {**RAW, "student": [NAN] * 8}
    assert headline_of(blank) == (
        "By Grad-CAM, which the loss matches, the student and its twin cannot be compared, because "
        "too few maps are defined: agreement undefined."
    )


TWIN = "the twin (the same student without the teacher's maps, λ = 0)"
QUESTION = "Does the student look where its teacher looks?"
YES = f"Yes, more than {TWIN}"
NO = f"Not shown: the student's maps agree with the teacher's about as much as those of {TWIN}, within noise"
LESS = f"No: the student's maps agree with the teacher's less than those of {TWIN}"
BLANK = {**RAW, "student": [NAN] * 8}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (RAW, None, f"{YES}."),
        (RAW, RAW, f"{YES}. The same answer by the maps of a second explainer."),
        (
            RAW,
            BEHIND,
            "No: only by the maps it was trained on do the student's maps agree with the teacher's more than "
            f"those of {TWIN}; by a held-out explainer they agree less.",
        ),
        (
            RAW,
            SAME,
            f"Yes, by the maps it was trained on, more than {TWIN}; by a held-out explainer that is undecided.",
        ),
        (
            RAW,
            BLANK,
            f"Yes, by the maps it was trained on, more than {TWIN}; by a held-out explainer too few maps are defined.",
        ),
        (SAME, None, f"{NO}."),
        (SAME, SAME, f"{NO}. The same answer by the maps of a second explainer."),
        (SAME, RAW, f"{NO}; by a held-out explainer they agree more."),
        (SAME, BEHIND, f"{NO}; by a held-out explainer they agree less."),
        (BEHIND, None, f"{LESS}."),
        (BEHIND, BEHIND, f"{LESS}. The same answer by the maps of a second explainer."),
        (
            BEHIND,
            RAW,
            "No: by the maps it was trained on the student's maps agree with the teacher's less than "
            f"those of {TWIN}, though more by a held-out explainer.",
        ),
        (BEHIND, SAME, f"{LESS}; by a held-out explainer that is undecided."),
    ],
)
def test_the_answer_is_in_everyday_words_and_says_where_the_explainers_differ(first, second, said):
    other = made("saliency", raw=second) if second else None
    assert survey_answer(made(raw=first), other) == f"{QUESTION} {said}"


def test_the_answer_is_not_settled_where_it_is_too_early():
    so_far = f"{QUESTION} So far, yes, but it is not settled."
    assert survey_answer(made(raw=RAW), early=True) == so_far
    waiting = f"{survey_answer(made(raw=RAW))} By Saliency it is not known yet."
    assert survey_answer(made(raw=RAW), awaited="saliency") == waiting
    assert survey_answer(made(raw=RAW), made("saliency", raw=SAME), early=True) == f"{QUESTION} Not yet."
    assert survey_answer(made(raw=SAME), early=True) == f"{QUESTION} Not yet."
    blank = {**RAW, "student": [NAN] * 8}
    assert survey_answer(made(raw=blank)) == f"{QUESTION} Not yet: too few maps are defined."


def finished(*, low, high):
    """Results with a held-out figure on 24 images: the student's gain has this interval."""
    held_out = Agreement(0.4, 0.2, 0.25, 0.2, 0.3, 24, 0.0)
    gain = Gain((low + high) / 2, low, high, 24)
    student = ArmResult(1, 0.9, held_out=held_out, held_out_explainer="saliency", held_out_gain=gain)
    twin = ArmResult(1, 0.9, held_out=replace(held_out, corrected=0.31), held_out_explainer="saliency")
    return {"student": student, "twin": twin}


@pytest.mark.parametrize(
    ("low", "high", "second"),
    [(0.01, 0.05, RAW), (-0.02, 0.05, SAME), (-0.05, -0.01, BEHIND)],
)
def test_until_a_second_survey_is_known_the_results_decide_in_its_place(low, high, second):
    """The answer is that of a survey with the same verdict, with the number of images behind it."""
    stored = gain_in_results(finished(low=low, high=high), "saliency")
    surveyed = survey_answer(made(raw=RAW), made("saliency", raw=second))
    few = "By Saliency this is known on 24 images so far."
    assert survey_answer(replace(made(raw=RAW), total=25), stored) == f"{surveyed} {few}"
    assert survey_answer(made(raw=RAW), stored) == surveyed, "24 images are all there are"
    words = survey_headline(made(raw=RAW), stored, trained_on="grad-cam")
    assert words.endswith(" on 24 images, 0.25 against 0.31.")


def test_results_have_no_figure_by_other_explainers_or_measures():
    results = finished(low=0.01, high=0.05)
    assert gain_in_results(results, "saliency", "pearson") is None
    assert gain_in_results(results, "occlusion") is None
    assert gain_in_results(results, "") is None
    assert gain_in_results(None, "saliency") is None
    undefined = {**results, "student": ArmResult(1, 0.9, held_out_explainer="saliency")}
    assert gain_in_results(undefined, "saliency") is None


SLIGHT = {"student": [0.34, 0.36] * 4, "twin": [0.3] * 8}
"""Agreements of 0.19 and 0.13, where unrelated maps have 0.2."""


def test_a_gain_that_leaves_the_maps_nearly_unrelated_is_called_little():
    slight, level = made(raw=SLIGHT), decimal(paired_levels(made(raw=SLIGHT))[0])
    only = f"but only at {level} on 8 images, where 0 is chance and 1 the same map"
    assert paired_levels(slight)[0] < LITTLE
    assert survey_answer(slight) == f"{QUESTION} A little: more than {TWIN}, {only}."
    both = (
        f"{QUESTION} A little: more than {TWIN}, {only}. The same answer by the maps of a second explainer."
    )
    assert survey_answer(slight, made("saliency", raw=SLIGHT)) == both
    by_trained = f"A little: by the maps it was trained on, more than {TWIN}, {only}"
    undecided = "by a held-out explainer that is undecided"
    assert survey_answer(slight, made("saliency", raw=SAME)) == f"{QUESTION} {by_trained}; {undecided}."
    assert survey_answer(made(raw=RAW), made("saliency", raw=SLIGHT)) == (
        f"{QUESTION} {YES}. By a held-out explainer more than the twin, too, but only a little, at {level} "
        "on 8 images, where 0 is chance and 1 the same map."
    )


def test_without_a_twin_nothing_is_claimed():
    alone = made(arms=("student",))
    assert survey_answer(alone) == f"{QUESTION} Not yet. Without a twin, the effect of λ is unknown."
    assert survey_headline(alone, trained_on="") == ""
    assert goodhart_alarm(alone) == ""


def test_what_is_left_out_is_counted_and_the_placebo_is_named():
    lines = survey_details(made(arms=("student", "twin", "placebo")))
    assert lines == [
        "8 of 20 test images, the same number of each class where there are enough, each explained for the teacher's "
        "prediction.",
        "Compared to the placebo, which has the same λ with shuffled maps: undefined, undefined: too few images.",
        "Left out because the teacher's map or the arm's is undefined: student 1, twin 0, placebo 8.",
    ]


def test_a_whole_test_set_is_not_called_a_selection():
    (line, *_more) = survey_details(replace(made(), total=8))
    assert line == "All 8 test images, each explained for the teacher's prediction."


def test_images_without_a_map_are_counted_beside_the_finding():
    assert left_out(made()) == (
        "The comparison with the twin leaves out 1 of 8 test images, where the student's map is undefined."
    )
    scores = made().scores
    swapped = replace(made(), scores={**scores, "student": scores["twin"], "twin": scores["student"]})
    assert left_out(swapped).endswith("1 of 8 test images, where the twin's map is undefined.")
    both = replace(made(), scores={**scores, "twin": scores["student"]})
    assert left_out(both).endswith("where a map of student, twin or teacher is undefined.")
    assert left_out(made(arms=("student",))) == ""


def test_the_rule_for_looking_alike_includes_its_threshold():
    assert alike_rule(made()) == (
        f"Maps of unrelated images agree by 0 on average, but single pairs by up to 0.50 (95{NBSP}% of them stay "
        "below it, by Grad-CAM): two maps look alike above that. The limit depends on the explainer, and on the network."
    )
    assert alike_rule(made(arms=("placebo",)), "placebo") == "No map is defined, so none look alike."


def test_agreement_up_and_accuracy_down_beyond_noise_is_an_alarm():
    alarm = goodhart_alarm(made(answers={**ANSWERS, "student": ANSWERS["placebo"]}))
    assert alarm.startswith(
        "Agreement is up but accuracy is down: compared to its twin the student gains +0.20"
    )
    assert alarm.endswith(
        "and loses 100.0 points of accuracy (35.1 to 100.0). "
        "Agreement is not a goal in itself: try a smaller λ."
    )


def test_the_alarm_has_the_loss_of_the_results_if_there_are_any():
    lost = Gain(-0.25, -0.375, -0.125, 400)
    results = {"student": ArmResult(1, 0.5, accuracy_gain=lost), "twin": ArmResult(1, 0.75)}
    assert "loses 25.0 points of accuracy (12.5 to 37.5)" in goodhart_alarm(made(), results)


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
    "input-x-gradient": "input-x-gradient",
    "attention": "attention",
}


@pytest.mark.parametrize("loss", list(EXPLANATION_LOSSES))
def test_each_loss_names_the_explainer_that_must_not_grade_it_alone(loss):
    config = make_config({}).model_copy(update={"explanation_loss": loss})
    assert trained_explainer(config) == TRAINED[loss]
    assert trained_explainer(config.model_copy(update={"explanation_weight": 0.0})) == ""


def located(*, hits, area, raw=RAW):
    """A survey of 20 images a class, of two classes. hits: the teacher's, by class; area: of every object."""
    hit = np.repeat(np.array(hits), 20)
    found = Localization(np.full(40, area), {"teacher": ArmLocalization(hit, hit)})
    labels = np.repeat([0, 1], 20)
    answers = {
        arm: ArmPredictions(labels, np.full(40, 0.5, np.float32)) for arm in ("teacher", "student", "twin")
    }
    of_arms = {arm: {"cosine": scores(raw[arm] * 5)} for arm in ("student", "twin")}
    return replace(
        made(),
        classes=("red cell", "platelet"),
        labels=labels,
        predictions=answers,
        scores=of_arms,
        localization={"object": found},
    )


def test_what_limits_the_answer_names_the_classes_whose_object_the_teacher_misses():
    but = (
        f"But by Grad-CAM the teacher's brightest spot is on what is marked in only 25{NBSP}% of the images labelled "
        f"red cell (a random place 50{NBSP}%: less often than by chance). There this does not show that either looks at the right place."
    )
    assert survey_answer(located(hits=[0.25, 0.75], area=0.5)) == f"{QUESTION} {YES}."
    assert answer_limits(located(hits=[0.25, 0.75], area=0.5)) == but
    assert brief_limits(located(hits=[0.25, 0.75], area=0.5)) == (
        "On images labelled red cell the teacher's own maps miss what is marked."
    )
    assert answer_limits(located(hits=[0.55, 0.75], area=0.5)) == ""
    assert brief_limits(located(hits=[0.55, 0.75], area=0.5)) == ""
    assert answer_limits(located(hits=[0.25, 0.75], area=0.5, raw=SAME)) == "", "nothing to qualify"


def test_explainers_that_point_at_different_places_limit_the_answer():
    first, second = on_the_cue(teacher=0, student=4), on_the_cue(teacher=0, student=200)
    assert answer_limits(first, second) == explainers_differ(first, second) != ""
    assert answer_limits(first) == "", "only one is known"


def test_a_teacher_that_looks_at_the_object_no_more_often_than_a_random_place_is_said_to():
    assert teacher_misses(located(hits=[0.25, 0.75], area=0.5)) == (
        f"By Grad-CAM the teacher's brightest spot is on what is marked in only 25{NBSP}% of the images labelled red "
        f"cell (a random place 50{NBSP}%: less often than by chance)."
    )
    assert teacher_misses(located(hits=[0.55, 0.75], area=0.5)) == ""
    assert teacher_misses(located(hits=[NAN, 0.75], area=0.5)) == "", "no map has a maximum"
    assert teacher_misses(made()) == "", "no masks"


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ("grad-cam", "By Grad-CAM, which the loss matches, "),
        ("class-attention", "By Grad-CAM, nearest to what the loss matches (class attention), "),
        ("", "By Grad-CAM, which the loss matches, "),
    ],
)
def test_a_loss_that_matches_other_maps_is_not_said_to_match_those_of_the_explainer(loss, said):
    assert survey_headline(made(), trained_on="grad-cam", loss=loss).startswith(said)


def test_a_teacher_that_guesses_gets_no_verdict():
    for early in (False, True):
        assert (
            survey_answer(made(), early=early, guesses=True) == f"{QUESTION} Nothing can be concluded here."
        )
