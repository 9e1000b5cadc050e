"""Texts of a data set: facts about their words, and samples to read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from kdviz.datasets import DataSet, Split
from kdviz.language import _, percentage
from kdviz.vocabulary import BUCKETS, is_known, words_of

if TYPE_CHECKING:
    from torch import Tensor


def text_facts(data: DataSet) -> tuple[str, str, str]:
    """How many words the texts have and are read, how many of them are known, and what training hides."""
    texts = data.train.texts or ()
    words = [[word.text for word in words_of(text)] for text in texts]
    lengths, read = np.array([len(each) for each in words]), data.input_shape[-1]
    known = [is_known(word) for each in words for word in each]
    return (
        _(
            "**Texts** in {classes} classes, of {median} words in the median; the first {read} words of a "
            "text are read, so that {share} of the texts are read to their end"
        ).format(
            classes=len(data.classes),
            median=int(np.median(lengths)),
            read=read,
            share=percentage(float((lengths <= read).mean())),
        ),
        _("**Words** {share} are in the vocabulary of 20,000; the others share {count} vectors").format(
            share=percentage(float(np.mean(known))), count=f"{BUCKETS:,}"
        ),
        _("**In training** up to half of a text's words are hidden, at random"),
    )


def sentence_list(split: Split, alt: str, *, marked: bool = False) -> str:
    """Texts as an HTML list, planted words in a frame.

    alt: what the list is, for screen readers. marked: whether words that a person marked have one, too.
    """
    planted = _places(split.cue_masks, len(split))
    objects = _places(split.object_masks if marked else None, len(split))
    lines = (_line(*each) for each in zip(split.texts or (), planted, objects, strict=True))
    style = "margin:0;padding-left:1.2em;line-height:1.7"
    return f'<ul aria-label="{escape(alt)}" style="{style}">{"".join(lines)}</ul>'


def _places(masks: Tensor | None, count: int) -> list[list[int]]:
    """The numbers of the words of each text that a mask (N, L) is on; none without one."""
    if masks is None:
        return [[]] * count
    return [mask.nonzero().flatten().tolist() for mask in masks]


def _line(text: str, planted: Collection[int], marked: Collection[int]) -> str:
    parts, end = [], 0
    words = words_of(text)
    for run, is_planted in _runs(planted, marked):
        first, last = words[run[0]], words[run[-1]]
        framed = _framed(text[first.start : last.stop], planted=is_planted)
        parts.append(f"{escape(text[end : first.start])}{framed}")
        end = last.stop
    return f"<li>{''.join(parts)}{escape(text[end:])}</li>"


def _runs(planted: Collection[int], marked: Collection[int]) -> Iterator[tuple[list[int], bool]]:
    """Numbers of words that follow one another and share a frame, and whether it is that of planted words."""
    in_order = enumerate(sorted({*planted, *marked}))
    for (_start, is_planted), run in groupby(in_order, lambda at: (at[1] - at[0], at[1] in planted)):
        yield [place for _number, place in run], is_planted


def _framed(words: str, *, planted: bool) -> str:
    about = _("the planted word") if planted else _("a word that a person marked")
    weight = "600" if planted else "inherit"
    return (
        f'<mark title="{escape(about)}" style="background:none;color:inherit;font-weight:{weight};'
        f'margin:0 .2em;border-radius:.2em;border:2px solid currentColor">{escape(words)}</mark>'
    )
