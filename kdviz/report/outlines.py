"""Outlines of the planted cue and of the object over the pictures of a report, as SVG paths."""

from __future__ import annotations

from dataclasses import dataclass

from kdviz.comparison import ImageExplanation, PlantedCue
from kdviz.figures.maps import cue_layer, mask_outline
from kdviz.language import _, sentences
from kdviz.narrative import cue_meaning


@dataclass(frozen=True)
class Outline:
    """A line over a picture. path: SVG path data, in pixels of the image. color: of CSS."""

    path: str
    color: str


def outlines(cue: PlantedCue | None, explanation: ImageExplanation) -> tuple[Outline, ...]:
    """The visible object, and the cue in its own colour; none of a text, or of an image without either."""
    if cue is None or explanation.text is not None:
        return ()
    top, left, bottom, right = cue.box
    layer = cue_layer(explanation.image, cue.box, "")
    found = [Outline(f"M{left} {top} H{right} V{bottom} H{left} Z", layer["colour"])]
    if cue.object_mask is not None and bool(cue.object_mask.any()):
        drawn = mask_outline(cue.object_mask.numpy())
        found.insert(0, Outline(drawn["path"], drawn["color"]))
    return tuple(found)


def outlined_sentence(cue: PlantedCue | None, explanation: ImageExplanation) -> str:
    """What the outlines are, and whether the cue is wrong in this image; "" without a cue."""
    if cue is None:
        return ""
    right = cue.variant.indicated == explanation.label
    here = _("here it is right by luck") if right else _("here it is wrong")
    framed = _("Framed: {text}; {here}.").format(text=cue_meaning(cue, explanation), here=here)
    has_object = explanation.text is None and cue.object_mask is not None and bool(cue.object_mask.any())
    return sentences(framed, _("Outlined in black: the object.") if has_object else "")
