"""What removing a planted cue changes, beside where the maps point, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kdviz.comparison import CueRemoval, Survey, localization_table
from kdviz.comparison.test_set.localization import LocalizationRow
from kdviz.datasets import CUES
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _, listed, percentage, plural, sentences
from kdviz.narrative.intervals import percent_text
from kdviz.types import Arm


def cue_removal_note(found: Sequence[CueRemoval], survey: Survey, cue: str) -> str:
    """On how many images removing the cue changes each arm's answer, and how many maps point at it."""
    if not found:
        return ""
    text = (
        _("Removing the patch changes the answer (95 % intervals, {images}): {figures}.")
        if CUES[cue].variants is not None
        else _("Removing the cue changes the answer (95 % intervals, {images}): {figures}.")
    )
    changes = text.format(
        images=_images(found[0].n),
        figures=listed(f"{ARM_STYLES[each.arm].label} {percent_text(each.changed)}" for each in found),
    )
    rows = [row for row in localization_table(survey) if row.region == "cue"]
    return sentences(changes, _pointed(survey, rows) if rows else "")


def which_map_is_right(found: Sequence[CueRemoval], first: Survey, second: Survey) -> str:
    """Which of two explainers to believe that disagree on whether teacher and student look at the patch.

    The one that points there more often marks what does not decide where it does so on clearly more images
    than those whose answer changes without the patch; the other one misses the patch where it does so on
    clearly fewer. If both or neither holds, neither is right. "" if that is unknown.
    """
    removed = {each.arm: each for each in found}
    arms: tuple[Arm, ...] = ("teacher", "student")
    rows = {survey.explainer: _cue_rows(survey) for survey in (first, second)}
    if not all(arm in removed and all(arm in of for of in rows.values()) for arm in arms):
        return ""
    below, above = sorted(rows, key=lambda name: sum(rows[name][arm].hit.value for arm in arms))
    changed = _(
        "Removing the patch changes the teacher's answer on {teacher} and the student's on {student} of "
        "{images}"
    ).format(
        images=_images(removed["teacher"].n),
        **{arm: percentage(removed[arm].changed.value) for arm in arms},
    )
    too_often = all(removed[arm].changed.high < rows[above][arm].hit.low for arm in arms)
    missed = any(removed[arm].changed.low > rows[below][arm].hit.high for arm in arms)
    if too_often and not missed:
        text = _("{changed}: {below} is right here, and what {above} marks there does not decide the answer.")
    elif missed and not too_often:
        text = _("{changed}: {above} is right here, and {below} misses the patch that decides the answer.")
    else:
        text = _("{changed}: that does not say which of {below} and {above} is right here.")
    return text.format(changed=changed, below=_(EXPLAINERS[below].label), above=_(EXPLAINERS[above].label))


def _pointed(survey: Survey, rows: Iterable[LocalizationRow]) -> str:
    return _("By {explainer} the brightest spot is on the patch in: {figures}.").format(
        explainer=_(EXPLAINERS[survey.explainer].label),
        figures=listed(f"{ARM_STYLES[row.arm].label} {percent(row.hit.value)}" for row in rows),
    )


def _cue_rows(survey: Survey) -> dict[Arm, LocalizationRow]:
    return {row.arm: row for row in localization_table(survey) if row.region == "cue"}


def _images(count: int) -> str:
    return plural("{count} image", "{count} images", count)
