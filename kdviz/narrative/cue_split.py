"""Accuracy where a random cue is wrong, and where it is right by luck, and who follows it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import CueSplit, Survey, cue_split, lucky_errors
from kdviz.datasets import CUES, class_name
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed, percentage, sentences


def cue_split_sentence(split: Sequence[CueSplit], cue: str) -> str:
    """The student, its twin if there is one, and the teacher on both parts of the test images.

    Then how often each arm predicts what a wrong cue indicates. "" without a student.
    """
    of_arms = {each.arm: each for each in split}
    if "student" not in of_arms:
        return ""
    student = of_arms["student"]
    twin = of_arms.get("twin", student)
    text = _form(located=CUES[cue].variants is not None, paired="twin" in of_arms).format(
        wrong_count=f"{student.wrong_count:,}",
        count=f"{student.wrong_count + student.lucky_count:,}",
        lucky_count=f"{student.lucky_count:,}",
        wrong=percentage(student.wrong.value),
        lucky=percentage(student.lucky.value),
        twin_wrong=percentage(twin.wrong.value),
        twin_lucky=percentage(twin.lucky.value),
    )
    follows = _("Predicts what a wrong cue indicates: {figures}.").format(
        figures=listed(f"{ARM_STYLES[each.arm].label} {percentage(each.followed.value)}" for each in split)
    )
    if "teacher" not in of_arms:
        return sentences(text, follows)
    teacher = _("The teacher is right on {wrong} and {lucky} of them.").format(
        wrong=percentage(of_arms["teacher"].wrong.value), lucky=percentage(of_arms["teacher"].lucky.value)
    )
    return sentences(text, teacher, follows)


def cue_split_titles(split: Sequence[CueSplit]) -> tuple[str, str, str]:
    """Of an arm's shares in a table: right where the cue is wrong, right where it is right, following it."""
    first = split[0]
    return (
        _("Cue wrong ({count})").format(count=f"{first.wrong_count:,}"),
        _("Cue right by luck ({count})").format(count=f"{first.lucky_count:,}"),
        _("Follows a wrong cue"),
    )


def lucky_errors_sentence(survey: Survey) -> str:
    """On which images a student errs that is right less often where the cue is right than where it is wrong.

    "" where it is not clearly less often, by the two 95 % intervals.
    """
    student = next((each for each in cue_split(survey) if each.arm == "student"), None)
    if student is None or not student.lucky.high < student.wrong.low:
        return ""
    found = lucky_errors(survey)
    assert found is not None, "it is right on fewer than all"
    return _(
        "The student errs more often where the cue is right: {of_label} of these {count} errors are images "
        "of {name}, and {by_teacher} are the teacher's errors too."
    ).format(
        of_label=found.of_label,
        count=found.count,
        name=class_name(survey.classes, found.label),
        by_teacher=found.by_teacher,
    )


def _form(*, located: bool, paired: bool) -> str:
    if paired and located:
        return _(
            "Where the patch is wrong ({wrong_count} of {count} test images), the student is right on "
            "{wrong}, its twin on {twin_wrong}; where it is right by luck ({lucky_count}), on {lucky} and "
            "{twin_lucky}."
        )
    if paired:
        return _(
            "Where the cue is wrong ({wrong_count} of {count} test images), the student is right on "
            "{wrong}, its twin on {twin_wrong}; where it is right by luck ({lucky_count}), on {lucky} and "
            "{twin_lucky}."
        )
    if located:
        return _(
            "Where the patch is wrong ({wrong_count} of {count} test images), the student is right on "
            "{wrong}; where it is right by luck ({lucky_count}), on {lucky}."
        )
    return _(
        "Where the cue is wrong ({wrong_count} of {count} test images), the student is right on {wrong}; "
        "where it is right by luck ({lucky_count}), on {lucky}."
    )
