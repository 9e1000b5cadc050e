"""A small transformer for texts, whose attention can be read out and differentiated twice."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kdviz.models.network import scaled_channels
from kdviz.models.vit import Block, ClassTokenHead, ClassTokenTransformer
from kdviz.models.word_reader import WordReader, nonzero
from kdviz.vocabulary import VECTOR_LENGTH


class TextTransformer(WordReader, ClassTokenTransformer):
    """A class token and words through two blocks of attention; the class token is the output.

    Tokens of absent words are 0 and nobody attends to them, so padding changes nothing. There is no place for
    a mask beside the tokens: a block knows absent words by their zeros.
    """

    def __init__(
        self,
        *,
        classes: int,
        input_shape: tuple[int, ...],
        width: float,
        dim: int = 32,
        depth: int = 2,
        heads: int = 4,
        norm_eps: float = 1e-5,
    ) -> None:
        """width: factor on `dim`, the token dimension."""
        dim = scaled_channels(dim, width, multiple=heads)
        blocks = [_WordBlock(dim, heads, 2, norm_eps) for _ in range(depth)]
        super().__init__(("words", _WordTokens(dim)), blocks, ClassTokenHead(dim, classes, norm_eps))
        self.hold_vectors()


class _WordTokens(nn.Module):
    """Vectors (N, VECTOR_LENGTH, L) as tokens (N, 1 + L, D) with their places, class token first."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.embed = nn.Linear(VECTOR_LENGTH, dim)
        self.class_token = nn.Parameter(torch.empty(1, 1, dim))

    def forward(self, embedded: Tensor) -> Tensor:
        vectors = embedded.transpose(1, 2)
        words = self.embed(vectors)
        placed = (words + places(*words.shape[1:]).to(words)) * nonzero(vectors, 2)
        return torch.cat([self.class_token.expand(len(words), -1, -1), placed], dim=1)


class _WordBlock(Block):
    """A block without absent words: no token attends to them, and theirs stay 0."""

    def forward(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        here = nonzero(tokens, 2)
        return super().forward(tokens, here[..., 0]) * here

    def attends(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        return super().attends(tokens, nonzero(tokens, 2)[..., 0])


def places(length: int, dim: int) -> Tensor:
    """Sines and cosines of the place of each word, (length, dim); wavelengths from 2π to 10000 · 2π.

    Not learned, so a text may be longer than those in training.
    Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
    """
    wavelengths = 10_000 ** (torch.arange(0, dim, 2) / dim)
    angles = torch.arange(length)[:, None] / wavelengths
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)
