"""What stands under the map of a network in the components that a patch misleads: its name and its answer."""

from __future__ import annotations

from kdviz.figures.style import ARM_STYLES, percent
from kdviz.language import _
from kdviz.types import Arm, Peak


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
    """Whether a predicted class is correct, and if not, whether the patch is the reason.

    cue_class: the class that the patch indicated in training; None without a patch. without_cue: what is
    predicted without the patch, which an answer that follows the patch is not; None if that is unknown.
    Without a label, an answer that does not follow the patch is neither: "".
    """
    if predicted == label:
        return _("correct")
    if predicted == cue_class and predicted != without_cue:
        return _("follows the patch")
    return "" if label is None else _("wrong")


def verdict_with_map(predicted: int, label: int, cue_class: int, *, looks_at: Peak, object_name: str) -> str:
    """The same; of an answer that follows the patch, also where the network looks, if not at the patch.

    looks_at: as of `CueEvidence`. object_name: the name of the label.
    """
    verdict = answer_verdict(predicted, label, cue_class)
    if predicted == label or predicted != cue_class:
        return verdict
    if looks_at == "object":
        return _("follows the patch, yet looks at the {object}").format(object=object_name)
    return _("follows the patch, yet looks elsewhere") if looks_at == "elsewhere" else verdict
