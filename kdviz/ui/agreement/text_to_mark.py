"""A training text with the words that can be marked, shaded by the evidence of student and teacher."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.comparison import TrainingImage, TrainingTriage
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import ColourScale, heatmaps, shaded_words, word_alt, word_layers
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Arm, FloatArray
from kdviz.ui.agreement.mask_painter import Mask
from kdviz.ui.agreement.word_marker import ReadText, TextTile, TextToMark
from kdviz.ui.widgets.answers import answer_text, answer_verdict, arm_mark
from kdviz.vocabulary import words_of

_BEGINNING = 40
"""Characters of a text in the strip."""


def text_to_mark(
    triage: TrainingTriage,
    image: TrainingImage,
    mask: Mask | None,
    *,
    title: str,
    following: str,
    version: int,
) -> TextToMark:
    """The words of both networks on one scale. mask: what is marked. following: the text to mark next."""
    length = triage.size[1]
    maps = heatmaps(image.maps, signed=EXPLAINERS[triage.explainer].signed, clip=True)
    return TextToMark(
        image.digest,
        title,
        length,
        word_cells(min(len(words_of(image.text or "")), length), image.planted, image.kept),
        mask,
        [_read(triage, image, arm, values, maps.scale) for arm, values in maps.values.items()],
        following,
        version,
    )


def word_cells(count: int, planted: int | None, kept: Sequence[int | None] | None = None) -> list[int | None]:
    """The cell of the mask that each of the first `count` words has: its place in the text as it was written.

    planted: the number of a word that was inserted, and has none. kept: the places, if words were left out.
    """
    if kept is not None:
        return list(kept[:count])
    if planted is None:
        return [*range(count)]
    return [*range(planted), None, *range(planted, count - 1)][:count]


def text_tile(image: TrainingImage, *, number: int, title: str, marked: bool) -> TextTile:
    """The text in the strip."""
    return TextTile(image.digest, number, (image.text or "")[:_BEGINNING], title, marked)


def _read(
    triage: TrainingTriage, image: TrainingImage, arm: Arm, values: FloatArray, scale: ColourScale
) -> ReadText:
    answer = image.answers[arm]
    words = shaded_words(image.text or "", values, scale)
    return ReadText(
        **arm_mark(arm),
        words=word_layers(words, outlined=() if image.planted is None else {image.planted}),
        alt=word_alt(ARM_STYLES[arm].label, words),
        answer=answer_text(class_name(triage.classes, answer.predicted), answer.confidence),
        verdict=answer_verdict(answer.predicted, image.label, None),
    )
