"""What is played of a sound, in words."""

from __future__ import annotations

from kdviz.comparison import HeardPart
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _


def heard_name(part: HeardPart) -> str:
    """A part of a sound, e.g. "What the student heard"."""
    if part.arm is None:
        return _("The whole clip")
    arm = ARM_STYLES[part.arm].label
    if part.but_not is None:
        return _("What the {arm} heard").format(arm=arm)
    return _("Only what the {arm} heard and the {other} did not").format(
        arm=arm, other=ARM_STYLES[part.but_not].label
    )
