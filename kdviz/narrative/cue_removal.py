"""Which of two explainers is right about a planted cue, by what removing it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.comparison import CueRemoval, Survey, localization_table
from kdviz.comparison.test_set.localization import LocalizationRow
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, percentage, plural
from kdviz.types import Arm

_COMPARED: tuple[Arm, ...] = ("teacher", "student")


def which_map_is_right(found: Sequence[CueRemoval], first: Survey, second: Survey) -> str:
    """Which of two explainers to believe that disagree on whether teacher and student look at the patch.

    By the rule of `misleading_map`. "" if what removing the patch changes is unknown.
    """
    removed = {each.arm: each for each in found}
    order = _by_cue(first, second)
    if order is None or not all(arm in removed for arm in _COMPARED):
        return ""
    below, above = (_(EXPLAINERS[survey.explainer].label) for survey in order)
    changed = _(
        "Removing the patch changes the teacher's answer on {teacher} and the student's on {student} of "
        "{images}"
    ).format(
        images=_images(removed["teacher"].n),
        **{arm: percentage(removed[arm].changed.value) for arm in _COMPARED},
    )
    misleading = misleading_map(found, first, second)
    if misleading is None:
        text = _("{changed}: that does not say which of {below} and {above} is right here.")
    elif misleading.marks:
        text = _("{changed}: {below} is right here, and what {above} marks there does not decide the answer.")
    else:
        text = _("{changed}: {above} is right here, and {below} misses the patch that decides the answer.")
    return text.format(changed=changed, below=below, above=above)


@dataclass(frozen=True)
class MisleadingMap:
    """An explainer whose maps are wrong about the patch. marks: whether they mark it, or miss it."""

    explainer: str
    marks: bool


def misleading_map(found: Sequence[CueRemoval], first: Survey, second: Survey) -> MisleadingMap | None:
    """Which of two explainers is wrong about whether teacher and student look at the patch.

    The one that points there more often marks what does not decide where it does so on clearly more images
    than those whose answer changes without the patch; the other one misses the patch where it does so on
    clearly fewer. None if both or neither holds, or it is unknown.
    """
    removed = {each.arm: each.changed for each in found}
    order = _by_cue(first, second)
    if order is None or not all(arm in removed for arm in _COMPARED):
        return None
    below, above = (_cue_rows(survey) for survey in order)
    too_often = all(removed[arm].high < above[arm].hit.low for arm in _COMPARED)
    missed = any(removed[arm].low > below[arm].hit.high for arm in _COMPARED)
    if too_often == missed:
        return None
    return MisleadingMap(order[too_often].explainer, marks=too_often)


def _by_cue(first: Survey, second: Survey) -> tuple[Survey, Survey] | None:
    """The two, the one first whose maps are on the cue less often; None where that is unknown."""
    if not all(arm in _cue_rows(survey) for survey in (first, second) for arm in _COMPARED):
        return None
    below, above = sorted(
        (first, second), key=lambda survey: sum(_cue_rows(survey)[arm].hit.value for arm in _COMPARED)
    )
    return below, above


def _cue_rows(survey: Survey) -> dict[Arm, LocalizationRow]:
    return {row.arm: row for row in localization_table(survey) if row.region == "cue"}


def _images(count: int) -> str:
    return plural("{count} image", "{count} images", count)
