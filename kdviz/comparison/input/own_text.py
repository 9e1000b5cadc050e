"""A user's text, as a run's networks read it. It stays in memory."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from kdviz.comparison.models.snapshots import RunImages
from kdviz.modalities import MODALITIES
from kdviz.vocabulary import is_known, words_of


@dataclass(frozen=True, eq=False)
class OwnText:
    """A text as numbers of words, (1, 1, L).

    unread: number of words at its end that are not read. unknown: words that are read without a vector of
    their own, each once. is_unknown: whether all words that are read are.
    """

    text: str
    numbers: Tensor
    unread: int
    unknown: tuple[str, ...]
    is_unknown: bool


def prepare_text(text: str, images: RunImages) -> OwnText:
    """A text in the format of a run's texts. Raises DataError for one without words, or too long."""
    shape = tuple(images.test.images.shape[1:])
    numbers, _cut = MODALITIES["text"].read(text.encode(), shape)
    words = [word.text for word in words_of(text)]
    read = words[: shape[-1]]
    unknown = dict.fromkeys(word for word in read if not is_known(word))
    return OwnText(text, numbers, len(words) - len(read), tuple(unknown), unknown.keys() == {*read})
