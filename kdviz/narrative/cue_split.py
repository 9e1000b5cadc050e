"""Accuracy where a random cue is wrong, and where it is right by luck, and who follows it, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kdviz.comparison import CueSplit, Survey, cue_split, lucky_errors
from kdviz.datasets import CUES, class_name
from kdviz.language import _
from kdviz.metrics import METRICS


def wrong_cue_name(cues: Iterable[str]) -> tuple[str, str]:
    """Name of the share of wrong cues that are followed, and what it is a share of: not of all images.

    cues: of the runs. A cue at one place is called a patch.
    """
    planted = {*cues} - {"none"}
    if planted and all(CUES[cue].variants is not None for cue in planted):
        return _("Follows a wrong patch"), _(
            "Of the test images in which the patch is wrong, the share that is answered with what it means."
        )
    follows = METRICS["cue_followed"]
    return _(follows.label), _(follows.about)


def cue_split_titles(cue: str, split: Sequence[CueSplit]) -> tuple[str, str, str]:
    """Of an arm's shares in a table: right where the cue is wrong, right where it is right, following it."""
    first = split[0]
    return (
        _("Cue wrong ({count})").format(count=f"{first.wrong_count:,}"),
        _("Cue right by luck ({count})").format(count=f"{first.lucky_count:,}"),
        wrong_cue_name([cue])[0],
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
