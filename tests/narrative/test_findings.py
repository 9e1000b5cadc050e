import json
import math
from dataclasses import replace

import pytest

from kdviz.agreement import Verdict
from kdviz.cache import Cache
from kdviz.comparison import by_measure, difference, finding_surveys
from kdviz.comparison.test_set import known_surveys
from kdviz.metrics import METRICS
from kdviz.narrative import (
    accuracy_gains,
    details,
    figures,
    finding,
    guessing,
    headline,
    largest_agreements,
    plain_finding,
    student_accuracy_gain,
    survey_headline,
    twin_gains,
)
from kdviz.store import Store
from kdviz.store.prepared import RUN
from kdviz.store.results import from_json
from kdviz.types import Gain
from tests.comparison.made import RAW, made

NBSP = "\N{NO-BREAK SPACE}"


def arm(accuracy, corrected, low, high, *, weight=10.0, untrained=(math.nan,) * 3, n=500, **more):
    cosine = {
        "raw": 0.9,
        "chance": 0.8,
        "corrected": corrected,
        "low": low,
        "high": high,
        "n": n,
        "dead_rate": 0.0,
    }
    other = dict(zip(("corrected", "low", "high", "n"), (*untrained, min(n, 100)), strict=True))
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
        ((math.nan,) * 3, (0.4, 0.35, 0.45), Verdict.NO_ERROR_BAR),
    ],
)
def test_results_without_a_paired_difference_are_compared_as_if_on_different_images(student, twin, outcome):
    assert finding(results(arm(0.9, *student), arm(0.9, *twin))).trained is outcome


GAIN = {"value": 0.01, "low": 0.005, "high": 0.015, "n": 400}
WIDE = ((0.6, 0.55, 0.65), (0.59, 0.54, 0.64))


def test_the_paired_difference_decides_even_where_intervals_overlap():
    student = arm(0.9, *WIDE[0], untrained=WIDE[0], gain=GAIN, untrained_gain=GAIN)
    twin = arm(0.9, *WIDE[1], untrained=WIDE[1])
    found = finding(results(student, twin))
    assert (found.trained, found.held_out) == (Verdict.BETTER, Verdict.BETTER)
    without = finding(results(arm(0.9, *WIDE[0]), twin))
    assert without.trained is Verdict.NOT_DISTINGUISHABLE


@pytest.mark.parametrize(("more", "outcome"), [(0, Verdict.WORSE), (1, Verdict.BETTER)])
def test_of_a_survey_and_the_results_the_one_of_more_images_decides(more, outcome):
    surveyed = made("integrated-gradients", raw={**RAW, "student": RAW["twin"], "twin": [0.9, 0.5] * 4})
    by_survey = difference(surveyed).agreement
    stored = {**GAIN, "n": by_survey.n + more}
    student = arm(0.9, *WIDE[0], untrained=WIDE[0], untrained_gain=stored)
    found = finding(results(student, arm(0.9, *WIDE[1])), {"integrated-gradients": surveyed})
    assert (found.held_out_gain == by_survey) is not bool(more)
    assert found.held_out is outcome


def test_the_prepared_run_has_one_verdict_on_distill_and_on_agreement(tmp_path, monkeypatch):
    """Its survey by the held-out explainer comes with it."""
    monkeypatch.setattr(known_surveys, "_SURVEYS", Cache(1))  # others may have surveyed it in this process
    store = Store(tmp_path / "runs")
    run = store.run(store.import_run(RUN))
    surveys = finding_surveys(store, run)
    held_out = run.results["student"].held_out_explainer
    assert list(surveys) == [held_out]
    agreement = difference(surveys[held_out])
    alone, together = finding(run.results), finding(run.results, surveys)
    assert together.held_out is alone.held_out is agreement.verdict is Verdict.BETTER
    line = details(run.results, surveys)[-1]
    assert run.results["student"].held_out.total < run.results["student"].accuracy_gain.n
    gain = survey_headline(surveys[held_out], trained_on="grad-cam").split("agreement higher by ")[1]
    of_all = gain.split(",")[0].replace("on 300 images", "on 300 of 2,000 images")
    assert f"student − twin +{of_all}, better." in line
    assert line.endswith("takes many passes for each image, so it is evaluated on a part of them.")


def test_the_student_of_the_teachers_maps_stands_beside_that_of_masks():
    graded = results(
        arm(0.9, 0.6, 0.55, 0.65, object_share=0.61, object_area=0.2),
        arm(0.9, 0.4, 0.35, 0.45, object_share=0.3, object_area=0.2),
        **{"teacher-maps": arm(0.7, 0.5, 0.45, 0.55, object_share=0.45, object_area=0.2)},
    )
    assert details(graded)[0] == (
        "The control without marks, with the same λ on the teacher's maps: agreement 0.50 (0.45 to 0.55), "
        f"accuracy 70.0{NBSP}%. Evidence on the object: with masks 61.0{NBSP}%, with the teacher's maps 45.0{NBSP}%, "
        f"with neither 30.0{NBSP}%; the object covers 20.0{NBSP}% of an image."
    )
    without = results(graded_arm := arm(0.9, 0.6, 0.5, 0.7), graded_arm, **{"teacher-maps": graded_arm})
    assert "Evidence" not in details(without)[0]


def test_the_headline_is_made_from_the_numbers():
    assert headline(results(arm(0.861, 0.6, 0.55, 0.65), arm(0.865, 0.4, 0.35, 0.45))) == (
        "At λ = 10 the student's maps agree with the teacher's more than its twin's do: agreement 0.60 "
        f"(0.55 to 0.65) against 0.40 (0.35 to 0.45); accuracy 86.1{NBSP}% against 86.5{NBSP}%."
    )


def test_the_plain_finding_has_no_intervals_and_the_figures_have_them():
    graded = results(arm(0.861, 0.6, 0.55, 0.65), arm(0.865, 0.4, 0.35, 0.45))
    assert plain_finding(graded) == (
        "At λ = 10 the student's maps agree with the teacher's more than its twin's do; the student is right on "
        f"86.1{NBSP}% of the test images, its twin on 86.5{NBSP}%."
    )
    assert plain_finding(graded, early=True) == (
        f"So far the student is right on 86.1{NBSP}% of the test images, its twin on 86.5{NBSP}%."
    )
    assert figures(graded) == (
        "Student against twin: agreement 0.60 (0.55 to 0.65) against 0.40 (0.35 to 0.45); "
        f"accuracy 86.1{NBSP}% against 86.5{NBSP}%."
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-0.02, 0.15, f"70.0{NBSP}% (not clearly different)."), (0.02, 0.11, f"70.0{NBSP}%.")],
)
def test_the_plain_finding_says_whether_the_accuracies_clearly_differ(low, high, said):
    gain = {"value": 0.067, "low": low, "high": high, "n": 60}
    graded = results(arm(0.767, 0.6, 0.55, 0.65, accuracy_gain=gain), arm(0.7, 0.4, 0.35, 0.45))
    assert plain_finding(graded).endswith(f"its twin on {said}")
    assert plain_finding(graded, early=True).endswith(f"its twin on {said}")


def test_agreement_that_was_bought_with_accuracy_is_called_so():
    said = headline(results(arm(0.39, 0.97, 0.96, 0.98), arm(0.88, 0.5, 0.45, 0.55)))
    assert "than its twin's do, but pays with accuracy: agreement" in said


def test_with_a_cue_the_accuracy_is_that_of_the_cue_at_random():
    student = arm(0.8, 0.6, 0.55, 0.65, cue_intact_accuracy=0.99)
    assert "accuracy with a random cue 80.0" in headline(results(student, arm(0.1, 0.0, -0.01, 0.01)))
    assert "against 0.00 (−0.01 to 0.01)" in headline(results(student, arm(0.1, 0.0, -0.01, 0.01)))


def gains(gain, held_out):
    """A student with paired differences to its twin, by Grad-CAM and by the held-out explainer."""
    names = ("value", "low", "high", "n")
    student = arm(
        0.9375,
        *(0.89, 0.86, 0.92),
        untrained=(0.3, 0.2, 0.4),
        n=16,
        gain=dict(zip(names, gain, strict=True)),
        untrained_gain=dict(zip(names, held_out, strict=True)),
        accuracy_gain=dict(zip(names, (0.4375, 0.1875, 0.6875, 16), strict=True)),
    )
    return results(student, arm(0.5, 0.63, 0.57, 0.67, untrained=(0.3, 0.2, 0.4), n=16))


MORE, LESS, EITHER = (0.26, 0.21, 0.33, 16), (-0.04, -0.06, -0.02, 16), (0.01, -0.02, 0.04, 16)
ACCURACIES = f"accuracy 93.8{NBSP}% against 50.0{NBSP}%; difference 18.8 to 68.8 points on 16 images"


@pytest.mark.parametrize(
    ("gain", "held_out", "trained_on", "said"),
    [
        (
            MORE,
            LESS,
            "grad-cam",
            "At λ = 10 the student's maps agree with the teacher's more than its twin's do only by the maps it "
            "was trained on; by a held-out explainer they agree less: agreement 0.89 (0.86 to 0.92) against "
            "0.63 (0.57 to 0.67), by Integrated gradients −0.04 (−0.06 to −0.02) on 16 images; ",
        ),
        (
            MORE,
            LESS,
            "attention",
            "At λ = 10 the student's maps agree with the teacher's more than its twin's do only by Grad-CAM; by "
            "a held-out explainer they agree less: agreement 0.89 (0.86 to 0.92) against 0.63 (0.57 to "
            "0.67), by Integrated gradients −0.04 (−0.06 to −0.02) on 16 images; ",
        ),
        (
            MORE,
            EITHER,
            "grad-cam",
            "At λ = 10 the student's maps agree with the teacher's more than its twin's do, by the maps it was "
            "trained on; by a held-out explainer that is undecided: agreement 0.89 (0.86 to 0.92) against 0.63 (0.57 "
            "to 0.67), by Integrated gradients +0.01 (−0.02 to 0.04) on 16 images; ",
        ),
        (
            EITHER,
            MORE,
            "grad-cam",
            "At λ = 10 the student's maps agree with the teacher's no more than its twin's do, within noise; by "
            "a held-out explainer they agree more: agreement 0.89 (0.86 to 0.92) against 0.63 (0.57 to "
            "0.67), by Integrated gradients +0.26 (0.21 to 0.33) on 16 images; ",
        ),
        (
            MORE,
            MORE,
            "grad-cam",
            "At λ = 10 the student's maps agree with the teacher's more than its twin's do: agreement 0.89 (0.86 to "
            "0.92) against 0.63 (0.57 to 0.67); ",
        ),
    ],
)
def test_the_headline_says_where_a_held_out_explainer_has_another_verdict(gain, held_out, trained_on, said):
    assert headline(gains(gain, held_out), trained_on=trained_on) == f"{said}{ACCURACIES}."


def test_accuracy_is_compared_over_the_images_of_a_survey_where_results_lack_it():
    surveyed = made("integrated-gradients")
    found = accuracy_gains(
        results(arm(0.9, *WIDE[0]), arm(0.9, *WIDE[1])), {"integrated-gradients": surveyed}
    )
    paired = difference(surveyed).accuracy
    assert found == {"student": Gain(paired.value, paired.low, paired.high, 8)}
    assert accuracy_gains(gains(MORE, MORE), {"integrated-gradients": surveyed})["student"].n == 16
    assert accuracy_gains(results(arm(0.9, *WIDE[0]))) == {}


def test_every_page_has_the_gain_in_accuracy_of_the_results_or_else_that_of_the_survey():
    surveyed = made("integrated-gradients")
    paired = difference(surveyed).accuracy
    of_survey = Gain(paired.value, paired.low, paired.high, 8)
    stored = gains(MORE, MORE)
    assert student_accuracy_gain(stored, surveyed) == stored["student"].accuracy_gain != of_survey
    assert student_accuracy_gain(stored, surveyed) == accuracy_gains(stored)["student"]
    assert student_accuracy_gain(None, surveyed) == of_survey


def test_a_lower_accuracy_within_noise_is_no_price():
    noisy = dict(zip(("value", "low", "high", "n"), (-0.0625, -0.25, 0.125, 16), strict=True))
    twin = arm(0.9375, 0.4, 0.35, 0.45)
    assert not finding(results(arm(0.875, 0.6, 0.55, 0.65, accuracy_gain=noisy), twin)).costs_accuracy
    assert finding(results(arm(0.875, 0.6, 0.55, 0.65), twin)).costs_accuracy


def test_without_a_twin_nothing_is_claimed_about_lambda():
    alone = results(arm(0.9, 0.6, 0.5, 0.7))
    assert finding(alone) is None
    for said in (headline(alone), plain_finding(alone)):
        assert said.endswith("without a twin, the effect of λ is unknown.")
    assert figures(alone) == "Agreement of the student 0.60 (0.50 to 0.70)."
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
        "Evaluated with Integrated gradients, a held-out explainer: student − twin −0.02 (−0.16 to 0.12) "
        "on 100 images, not distinguishable from noise."
    )


def test_a_caveat_follows_the_figures_that_are_no_finding_yet():
    said = headline(
        results(arm(0.861, 0.6, 0.55, 0.65), arm(0.865, 0.4, 0.35, 0.45)), caveat="Too early to tell."
    )
    assert said == (
        "So far: agreement 0.60 (0.55 to 0.65) against 0.40 (0.35 to 0.45); "
        f"accuracy 86.1{NBSP}% against 86.5{NBSP}%. Too early to tell."
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


def test_one_agreement_is_of_the_most_images_on_which_it_is_known():
    """A survey by the held-out explainer has 7 and 8 images with defined maps, the one of Grad-CAM fewer."""
    few = {"student": arm(0.9, 0.5, 0.4, 0.6), "twin": arm(0.8, 0.2, 0.1, 0.3)}
    for each in few.values():
        each["untrained_agreement"]["cosine"]["n"] = 3
    known = results(**few)
    survey = made("integrated-gradients")
    found = largest_agreements(known, {"integrated-gradients": survey, "grad-cam": made()})
    scores = {row.arm: row.score for row in by_measure(survey) if row.measure == "cosine"}
    assert {name: found[name].held_out.n for name in few} == {"student": 7, "twin": 8}
    assert all(found[name].held_out == scores[name] for name in few)
    assert all(found[name].agreement == known[name].agreement for name in few), "500 images are more"
    for name, each in largest_agreements(known, {}).items():
        assert each.agreement == known[name].agreement
        same = replace(each, agreement=known[name].agreement)
        assert repr(same) == repr(known[name]), "fields that are NaN equal nothing"


def test_an_agreement_of_too_few_maps_is_undefined_in_every_sentence():
    """8 of 600 images have a map of the placebo; 45 are enough."""
    few = {"dead_rate": 1 - 8 / 600}
    placebo = arm(0.7, 0.33, 0.03, 0.61, n=8)
    placebo["agreement"]["cosine"].update(few)
    graded = results(arm(0.9, 0.6, 0.55, 0.65), arm(0.9, 0.4, 0.35, 0.45), placebo=placebo)
    assert "agreement – too few maps (8 of 600), accuracy 70.0" in details(graded)[0]
    assert math.isnan(twin_gains(graded)["placebo"].value)
    assert METRICS["agreement"].text(METRICS["agreement"].read(graded["placebo"])) == "–"
    blank = results(placebo, arm(0.9, 0.4, 0.35, 0.45))
    assert finding(blank).trained is Verdict.NO_ERROR_BAR
    assert "because too few maps are defined: agreement – too few maps (8 of 600) against 0.40" in headline(
        blank
    )


def test_two_arms_that_are_right_on_the_same_images_may_differ_on_others():
    """Results of earlier versions have an interval without a width there."""
    same = {"value": 0.0, "low": 0.0, "high": 0.0, "n": 36}
    graded = results(arm(0.5, 0.6, 0.55, 0.65, accuracy_gain=same), arm(0.5, 0.4, 0.35, 0.45))
    gain = accuracy_gains(graded)["student"]
    assert (gain.value, gain.low, gain.high) == pytest.approx((0, -0.0964, 0.0964), abs=1e-4)
    assert "difference \N{MINUS SIGN}9.6 to 9.6 points on 36 images" in headline(graded)
