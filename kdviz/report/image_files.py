"""One input through all arms, as files: a PNG, of a text a page, and arrays."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from kdviz.comparison import ImageExplanation
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    CaptionedPicture,
    arm_lines,
    captioned_row,
    enlarged,
    framed,
    has_unknown_words,
    is_drawable,
    overlay,
    png,
    sentences_html,
    with_arm_bar,
    words_key,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, language, sentences, speaking, speaking_of
from kdviz.narrative import prediction_line
from kdviz.report.shown_maps import ShownMaps
from kdviz.sound import SAMPLE_RATE
from kdviz.types import Arm
from kdviz.vocabulary import words_of


def heatmap_row_png(
    shown: ShownMaps, *, grid: bool = False, opacity: float | None = None, box: Sequence[int] | None = None
) -> bytes:
    """A PNG: the image, then every arm's map with its scale, its name and what it predicts.

    grid, opacity: as in `overlay`. box: framed in each, as in `framed`. In English where no font has the
    language's characters.
    """
    with speaking_of("image" if shown.explanation.sound is None else "audio"):
        row, footer = _captions(shown), _footer(shown)
        if not all(map(is_drawable, (text for name, lines in row for text in (name, *lines)))):
            readable = replace(
                shown, explanation=replace(shown.explanation, classes=_drawable_classes(shown))
            )
            with speaking("en"):
                row, footer = _captions(readable), _footer(shown)
    image = shown.explanation.image
    plain = enlarged(image) if box is None else framed(enlarged(image), box, image)
    pictures = [CaptionedPicture(plain, *row[0])]
    for (arm, values), caption in zip(shown.values.items(), row[1:], strict=True):
        scale, style = shown.scales[arm], ARM_STYLES[arm]
        drawn = overlay(image, values, scale, opacity=opacity, grid=grid)
        drawn = with_arm_bar(drawn if box is None else framed(drawn, box, image), arm)
        pictures.append(CaptionedPicture(drawn, *caption, style.glyph, style.color, scale))
    return png(captioned_row(pictures, footer))


def maps_file(shown: ShownMaps) -> bytes:
    """All arms' maps as a file to show: of a text an HTML page, else a PNG."""
    return heatmap_row_png(shown) if shown.explanation.text is None else shaded_text_page(shown)


def shaded_text_page(shown: ShownMaps) -> bytes:
    """A text as an HTML page by itself: its words shaded by each map, the predictions, and a legend."""
    explanation = shown.explanation
    assert explanation.text is not None
    spec = EXPLAINERS[explanation.explainer]
    lines = [
        replace(line, about=_about(shown, arm), scale=shown.scales[arm])
        for line, arm in zip(arm_lines(shown.values), shown.values, strict=True)
    ]
    scale = shown.scales["teacher"]
    key = words_key(signed=scale.signed, unknown=has_unknown_words(explanation.text))
    body = sentences_html(explanation.text, lines, scale)
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


def _captions(shown: ShownMaps) -> list[tuple[str, list[str]]]:
    """A name and lines for the image and for each map."""
    explanation = shown.explanation
    label = [explanation.label_name] if explanation.label_name else []
    return [(_("image"), label), *((ARM_STYLES[arm].label, _said(shown, arm)) for arm in shown.values)]


def _said(shown: ShownMaps, arm: Arm) -> list[str]:
    """What an arm predicts; and of which class its map is, and that its scale is its own, where it is."""
    explanation = shown.explanation
    of, targets = explanation.arms[arm], {each.target for each in explanation.arms.values()}
    name = class_name(explanation.classes, of.target)
    evidence = _("Evidence for {name}.").format(name=name)
    named = [evidence] if len(targets) > 1 or of.target != of.predicted else []
    own = [_("Own colour scale")] if arm in shown.alone else []
    return [_unbroken(prediction_line(explanation, arm)), *named, *own]


def _unbroken(line: str) -> str:
    """A line that is not broken behind its mark."""
    return line.replace("✓ ", "✓\N{NO-BREAK SPACE}").replace("✗ ", "✗\N{NO-BREAK SPACE}")


def _about(shown: ShownMaps, arm: Arm) -> str:
    """The line above an arm's words."""
    name = class_name(shown.explanation.classes, shown.explanation.arms[arm].target)
    evidence = _("{name}: evidence for {predicted}").format(name=ARM_STYLES[arm].label, predicted=name)
    own = [_("Own colour scale")] if arm in shown.alone else []
    return " · ".join([evidence, prediction_line(shown.explanation, arm), *own])


def _footer(shown: ShownMaps) -> str:
    """The method, and the unit of the scales."""
    unit = _("Colours: times an even spread of the evidence.")
    if shown.scales["teacher"].signed:
        unit = _("Colours: times the mean strength of the evidence.")
    return sentences(_("{sentence}.").format(sentence=_(EXPLAINERS[shown.explanation.explainer].label)), unit)


def _drawable_classes(shown: ShownMaps) -> tuple[str, ...]:
    """The names of the classes, each that no font can write as its number."""
    names = enumerate(shown.explanation.classes)
    return tuple(name if is_drawable(name) else f"class {number}" for number, name in names)
