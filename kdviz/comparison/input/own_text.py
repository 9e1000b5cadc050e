"""A user's text, as a run's networks read it. It stays in memory."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from kdviz.comparison.models.snapshots import RunImages
from kdviz.modalities import MODALITIES
from kdviz.vocabulary import is_known, is_mostly_unknown, unknown_share, words_of


@dataclass(frozen=True, eq=False)
class OwnText:
    """A text as numbers of words, (1, 1, L).

    unread: number of words at its end that are not read. unknown: words that are read without a vector of
    their own, each once. unknown_share: of the words that are read, in [0, 1]. is_mostly_unknown: whether
    these are more than half.
    """

    text: str
    numbers: Tensor
    unread: int
    unknown: tuple[str, ...]
    unknown_share: float
    is_mostly_unknown: bool

    @property
    def is_unknown(self) -> bool:
        """Whether no word is known."""
        return self.unknown_share == 1


def prepare_text(text: str, images: RunImages) -> OwnText:
    """A text in the format of a run's texts. Raises DataError for one without words, or too long."""
    shape = tuple(images.test.images.shape[1:])
    numbers, _cut = MODALITIES["text"].read(text.encode(), shape)
    words = [word.text for word in words_of(text)]
    read = words[: shape[-1]]
    unknown = tuple(dict.fromkeys(word for word in read if not is_known(word)))
    unread = len(words) - len(read)
    return OwnText(text, numbers, unread, unknown, unknown_share(read), is_mostly_unknown(read))
