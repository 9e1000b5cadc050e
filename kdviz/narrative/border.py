"""A warning about evidence on the border of an image, in a sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kdviz.comparison import evidence_share
from kdviz.figures.maps import border_band, border_ring, border_share
from kdviz.language import _, percentage
from kdviz.types import FloatArray


def border_warning(heat: FloatArray, known: NDArray[np.bool_] | None = None) -> tuple[str, str] | None:
    """That a heatmap (h, w) is mostly or brightest on the outermost cells, which padding can cause.

    In a line, and how much of it is there. known: (H, W), where the cue and the object are: evidence on them
    is at the border for a reason. None if nothing is to be warned of.
    """
    most = border_share(heat)
    found = most or border_band(heat)
    if found is None or (known is not None and _is_on(known, heat)):
        return None
    said = (
        _("Most of it at the edge: this may be an artefact.")
        if most
        else _("Brightest along the edge: this may be an artefact.")
    )
    text = _("{evidence} of the evidence is at the border, {area} of the image: padding can cause this.")
    return said, text.format(evidence=percentage(found.evidence, 0), area=percentage(found.area, 0))


def _is_on(known: NDArray[np.bool_], heat: FloatArray) -> bool:
    """Whether most of the evidence at the border is in a region that does not fill the border anyway."""
    ring = border_ring(heat.shape).astype(heat.dtype)
    return evidence_share(heat * ring, known) > 0.5 > evidence_share(ring, known)
