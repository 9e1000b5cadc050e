"""Accuracy where a random cue is wrong, and where it is right by luck, and who follows it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import CueSplit, Survey, cue_split, lucky_errors
from kdviz.datasets import class_name
from kdviz.language import _


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
