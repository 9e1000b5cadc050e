"""What may be concluded, is not shown, or had better not be said: of surveys whose every number is made by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kdviz.agreement import Verdict, hierarchical_bootstrap, share_interval, verdict
from kdviz.comparison import (
    ArmPredictions,
    Check,
    CueRemoval,
    SeedGroup,
    TrustCard,
    calibration,
    calibration_difference,
    cue_split,
    difference,
    localization_table,
)
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.config import make_config
from kdviz.datasets import accuracy_reach
from kdviz.language import percentage
from kdviz.narrative import (
    Conclusion,
    Grounds,
    conclusions,
    figure_columns,
    figures_caption,
    figures_notes,
    group_name,
    misleading_map,
    placebo_warning,
    seeds_sentence,
    which_map_is_right,
)
from kdviz.narrative.conclusions import MOST
from kdviz.narrative.student_and_twin import FEW
from kdviz.notes import copied_images_note, groups_note
from kdviz.types import ArmResult, Gain, Interval
from tests.comparison.made import made, scores
from tests.comparison.test_set.test_unseen_cue import survey as unseen_survey
from tests.narrative.test_cue_removal import by_both, removed
from tests.narrative.test_localization import N, on_the_cue, with_evidence
from tests.narrative.test_survey import SAME, finished

SEED = "That another training run (another seed) would give the same."
PASSED, ONE_FAILED, FAILED = (True, True, True), (True, False, True), (True, True, False)
EARLY = "Still improving at the end: more epochs would tell more."


def run_with(cue="none"):
    """A run without results, of which only its settings matter here."""
    return SimpleNamespace(config=make_config({"dataset": "shapes", "cue": cue}), results=None)


def grounds(survey=None, *, cue="none", **known):
    survey = survey or made()
    return Grounds(run_with(cue), survey, known.pop("largest", survey), **known)


def of_topic(given, topic):
    """The group and text of each sentence about it."""
    return [
        (group, each.text)
        for group, found in conclusions(given).items()
        for each in found
        if each.topic == topic
    ]


def checked(*, teacher, student):
    """The checks of both: deletion, insertion and randomisation are passed or not."""
    names = ("deletion", "insertion", "randomisation")
    return [
        TrustCard("grad-cam", arm, 16, tuple(map(Check, names, passed)))
        for arm, passed in (("teacher", teacher), ("student", student))
    ]


def trusted():
    """All checks are passed."""
    return checked(teacher=PASSED, student=PASSED)


@pytest.mark.parametrize(
    ("student", "twin", "said"),
    [
        (4, 80, ("say", "The student hardly relies on the patch; its twin does.")),
        (40, 120, ("say", "The student relies on the patch less than its twin does.")),
        (120, 40, ("say", "The student relies on the patch more than its twin does.")),
        (
            40,
            44,
            (
                "not-shown",
                "That the student relies on the patch less than its twin does: the difference is within noise.",
            ),
        ),
    ],
)
def test_how_far_the_cue_is_relied_on_is_decided_by_the_intervals_of_the_changed_answers(student, twin, said):
    found = removed(student=student, twin=twin)
    assert of_topic(grounds(cue="hue-patch", removals=found), "cue") == [said]
    below, above = sorted((student, twin))
    apart = share_interval(below, N).high < share_interval(above, N).low
    assert apart == (said[0] == "say")


def test_of_a_student_without_a_twin_its_own_answers_decide():
    survey = made(arms=("student",))
    for changed, said in (
        (4, ("say", "The student hardly relies on the patch.")),
        (80, ("say", "The student relies on the patch.")),
        (20, ("not-shown", "That the student hardly relies on the patch.")),
    ):
        given = grounds(survey, cue="hue-patch", removals=removed(student=changed), cards=trusted())
        assert of_topic(given, "cue") == [said]
        assert of_topic(given, "twin") == [
            ("not-shown", "That λ made a difference: without a twin, its effect is unknown.")
        ]


def test_what_removing_the_cue_changes_is_not_guessed():
    ((group, text),) = of_topic(grounds(cue="hue-patch"), "cue")
    assert (group, text) == (
        "not-shown",
        "How far the student relies on the patch: what removing it changes is not known yet.",
    )
    assert of_topic(grounds(), "cue") == []


def test_too_early_for_a_finding_the_heading_says_so():
    given = grounds(cue="hue-patch", removals=removed(student=4, twin=80))
    early = replace(given, caveat=EARLY)
    assert conclusions(early) == conclusions(given)
    assert group_name("say", early=True) == "So far, but not settled"
    assert group_name("not-shown", early=True) == group_name("not-shown")


def answered(right, count=100):
    """A survey with two balanced classes. right: each arm's accuracy in percent."""
    survey, labels = made(arms=("student", "twin", "placebo")), np.arange(count) % 2
    predictions = {
        arm: replace(
            survey.predictions[arm],
            predicted=np.where(np.arange(count) % 100 < right[arm], labels, 1 - labels),
            confidence=np.where(np.arange(count) % 3 > 0, 0.99, 0.6),
        )
        for arm in right
    }
    return replace(
        survey, labels=labels, indices=np.arange(count), total=count, classes=("a", "b"),
        predictions=predictions, localization={},
    )  # fmt: skip


@pytest.mark.parametrize(("placebo", "guesses"), [(50, True), (57, True), (59, False), (20, True)])
def test_a_placebo_that_only_guesses_is_no_opponent(placebo, guesses):
    """By the exact binomial test: 59 of 100 have a chance of 4.4 %, 58 one of 6.7 %."""
    right = {"teacher": 95, "student": 90, "twin": 60, "placebo": placebo}
    said = of_topic(grounds(largest=answered(right)), "placebo")
    text = (
        f"That being ahead of the placebo shows much: at this λ the placebo is right on {percentage(placebo / 100)}, "
        f"no more often than by guessing ({percentage(0.5)})."
    )
    assert said == ([("not-shown", text)] if guesses else [])


@pytest.mark.parametrize(("count", "enough"), [(FEW - 1, False), (400, True)])
def test_of_few_images_nothing_is_said_of_the_confidence(count, enough):
    right = {"teacher": 95, "student": 95, "twin": 20, "placebo": 60}
    ((group, said),) = of_topic(grounds(largest=answered(right, count)), "confidence")
    assert (group == "say", said.endswith("there are too few images.")) == (enough, not enough)


def test_the_gain_is_the_teachers_doing_only_beyond_the_placebo():
    """The student is right on 90 % of 400, its twin on half of them, the placebo on as many as one of the two."""
    right = np.arange(400) % 10 > 0
    half = right & (np.arange(400) % 2 > 0)
    arms = ("student", "twin", "placebo")
    survey = made(arms=arms)

    def largest(placebo):
        answers = {"teacher": right, "student": right, "twin": half, "placebo": placebo}
        predictions = {
            arm: replace(survey.predictions[arm], predicted=np.where(of, 0, 1), confidence=np.full(400, 0.9))
            for arm, of in answers.items()
        }
        return replace(
            survey, labels=np.zeros(400, dtype=int), indices=np.arange(400), total=400,
            predictions=predictions, localization={},
        )  # fmt: skip

    beyond = grounds(survey, largest=largest(half))
    assert of_topic(beyond, "accuracy") == [
        ("say", "The student is right more often than its twin and than the placebo.")
    ]
    assert of_topic(beyond, "placebo") == []
    same = grounds(survey, largest=largest(right), cards=trusted())
    assert of_topic(same, "accuracy") == [("say", "The student is right more often than its twin.")]
    assert of_topic(same, "placebo") == [
        (
            "not-shown",
            "That the gain comes from the teacher's maps of the same images: the placebo, with those of "
            "other images, is not clearly less accurate.",
        )
    ]


def test_maps_are_compared_by_the_verdict_of_both_explainers():
    survey = made()
    assert difference(survey).verdict is Verdict.BETTER
    more = "student's maps agree with the teacher's more than its twin's do"
    assert of_topic(grounds(survey), "agreement") == [("say", f"The {more}.")]
    same = replace(survey, explainer="saliency")
    assert of_topic(grounds(survey, other=same), "agreement") == [("say", f"The {more}.")]
    swapped = {"student": survey.scores["twin"], "twin": survey.scores["student"]}
    other = replace(same, key="o", scores=swapped)
    assert difference(other).verdict is Verdict.WORSE
    by_loss = f"By Grad-CAM, on which it was trained, the {more}."
    less = more.replace("more", "less")
    assert of_topic(grounds(survey, other=other, cards=trusted()), "agreement") == [
        ("say", f"By Saliency, the {less}."),
        ("say", by_loss),
    ]
    unclear = made("saliency", raw=SAME)
    assert difference(unclear).verdict is Verdict.NOT_DISTINGUISHABLE
    too = "That the student's maps agree more than its twin's by Saliency, too"
    for given in (grounds(survey, other=unclear), grounds(unclear, other=survey)):
        shown = replace(given, cards=trusted()) if given.survey is survey else given
        assert ("say", by_loss) in of_topic(shown, "agreement")
        assert ("not-shown", f"{too}.") in of_topic(shown, "agreement")
    less_so_far = "By Saliency, the student's maps agree with the teacher's less than its twin's do"
    of_more = replace(survey, total=25)
    stored = grounds(of_more, second="saliency", cards=trusted())
    stored = replace(
        stored, run=SimpleNamespace(config=stored.run.config, results=finished(low=-0.05, high=-0.01))
    )
    with_counts = f"{less_so_far}, on 24 images so far."
    assert [text for _group, text in of_topic(stored, "agreement")] == [with_counts, by_loss]
    of_all = replace(stored, survey=survey)
    assert of_topic(of_all, "agreement")[0] == ("say", f"{less_so_far}.")
    waiting = grounds(survey, second="saliency", cards=trusted())
    assert of_topic(waiting, "agreement") == [
        ("say", by_loss),
        ("not-shown", f"{too}: that is not known yet."),
    ]


def test_the_verdict_on_confidence_is_that_of_the_calibration_error():
    sure = np.full(400, 0.9, dtype=np.float32)
    survey, right = made(), np.arange(400) % 10 > 0
    labels = np.zeros(400, dtype=int)
    answers = {"teacher": right, "student": right, "twin": right & (np.arange(400) % 2 > 0)}
    predictions = {
        arm: replace(survey.predictions[arm], predicted=np.where(of, 0, 1), confidence=sure)
        for arm, of in answers.items()
    }
    largest = replace(
        survey, labels=labels, indices=np.arange(400), total=400, predictions=predictions, localization={}
    )
    assert verdict(calibration_difference(largest), better=-1) is Verdict.BETTER
    assert of_topic(grounds(survey, largest=largest), "confidence") == [
        ("say", "The student's stated confidence is more reliable than its twin's.")
    ]
    assert of_topic(grounds(survey, largest=largest), "accuracy") == [
        ("say", "The student is right more often than its twin.")
    ]
    swapped = {**predictions, "student": predictions["twin"], "twin": predictions["student"]}
    worse = replace(largest, key="w", predictions=swapped)
    assert [each.text for each in conclusions(grounds(survey, largest=worse))["say"]] == [
        "The student is right less often than its twin.",
        "The student's maps agree with the teacher's more than its twin's do.",
        "The student's stated confidence is less reliable than its twin's.",
    ], "the main finding comes first"


def test_what_is_said_of_an_accuracy_on_few_images_says_so():
    """Student and twin are right on all and on none of 12 images, or on 7 and 6 of them."""
    survey, labels = made(), np.zeros(12, dtype=int)

    def largest(student, twin):
        answers = {"teacher": 12, "student": student, "twin": twin}
        predictions = {
            arm: ArmPredictions((np.arange(12) >= count).astype(int), np.full(12, 0.9, np.float32))
            for arm, count in answers.items()
        }
        return replace(
            survey, key=f"{answers}", labels=labels, indices=np.arange(12), predictions=predictions, localization={}
        )  # fmt: skip

    clear = grounds(survey, largest=largest(12, 0), cards=trusted())
    assert of_topic(clear, "accuracy") == [
        ("say", "The student is right more often than its twin, on only 12 images.")
    ]
    unclear = grounds(survey, largest=largest(7, 6), cards=trusted())
    assert of_topic(unclear, "accuracy") == [
        (
            "not-shown",
            "That the student is right more often than its twin: on only 12 images the difference is within "
            "noise.",
        )
    ]


def test_few_images_are_those_with_which_an_accuracy_is_uncertain_by_more_than_15_points():
    assert float(accuracy_reach(FEW - 1)) >= 15 >= float(accuracy_reach(FEW))


@pytest.mark.parametrize(
    ("cards", "said"),
    [
        ((), ("not-shown", "That Grad-CAM shows where the evidence of teacher and student is: that is not")),
        ((PASSED, PASSED), ("say", "Grad-CAM shows where the evidence of teacher and student is, not why")),
        (
            (PASSED, ONE_FAILED),
            ("not-shown", "That Grad-CAM shows where the evidence of the student is: not"),
        ),
        ((FAILED, PASSED), ("do-not-say", "That Grad-CAM shows where the evidence of the teacher is: its")),
    ],
)
def test_maps_are_trusted_by_their_checks(cards, said):
    known = checked(teacher=cards[0], student=cards[1]) if cards else ()
    ((group, text),) = of_topic(grounds(cards=known), "maps")
    assert group == said[0]
    assert text.startswith(said[1])


def on_the_object(**hits):
    """Images of cats, dogs and newts, 20 each; on how many of each an arm's map is highest on the object."""
    arms = {
        arm: ArmLocalization(
            np.zeros(60), np.concatenate([np.arange(20) < count for count in of]).astype(float)
        )
        for arm, of in hits.items()
    }
    answers = ArmPredictions(np.repeat([0, 1, 2], 20), np.full(60, 0.5, np.float32))
    return replace(
        made(),
        labels=answers.predicted,
        predictions=dict.fromkeys(("teacher", "student"), answers),
        scores={"student": {"cosine": scores([0.5] * 60)}},
        localization={"object": Localization(np.full(60, 0.4), arms)},
    )


def test_a_class_whose_object_the_maps_miss_is_named():
    missing = on_the_object(teacher=(20, 20, 20), student=(20, 4, 20))
    text = (
        "That the maps of {} point at the object in images labelled dog: there the brightest spot misses it."
    )
    assert of_topic(grounds(missing), "maps")[-1] == (
        "not-shown",
        text.format("the student"),
    )
    both = on_the_object(teacher=(20, 5, 20), student=(20, 4, 20))
    assert of_topic(grounds(both), "maps")[-1][1] == text.format("teacher and student")
    found = on_the_object(teacher=(20, 20, 20), student=(20, 20, 20))
    assert of_topic(grounds(found), "object") == [
        ("say", "The teacher's maps point at the object clearly more often than by chance.")
    ]
    by_chance = on_the_object(teacher=(9, 9, 9), student=(9, 9, 9))
    assert of_topic(grounds(by_chance, cards=trusted()), "object") == [
        ("not-shown", "That the teacher's maps point at the object clearly more often than by chance.")
    ]


@pytest.mark.parametrize(
    ("student", "twin", "said"), [(0.28, 0.19, "more"), (0.19, 0.28, "less"), (0.2, 0.2, "")]
)
def test_more_evidence_on_the_object_than_the_twins_may_be_said_where_it_is_clear(student, twin, said):
    survey = with_evidence(teacher=0.27, student=student, twin=twin)
    text = f"By Grad-CAM, {said} of the student's evidence is on the object than of its twin's."
    assert (("say", text) in of_topic(grounds(survey), "object")) == bool(said)
    assert any("evidence is on" in text for _group, text in of_topic(grounds(survey), "object")) == bool(said)


@pytest.mark.parametrize("changed", [4, 60, 140])
def test_a_misleading_map_is_the_one_that_is_not_right(changed):
    surveys = by_both(1, 140, changed=changed)
    found = removed(teacher=changed, student=changed, twin=400)
    given = grounds(surveys[0], cue="hue-patch", largest=made(), other=surveys[1], removals=found)
    of_maps = [
        each.text for each in conclusions(given).get("do-not-say", ()) if "because its map" not in each.text
    ]
    misleading = misleading_map(found, *surveys)
    text = which_map_is_right(found, *surveys)
    if misleading is None:
        assert "does not say which" in text
        assert not of_maps
        return
    label = {"grad-cam": "Grad-CAM", "integrated-gradients": "Integrated gradients"}[misleading.explainer]
    assert f"{label} is right here" not in text
    said = "marks it: what is marked there" if misleading.marks else "does not mark it: it decides"
    (each,) = of_maps
    assert f"{label} {said}" in each


def test_maps_that_miss_a_cue_that_decides_do_not_show_that_it_is_ignored():
    unseen = grounds(unseen_survey({"student": 70, "twin": 10}), cue="hue-patch")
    assert "do-not-say" not in conclusions(unseen), "what removing the cue changes is not known yet"
    (each,) = conclusions(replace(unseen, removals=removed(student=50, twin=80)))["do-not-say"]
    assert each.text == (
        "That a network ignores the patch because its map is elsewhere: answers of the twin depend on it all "
        "the same."
    )
    seen = grounds(unseen_survey({"student": 70, "twin": 70, "placebo": 0}), cue="hue-patch")
    seen = replace(seen, removals=removed(student=50, twin=80))
    assert "do-not-say" not in conclusions(seen)


def test_no_group_is_long_and_that_of_one_seed_is_never_left_out():
    given = grounds(cue="hue-patch", caveat=EARLY)
    groups = conclusions(given)
    assert all(len(found) <= MOST + (group == "not-shown") for group, found in groups.items())
    assert groups["not-shown"][-1].text == SEED
    assert [group_name(group) for group in ("say", "not-shown", "do-not-say")] == [
        "You may say",
        "Not shown",
        "Do not say",
    ]


def test_the_table_has_the_figures_of_the_core():
    survey = on_the_cue(teacher=1, student=2, twin=200)
    given = grounds(survey, cue="hue-patch", largest=made(), removals=removed(student=4, twin=80))
    right, wrong, lucky, changed, spot, confidence = figure_columns(given)
    split = cue_split(made())
    assert right.shares == {
        arm: share_interval(int(made().right(arm).sum()), len(made())) for arm in made().predictions
    }
    assert wrong.shares == {each.arm: each.wrong for each in split}
    assert lucky.shares == {each.arm: each.lucky for each in split if each.lucky_count}
    assert changed.shares == {"student": share_interval(4, N), "twin": share_interval(80, N)}
    assert spot.shares == {row.arm: row.hit for row in localization_table(survey)}
    assert {arm: of.value for arm, of in confidence.shares.items()} == {
        arm: calibration(made(), arm) for arm in made().predictions
    }
    caption = figures_caption(given)
    assert caption.startswith(f"8 images; the cue is wrong in {split[0].wrong_count} of them")
    assert "Answers without the cue: 400 images. Brightest spot: by Grad-CAM, 400 images." in caption


def test_without_a_cue_there_is_no_column_about_one():
    right, confidence = figure_columns(grounds())
    assert right.title == "Right answers"
    assert right.shares["teacher"] == share_interval(7, 8)
    assert confidence.title == "Calibration error"
    assert "cue" not in figures_caption(grounds())


def test_the_figures_of_removal_are_left_out_until_they_are_known():
    titles = [each.title for each in figure_columns(grounds(cue="hue-patch"))]
    assert "Answer changes without the patch" not in titles
    given = grounds(cue="hue-patch", removals=(CueRemoval("twin", share_interval(1, 9), 9),))
    assert "Answer changes without the patch" in [each.title for each in figure_columns(given)]


def seeds(*gains):
    """As many seeds, with these differences in accuracy."""
    return SeedGroup(
        tuple(range(len(gains))), tuple(range(len(gains))), Interval(0.5, 0.4, 0.6), Interval(0.5, 0.4, 0.6),
        hierarchical_bootstrap(list(gains)), None,
    )  # fmt: skip


def test_other_seeds_are_spoken_of_where_they_are_known():
    gains = (0.25, 0.26, 0.27)
    over = hierarchical_bootstrap(list(gains))
    assert of_topic(grounds(seeds=seeds(*gains)), "seeds") == [
        (
            "say",
            "Over 3 seeds the student is right more often than its twin, by 26.0 points "
            f"({100 * over.low:.1f} to {100 * over.high:.1f}).",
        )
    ]
    ((group, text),) = of_topic(grounds(seeds=seeds(*(-gain for gain in gains))), "seeds")
    assert group == "say"
    assert text.startswith("Over 3 seeds the student is right less often than its twin, by 26.0 points")
    assert of_topic(grounds(seeds=seeds(-0.2, 0.3, -0.1)), "seeds") == [
        (
            "not-shown",
            "That another training run (another seed) would give the same: over 3 seeds the difference in "
            "accuracy is within noise.",
        )
    ]
    for unknown in (None, seeds(0.2)):
        assert of_topic(grounds(seeds=unknown), "seeds") == [("not-shown", SEED)]
    early = grounds(seeds=seeds(*gains), caveat=EARLY)  # the others may be as well
    assert of_topic(early, "seeds") == [("not-shown", SEED)]


def test_the_figures_over_seeds_stand_under_the_table():
    given = grounds(seeds=seeds(0.25, 0.26, 0.27))
    assert seeds_sentence(given.seeds) in figures_notes(given)
    assert not any("seeds" in note for note in figures_notes(grounds()))


@pytest.mark.parametrize(("placebo", "worse"), [(70, True), (85, False), (95, False)])
def test_a_placebo_that_wrong_maps_harm_is_no_opponent(placebo, worse):
    """Of 400 images the twin is right on 85 %, the student on 95 %."""
    right = {"teacher": 95, "student": 95, "twin": 85, "placebo": placebo}
    survey = answered(right, 400)
    said = of_topic(grounds(largest=survey), "placebo")
    warned = placebo_warning(None, {"grad-cam": survey})
    accuracy = of_topic(grounds(largest=survey), "accuracy")
    if not worse:
        assert warned == ""
        assert not any("shows much" in text for _group, text in said)
        return
    assert warned.startswith("The placebo is worse than the twin, by 15.0 points (")
    assert "ahead of it shows little. What counts is the accuracy beyond the twin's: +10.0 points (" in warned
    ((group, text),) = said
    assert group == "not-shown"
    assert text.startswith("That being ahead of the placebo shows much: maps of other images do harm here, ")
    assert accuracy == [("say", "The student is right more often than its twin.")], "not than the placebo"


def test_a_placebo_that_guesses_like_the_twin_is_an_opponent():
    """With a cue that is random in the test, all that rely on it are right as often as by guessing."""
    right = {"teacher": 95, "student": 90, "twin": 50, "placebo": 50}
    assert placebo_warning(None, {"grad-cam": answered(right)}) == ""


def test_the_results_decide_on_the_placebo_where_there_is_no_survey():
    worse = Gain(-0.1, -0.15, -0.05, 400)
    results = {
        "student": ArmResult(1, 0.9, accuracy_gain=Gain(0.02, -0.01, 0.05, 400)),
        "twin": ArmResult(1, 0.88),
        "placebo": ArmResult(1, 0.78, accuracy_gain=worse),
    }
    assert placebo_warning(results) == (
        "The placebo is worse than the twin, by 10.0 points (5.0 to 15.0): maps of other images do harm here, so "
        "being ahead of it shows little. What counts is the accuracy beyond the twin's: +2.0 points "
        "(\N{MINUS SIGN}1.0 to 5.0)."
    )
    assert placebo_warning({**results, "placebo": ArmResult(1, 0.78)}) == ""


def test_of_a_teacher_that_guesses_nothing_may_be_said():
    given = grounds()
    assert "say" in conclusions(given)
    found = conclusions(replace(given, guesses=True))
    assert "say" not in found
    assert found["not-shown"][0] == Conclusion(
        "not-shown",
        "agreement",
        "That the student learnt from its teacher, which is not clearly better than guessing.",
    )


def test_a_test_that_is_easier_than_new_images_is_the_first_that_is_not_shown():
    """Of the notes on the data only those on the test; the sentences are as stored."""
    notes = [
        str(groups_note(3, "a_1.png – a_2.png")),
        "1 broken file was skipped: x.png.",
        str(copied_images_note(1, 36, "b – c")),
    ]
    found = conclusions(grounds(cue="hue-patch", notes=notes))["not-shown"]
    assert found[0].topic == "data"
    assert (
        found[0].text == f"That new images are answered as well as those of the test. {notes[0]} {notes[2]}"
    )
    assert of_topic(grounds(notes=notes[1:2]), "data") == []
