"""Accuracy where a random cue is wrong and where it is right by luck: recounted, and read off the inputs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from kdviz.comparison import (
    LuckyErrors,
    cue_split,
    known_survey,
    largest_survey,
    lucky_errors,
    planted_cue,
    survey_cue_classes,
)
from kdviz.comparison.test_set import known_surveys
from kdviz.narrative import Grounds, figure_columns, lucky_errors_sentence
from tests.comparison.made import made

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module", params=["sentiment", "speech-commands-mini"])
def run(request, small_run):
    store, run_id = small_run(request.param)
    return store.run(run_id), known_survey(store, run_id)


def test_what_a_cue_indicates_is_read_off_the_input(run):
    run, survey = run
    expected = [planted_cue(run.config, int(index)).variant.indicated for index in survey.indices]
    assert survey_cue_classes(survey).tolist() == expected


def test_each_part_is_counted_with_its_wilson_interval():
    survey = made()
    survey = replace(survey, labels=survey.labels.copy())
    cue = survey_cue_classes(survey)
    assert 0 < (cue == survey.labels).sum() < len(survey), "both parts have images"
    for each in cue_split(survey):
        for part, count, kept in (
            (each.wrong, each.wrong_count, cue != survey.labels),
            (each.lucky, each.lucky_count, cue == survey.labels),
        ):
            right = sum(
                bool(answer == label)
                for answer, label, of_part in zip(
                    survey.predictions[each.arm].predicted, survey.labels, kept, strict=True
                )
                if of_part
            )
            assert count == kept.sum()
            assert part.value == right / count
            expected = binomtest(right, count).proportion_ci(method="wilson")
            assert (part.low, part.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_who_follows_a_wrong_cue_is_recounted():
    survey = made()
    cue, followed = survey_cue_classes(survey), {}
    for arm, of in survey.predictions.items():
        where_wrong = [
            answer == says
            for answer, label, says in zip(of.predicted, survey.labels, cue, strict=True)
            if says != label
        ]
        followed[arm] = sum(where_wrong) / len(where_wrong)
    assert {each.arm: each.followed.value for each in cue_split(survey)} == followed
    assert len(set(followed.values())) > 1


def test_a_run_knows_at_its_end_who_follows_a_wrong_cue(run):
    run, survey = run
    assert len(survey) == survey.total
    assert {arm: result.cue_followed for arm, result in run.results.items()} == {
        each.arm: pytest.approx(each.followed.value, abs=1e-12) for each in cue_split(survey)
    }


def with_errors(*, lucky, elsewhere):
    """400 images of three classes; on so many of each part the student predicts the class after the label.

    The teacher shares the first of the errors where the cue is right, the twin none. Also the labels there.
    """
    survey = replace(made(), indices=np.arange(400), total=400)
    cue = survey_cue_classes(survey)
    labels = np.where(np.arange(400) % 2, cue, (cue + 1) % 3)
    by_luck, by_design = np.flatnonzero(cue == labels), np.flatnonzero(cue != labels)
    student, teacher = labels.copy(), labels.copy()
    for wrong in (by_luck[:lucky], by_design[:elsewhere]):
        student[wrong] = (labels[wrong] + 1) % 3
    teacher[by_luck[:1]] = student[by_luck[:1]]
    predicted = {"teacher": teacher, "student": student, "twin": labels}
    predictions = {
        arm: replace(of, predicted=predicted[arm], confidence=np.full(400, 0.5, dtype=np.float32))
        for arm, of in survey.predictions.items()
    }
    return replace(survey, labels=labels, predictions=predictions), labels[by_luck[:lucky]]


def test_errors_where_the_cue_is_right_are_told_by_class_where_they_are_more():
    survey, of_errors = with_errors(lucky=40, elsewhere=2)
    counts = np.bincount(of_errors, minlength=3)
    most = int(counts.argmax())
    assert lucky_errors(survey) == LuckyErrors(40, most, int(counts[most]), 1)
    assert lucky_errors_sentence(survey) == (
        f"The student errs more often where the cue is right: {counts[most]} of these 40 errors are images of "
        f"{survey.classes[most]}, and 1 are the teacher's errors too."
    )
    assert lucky_errors_sentence(with_errors(lucky=3, elsewhere=2)[0]) == "", "within noise"
    assert lucky_errors(with_errors(lucky=0, elsewhere=9)[0]) is None


def test_a_part_without_images_is_undefined():
    survey = made()
    survey = replace(survey, labels=survey_cue_classes(survey))
    assert all(np.isnan(each.wrong.value) and each.wrong_count == 0 for each in cue_split(survey))


def test_answers_are_counted_on_the_survey_with_the_most_images(run, monkeypatch):
    run, survey = run
    fewer = made("saliency")
    monkeypatch.setattr(known_surveys, "known_survey", lambda store, run_id, name: found.get(name))
    found = {"grad-cam": survey, "saliency": fewer}
    assert len(fewer) < len(survey)
    assert largest_survey(None, run, fewer) is survey
    assert largest_survey(None, run, survey) is survey
    found = {}
    assert largest_survey(None, run, fewer) is fewer, "no other is known"


def test_what_may_be_concluded_counts_answers_the_same_by_each_explainer(run):
    run, survey = run
    few = replace(
        survey,
        explainer="saliency",
        **{name: getattr(survey, name)[:20] for name in ("indices", "labels")},
        predictions={
            arm: replace(of, predicted=of.predicted[:20], confidence=of.confidence[:20])
            for arm, of in survey.predictions.items()
        },
        localization={},
    )
    by_few = Grounds(run, few, survey)
    counted = [column.shares for column in figure_columns(by_few)]
    assert {each.arm: each.wrong for each in cue_split(survey)} in counted
    assert {each.arm: each.wrong for each in cue_split(few)} not in counted
