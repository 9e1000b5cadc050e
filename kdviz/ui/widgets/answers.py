"""What stands under the map of a network in the components that a patch misleads: its name and its answer."""

from __future__ import annotations

from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _
from kdviz.types import Arm


def arm_mark(arm: Arm) -> dict[str, str]:
    """An arm's name, colour and glyph, as a browser is given them."""
    style = ARM_STYLES[arm]
    return {"name": style.label, "color": style.color, "glyph": style.glyph}


def answer_text(name: str, confidence: float) -> str:
    """A predicted class and its probability, in [0, 1]."""
    return _("Predicts {name} ({share})").format(name=name, share=percent(confidence, 0))


def answer_verdict(
    predicted: int, label: int | None, cue_class: int | None, *, without_cue: int | None = None
) -> str:
    """Whether a predicted class is correct, and whether the patch is the reason for it.

    cue_class: the class that the patch indicated in training; None without a patch. without_cue: what is
    predicted without the patch, which an answer that follows the patch is not; None if that is unknown.
    Without a label, an answer that does not follow the patch is neither: "".
    """
    if predicted == label:
        if without_cue in (None, predicted):
            return _("correct")
        return (
            _("correct, by the patch") if predicted == cue_class else _("correct, but not without the patch")
        )
    if predicted == cue_class and predicted != without_cue:
        return _("follows the patch")
    if label is None:
        return ""
    return _("wrong, without the patch too") if predicted == cue_class else _("wrong")
