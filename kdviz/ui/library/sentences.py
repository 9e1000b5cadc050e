"""Texts of a data set: facts about their words, and samples to read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from kdviz.datasets import DataSet, Split
from kdviz.language import _, percentage
from kdviz.vocabulary import BUCKETS, is_known, words_of


def text_facts(data: DataSet) -> tuple[str, str, str]:
    """How many words the texts have and are read, how many of them are known, and what training hides."""
    texts = data.train.texts or ()
    words = [[word.text for word in words_of(text)] for text in texts]
    lengths, read = np.array([len(each) for each in words]), data.input_shape[-1]
    known = [is_known(word) for each in words for word in each]
    return (
        _(
            "**Texts** in {classes} classes, of {median} words in the median; the first {read} are read, "
            "which is all of {share} of them"
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


def sentence_list(split: Split, alt: str) -> str:
    """Texts as an HTML list, planted words in a frame. alt: what the list is, for screen readers."""
    masks = split.cue_masks
    planted = [
        [] if masks is None else masks[place].nonzero().flatten().tolist() for place in range(len(split))
    ]
    lines = (_line(text, places) for text, places in zip(split.texts or (), planted, strict=True))
    style = "margin:0;padding-left:1.2em;line-height:1.7"
    return f'<ul aria-label="{escape(alt)}" style="{style}">{"".join(lines)}</ul>'


def _line(text: str, planted: Sequence[int]) -> str:
    parts, end = [], 0
    words = words_of(text)
    for place in planted:
        word = words[place]
        parts.append(f"{escape(text[end : word.start])}{_framed(word.text)}")
        end = word.stop
    return f"<li>{''.join(parts)}{escape(text[end:])}</li>"


def _framed(word: str) -> str:
    about = escape(_("the planted word"))
    return (
        f'<mark title="{about}" style="background:none;color:inherit;font-weight:600;margin:0 .2em;'
        f'border-radius:.2em;outline:2px solid currentColor">{escape(word)}</mark>'
    )
