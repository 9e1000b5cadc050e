"""One input through all arms, as files: a PNG, of a text a page, and arrays."""

from __future__ import annotations

import io
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from kdviz.comparison import ImageExplanation
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    arm_lines,
    has_unknown_words,
    heatmap_row,
    heatmaps,
    png,
    sentences_html,
    words_key,
)
from kdviz.language import _, language
from kdviz.sound import SAMPLE_RATE
from kdviz.vocabulary import words_of


def heatmap_row_png(explanation: ImageExplanation) -> bytes:
    """A PNG: the image, then every arm's heatmap on one scale, with the arm's colour at the bottom."""
    return png(heatmap_row(explanation.image, heatmaps(explanation.attributions)))


def maps_file(explanation: ImageExplanation) -> bytes:
    """All arms' maps as a file to show: of a text an HTML page, else a PNG."""
    return heatmap_row_png(explanation) if explanation.text is None else shaded_text_page(explanation)


def shaded_text_page(explanation: ImageExplanation) -> bytes:
    """A text as an HTML page by itself: its words shaded by each arm's map, on one scale, and a legend."""
    assert explanation.text is not None
    spec = EXPLAINERS[explanation.explainer]
    maps = heatmaps(explanation.attributions, signed=spec.signed, clip=True)
    about = _("{name}: evidence for {predicted}")
    lines = [
        replace(
            line, about=about.format(name=line.name, predicted=class_name(explanation.classes, of.target))
        )
        for line, of in zip(arm_lines(maps.values), explanation.arms.values(), strict=True)
    ]
    key = words_key(signed=spec.signed, unknown=has_unknown_words(explanation.text))
    body = sentences_html(explanation.text, lines, maps.scale)
    title = escape(_(spec.label))
    style = "max-width:60rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif"
    return (
        f'<!doctype html><html lang="{language()}"><meta charset="utf-8"><title>{title}</title>'
        f'<body style="{style}"><h1 style="font-size:1.25rem">{title}</h1>{body}{key}</body></html>'
    ).encode()


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
