"""Which of two explainers is right about a planted cue, by what removing it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kdviz.comparison import CueRemoval, Survey, localization_table, unseen_cues
from kdviz.comparison.test_set.localization import LocalizationRow
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, percentage, plural, sentences
from kdviz.types import Arm, Interval

_COMPARED: tuple[Arm, ...] = ("teacher", "student")


def which_map_is_right(found: Sequence[CueRemoval], first: Survey, second: Survey) -> str:
    """Which of two explainers to believe that disagree on whether teacher and student look at the patch.

    By the rule of `misleading_map`; and whether that explainer is right about the twin, too. "" if what
    removing the patch changes is unknown.
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
        return text.format(changed=changed, below=below, above=above)
    if misleading.marks:
        text = _(
            "{changed}: for these two {below} is right here, and what {above} marks there does not decide "
            "the answer."
        )
    else:
        text = _(
            "{changed}: for these two {above} is right here, and {below} misses the patch that decides the "
            "answer."
        )
    right = order[0] if misleading.marks else order[1]
    return sentences(text.format(changed=changed, below=below, above=above), _of_twin(removed, right))


def _of_twin(removed: Mapping[Arm, CueRemoval], right: Survey) -> str:
    """That the explainer which is right for teacher and student is wrong for the twin; "" if it is not."""
    row = _cue_rows(right).get("twin")
    if row is None or "twin" not in removed:
        return ""
    missed = next((each for each in unseen_cues(right) if each.arm == "twin"), None)
    if missed is not None:
        text = _(
            "Not for the twin: of the {count} images whose answer changes without the patch, its map by "
            "{explainer} is highest on the patch in only {hit}, so it misses the patch that decides."
        )
        return text.format(
            count=missed.n,
            explainer=_(EXPLAINERS[right.explainer].label),
            hit=percentage(missed.hit.value),
        )
    if marks_too_often(removed["twin"].changed, row):
        text = _(
            "Not for the twin: its map by {explainer} is highest on the patch in {hit}, and its answer "
            "changes on only {changed}."
        )
        return text.format(
            explainer=_(EXPLAINERS[right.explainer].label),
            changed=percentage(removed["twin"].changed.value),
            hit=percentage(row.hit.value),
        )
    return ""


@dataclass(frozen=True)
class MisleadingMap:
    """An explainer whose maps are wrong about the patch. marks: whether they mark it, or miss it."""

    explainer: str
    marks: bool


def misleading_map(found: Sequence[CueRemoval], first: Survey, second: Survey) -> MisleadingMap | None:
    """Which of two explainers is wrong about whether teacher and student look at the patch.

    The one that points there more often marks what does not decide where it does so on clearly more images
    than those whose answer changes without the patch; the other one misses the patch where it is one of the
    `unseen_cues`. None if both or neither holds, or it is unknown.
    """
    removed = {each.arm: each.changed for each in found}
    order = _by_cue(first, second)
    if order is None or not all(arm in removed for arm in _COMPARED):
        return None
    above = _cue_rows(order[1])
    too_often = all(marks_too_often(removed[arm], above[arm]) for arm in _COMPARED)
    missed = any(each.arm in _COMPARED for each in unseen_cues(order[0]))
    if too_often == missed:
        return None
    return MisleadingMap(order[too_often].explainer, marks=too_often)


def marks_too_often(changed: Interval, row: LocalizationRow) -> bool:
    """Whether maps mark the patch on clearly more images than those whose answer changes without it."""
    return changed.high < row.hit.low


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
