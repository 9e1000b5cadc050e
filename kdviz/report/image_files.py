"""One image through all arms, as files: a picture for people, arrays for programs."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from kdviz.comparison import ImageExplanation
from kdviz.figures.maps import density, enlarged, overlay, png, scale_limit, side_by_side, with_arm_bar


def heatmap_row_png(seen: ImageExplanation) -> bytes:
    """A PNG: the input, then every arm's heatmap on one shared scale, the arm's colour at its foot."""
    heatmaps = {arm: density(view.attribution) for arm, view in seen.arms.items()}
    top = scale_limit(heatmaps)
    pictures = [with_arm_bar(overlay(seen.image, heat, top=top), arm) for arm, heat in heatmaps.items()]
    return png(side_by_side([enlarged(seen.image), *pictures]))


def explanation_npz(seen: ImageExplanation) -> bytes:
    """An .npz: by arm `map_`, raw and signed at its own size, `probabilities_` and `target_`; and the image.

    label and index are there for a test image alone.
    """
    arrays: dict[str, Any] = {"image": seen.image, "classes": np.array(seen.classes)}
    for arm, view in seen.arms.items():
        arrays[f"map_{arm}"] = view.attribution
        arrays[f"probabilities_{arm}"] = view.probabilities
        arrays[f"target_{arm}"] = np.array(view.target)
    if seen.index is not None:
        arrays |= {"label": np.array(seen.label), "index": np.array(seen.index)}
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()
