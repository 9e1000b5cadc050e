"""What the colours of one map mean beside those of others, in a line."""

from __future__ import annotations

import numpy as np

from kdviz.figures.maps import ColourScale, is_defined, present_cells
from kdviz.language import _, decimal, percentage, sentences
from kdviz.types import FloatArray

_FAINT = 0.3
"""A share of the full colour below which a map is hardly seen."""

_CLEARLY_ABOVE = 1.1
"""A multiple of the full colour from which a cell would look stronger if it could."""

_SATURATED = 0.01
"""A share of such cells up to which a map still shows where it is strongest."""


def scale_note(values: FloatArray, scale: ColourScale, *, own: bool) -> str:
    """What full colour is in a map with a scale of its own, and how much is above it.

    On the scale of others: that it is faint, or how much of it is above full colour, where that is much.

    values: as drawn, (*s). "" of any other map, and of an undefined one.
    """
    if not is_defined(values):
        return ""
    if own:
        above = float((np.abs(present_cells(values)) > scale.limit).mean())
        text = (
            _("Own colour scale: full colour is {limit} times the mean strength.")
            if scale.signed
            else _("Own colour scale: full colour is {limit} times an even spread.")
        )
        exceeded = _("{share} of its cells are above that.").format(share=percentage(above))
        return sentences(text.format(limit=decimal(scale.limit, 1)), exceeded if above else "")
    strength = np.abs(present_cells(values)) / scale.limit
    highest, saturated = float(strength.max()), float((strength > _CLEARLY_ABOVE).mean())
    if saturated > _SATURATED:
        text = _("Stronger than its colour shows in {share} of its cells: up to {times} times full colour.")
        return text.format(share=percentage(saturated, 0), times=decimal(highest, 1))
    if highest >= _FAINT:
        return ""
    return _("Faint here: at most {share} of full colour.").format(share=percentage(highest, 0))
