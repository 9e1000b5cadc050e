"""One image through all arms, as files: a PNG, and arrays."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from kdviz.comparison import ImageExplanation
from kdviz.figures.maps import (
    heatmap_row,
    heatmaps,
    png,
)
from kdviz.sound import SAMPLE_RATE
from kdviz.vocabulary import words_of


def heatmap_row_png(explanation: ImageExplanation) -> bytes:
    """A PNG: the image, then every arm's heatmap on one scale, with the arm's colour at the bottom."""
    return png(heatmap_row(explanation.image, heatmaps(explanation.attributions)))


def explanation_npz(explanation: ImageExplanation) -> bytes:
    """An .npz: by arm `map_`, raw and signed at its own size, `probabilities_` and `target_`; and the image.

    label and index exist only for a test image, words, a string each, only for a text, sound and sample_rate
    only for a sound.
    """
    arrays: dict[str, Any] = {"image": explanation.image, "classes": np.array(explanation.classes)}
    for arm, view in explanation.arms.items():
        arrays[f"map_{arm}"] = view.attribution
        arrays[f"probabilities_{arm}"] = view.probabilities
        arrays[f"target_{arm}"] = np.array(view.target)
    if explanation.text is not None:
        arrays["words"] = np.array([word.text for word in words_of(explanation.text)])
    if explanation.sound is not None:
        arrays |= {"sound": explanation.sound, "sample_rate": np.array(SAMPLE_RATE)}
    if explanation.index is not None:
        arrays |= {"label": np.array(explanation.label), "index": np.array(explanation.index)}
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()
