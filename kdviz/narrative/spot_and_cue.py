"""Why a network that follows a cue may have its brightest spot elsewhere, in a sentence."""

from __future__ import annotations

from kdviz.comparison import Survey, cue_split, localization_table
from kdviz.language import _, percentage, sentences
from kdviz.narrative.why import arm_names

_APART = 0.2
"""From this distance of their intervals on, the two shares seem to contradict each other."""


def spot_beside_cue(survey: Survey) -> str:
    """Of the network that follows a wrong cue much more often than its map is highest on it; "" without one.

    If there are several, the one whose two shares are furthest apart.
    """
    rows = {row.arm: row for row in localization_table(survey) if row.region == "cue"}
    if not rows:
        return ""
    followed = {each.arm: each.followed for each in cue_split(survey) if each.arm in arm_names()}
    gaps = {arm: share.low - rows[arm].hit.high for arm, share in followed.items() if arm in rows}
    arm = max((each for each in gaps if gaps[each] > _APART), key=gaps.__getitem__, default=None)
    if arm is None:
        return ""
    row = rows[arm]
    text = _(
        "The {arm} follows a wrong cue in {followed} of the images, though its brightest spot is on the cue "
        "in only {hit}: that spot is a single cell, and a map shows where the class score grows, not all "
        "that decides it."
    )
    shares = {"followed": percentage(followed[arm].value), "hit": percentage(row.hit.value)}
    evidence = _("Of its evidence {share} is on the cue, which covers {area} of an image.").format(
        share=percentage(row.share.value), area=percentage(row.area)
    )
    return sentences(
        text.format(arm=arm_names()[arm], **shares), evidence if row.share.low > row.area else ""
    )
