"""What all networks for texts share: the fixed vectors of words, and where a text has none."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.models.network import Network
from kdviz.vocabulary import PAD, VECTOR_LENGTH, VOCABULARY_SIZE, word_vectors


class WordCells(Network):
    """A network whose maps have a cell for each word; words come as numbers, in the first channel."""

    def over_cells(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps (N, L) with NaN where no word is."""
        return maps.masked_fill(images[:, 0] == PAD, torch.nan)

    def players(self, images: Tensor, grid: int) -> Tensor:
        """The words, (N, L)."""
        return images[:, 0] != PAD

    def window(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        """A word."""
        return (1,)


class WordReader(WordCells):
    """A network that reads words (N, 1, L) by their vectors, which are fixed and not stored with the weights.

    A class before the one that makes stages and head, in whose __init__ `hold_vectors` is called.
    """

    vectors: Tensor
    coalitions = 1_022

    def hold_vectors(self) -> None:
        """Make room for the vectors, which `draw` reads from the package."""
        self.register_buffer("vectors", torch.empty(VOCABULARY_SIZE, VECTOR_LENGTH), persistent=False)

    def embed(self, images: Tensor) -> Tensor:
        """The vectors of words (N, 1, L), as (N, VECTOR_LENGTH, L); those of absent words are 0."""
        return F.embedding(images[:, 0].long(), self.vectors).transpose(1, 2)

    def present(self, embedded: Tensor) -> Tensor:
        """Where a word is, (N, 1, L)."""
        return nonzero(embedded, 1)

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """As for images; the words' vectors are read from the package."""
        if module is self:
            self.vectors.copy_(torch.from_numpy(word_vectors(VOCABULARY_SIZE).copy()))
        else:
            super().draw(module, generator)


def nonzero(vectors: Tensor, dimension: int) -> Tensor:
    """Which vectors are not all 0; the dimension that they lie in is kept, with length 1. Without a graph."""
    return (vectors.detach() != 0).any(dimension, keepdim=True)
