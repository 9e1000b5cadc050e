"""A warning about evidence on the border of an image, in a sentence."""

from __future__ import annotations

from kdviz.figures.maps import border_share
from kdviz.language import _, percentage
from kdviz.types import FloatArray


def border_warning(heat: FloatArray) -> str:
    """Most of a heatmap (h, w) is on the outermost cells, which padding can cause; "" if it is not."""
    found = border_share(heat)
    if found is None:
        return ""
    text = _("{evidence} of the evidence is at the border, {area} of the image: padding can cause this.")
    return text.format(evidence=percentage(found.evidence, 0), area=percentage(found.area, 0))
