"""An encoder of the BERT family from a local folder, as a network over words: pretrained, then fine-tuned."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.errors import ModelError
from kdviz.models.network import PooledNetwork
from kdviz.models.word_pieces import MOST_PIECES, pieces, reader_of
from kdviz.models.word_reader import WordCells, nonzero
from kdviz.types import Layer

_SPECIAL = -1
"""In the place of a word, for [CLS] and [SEP]; 0 where there is no token."""

_LONGEST = 1 << 26
"""Bytes of a packed description."""


@dataclass(frozen=True)
class EncoderSizes:
    """Sizes of an encoder. tokens: of its vocabulary. positions: longest sequence. hidden: of the perceptron.

    classes_of_tokens: its sentence embeddings, of which the first is used; 0 without.
    """

    tokens: int
    positions: int
    dim: int
    depth: int
    heads: int
    hidden: int
    classes_of_tokens: int
    activation: str
    norm_eps: float


@dataclass(frozen=True)
class EncoderText:
    """What defines a pretrained network beside its tensors. tokenizer: the content of its tokenizer.json.

    family: "bert" or "distilbert", whose tensors have other names.
    """

    family: str
    sizes: EncoderSizes
    tokenizer: str


class PretrainedTextNetwork(WordCells, PooledNetwork):
    """Pieces of words through an encoder, then the mean over all pieces and one new linear layer.

    Takes words with their spelling, int (N, SPELLED, L). Embedded, a word is the vectors of its pieces; an
    absent word has none, nobody attends to it, and the others keep their positions. [CLS] and [SEP] are
    constants of the network, attended to, and not part of a map. Features at the last layer are sums over the
    pieces of each word, (N, 1 + D, L), behind the attention that it receives.
    Its description is among its weights, so that they can be stored alone.
    """

    description: Tensor
    coalitions = 254

    def __init__(self, text: EncoderText, classes: int, length: int) -> None:
        """length: words that are read of a text, L. Its weights are empty."""
        sizes, stages = text.sizes, [("tokens", PieceTokens(text))]
        blocks = [EncoderBlock(sizes) for _ in range(sizes.depth)]
        named: list[tuple[str, nn.Module]] = [*stages]
        named += [(f"block{number}", block) for number, block in enumerate(blocks[:-1], start=1)]
        named.append(("words", WordsOfPieces(blocks[-1], length)))
        super().__init__(named, sizes.dim, classes)
        self.head = nn.Sequential(
            WithoutAttention(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(sizes.dim, classes)
        )
        self.explained = {"last": len(self.stages), "second-to-last": len(self.stages)}
        self.text = text
        self.register_buffer("description", packed_description(text))

    @property
    def _tokens(self) -> PieceTokens:
        stage = self.stages[0]
        assert isinstance(stage, PieceTokens)
        return stage

    def embed(self, images: Tensor) -> Tensor:
        """The vectors of each word's pieces, one below the other, (N, `MOST_PIECES` · D, L); 0 for none."""
        weight = self._tokens.words.weight
        if images.is_meta:
            shape = (len(images), MOST_PIECES * weight.shape[1], images.shape[-1])
            return weight.new_empty(shape)
        found = pieces(images[:, 1:], self.text.tokenizer)
        vectors = F.embedding((found - 1).clamp(min=0), weight) * (found > 0).unsqueeze(3)
        return vectors.permute(0, 2, 3, 1).flatten(1, 2)

    def present(self, embedded: Tensor) -> Tensor:
        """Where a piece is, to be broadcast to its vector, in the shape of `embedded`."""
        parts = _by_piece(embedded)
        return nonzero(parts, 2).expand_as(parts).flatten(1, 2)

    def grid(self, features: Tensor) -> Tensor:
        """Features of words, without the attention."""
        return features[:, 1:]

    def class_attention(self, features: Tensor, layer: Layer = "last") -> Tensor:
        """Attention of the words' pieces in the last block, mean over them and heads, (N, L); sum at most 1.

        There is no class token that the logits depend on: they are read from the mean over all pieces. What
        is missing to 1 falls on [CLS] and [SEP].
        """
        return features[:, 0]

    def attention(self, images: Tensor) -> list[Tensor]:
        """Attention from each token (row) to each (column), mean over heads, (N, T, T) per block."""
        given, weights = self._tokens(self.embed(images)), []
        for stage in self.stages[1:]:
            block = stage.block if isinstance(stage, WordsOfPieces) else stage
            assert isinstance(block, EncoderBlock)
            given, found = block.read(given)
            weights.append(found)
        return weights

    def attended(self, weights: Tensor, images: Tensor) -> Tensor:
        """The mean of the rows of the words' pieces, summed over the pieces of each word, (N, L)."""
        stage = self.stages[-1]
        assert isinstance(stage, WordsOfPieces)
        places: Tensor = self._tokens(self.embed(images))[..., 0]
        return stage.received(weights, places)

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """Only the last layer has initial weights of its own: all others come from the folder."""
        if module is self.head[-1]:
            super().draw(module, generator)


class PieceTokens(nn.Module):
    """Vectors of pieces (N, `MOST_PIECES` · D, L) as tokens (N, T, 1 + D), each behind the place of its word.

    A place is 1 … L. [CLS] and [SEP] come first. Positions count an absent word as one.
    """

    def __init__(self, text: EncoderText) -> None:
        super().__init__()
        sizes, reader = text.sizes, reader_of(text.tokenizer)
        self.special = tuple(reader.token_to_id(name) for name in ("[CLS]", "[SEP]"))
        self.words = nn.Embedding(sizes.tokens, sizes.dim)
        self.positions = nn.Embedding(sizes.positions, sizes.dim)
        self.sentences = nn.Embedding(sizes.classes_of_tokens, sizes.dim) if sizes.classes_of_tokens else None
        self.norm = nn.LayerNorm(sizes.dim, sizes.norm_eps)

    def forward(self, embedded: Tensor) -> Tensor:
        """The tokens of texts; as many as the longest has."""
        vectors = _by_piece(embedded).permute(0, 3, 1, 2)
        places, positions, order = self._sequence(nonzero(vectors, 3)[..., 0])
        tokens = torch.cat(
            [self._specials(vectors), vectors.flatten(1, 2).take_along_dim(order[..., None], 1)], 1
        )
        tokens = tokens + F.embedding(positions, self.positions.weight)
        if self.sentences is not None:
            tokens = tokens + self.sentences.weight[0]
        read: Tensor = self.norm(tokens)
        return torch.cat([places[..., None].to(read), read], dim=2)

    def _specials(self, vectors: Tensor) -> Tensor:
        """[CLS] and [SEP], (N, 2, D)."""
        both = self.words.weight[list(self.special)]
        return both.expand(len(vectors), -1, -1)

    def _sequence(self, here: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Place and position of each token, (N, T), and which piece the tokens after the first two are.

        here: which pieces there are, (N, L, P). Pieces beyond the last position are not read.
        """
        longest = self.positions.num_embeddings - 1
        lengths = here.sum(2).clamp(min=1)
        before = lengths.cumsum(1) - lengths
        position = before[..., None] + here.cumsum(2)
        fits = (here & (position < longest)).flatten(1)
        most = here.shape[1] if here.is_meta else int(fits.sum(1).max())
        order = (~fits).int().argsort(dim=1, stable=True)[:, :most]
        there = fits.take_along_dim(order, 1)
        own = position.flatten(1).take_along_dim(order, 1) * there
        place = torch.arange(here.shape[1] * here.shape[2], device=here.device) // here.shape[2] + 1
        places = place.expand_as(fits).take_along_dim(order, 1) * there
        last = own.amax(1, keepdim=True) + 1 if most else own.new_ones(len(own), 1)
        special = places.new_full((len(places), 2), _SPECIAL)
        positions = torch.cat([torch.zeros_like(last), last, own], dim=1)
        return torch.cat([special, places], dim=1), positions, order


class EncoderBlock(nn.Module):
    """Attention and a two-layer perceptron, each with a shortcut and layer normalization after it.

    Takes and returns tokens behind their places, (N, T, 1 + D). Attention is written out: fused kernels have
    no second derivative. Source: Devlin et al. 2019, arXiv:1810.04805.
    """

    def __init__(self, sizes: EncoderSizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.query, self.key, self.value, self.output = (nn.Linear(sizes.dim, sizes.dim) for _ in range(4))
        self.norm1 = nn.LayerNorm(sizes.dim, sizes.norm_eps)
        self.inner = nn.Linear(sizes.dim, sizes.hidden)
        self.outer = nn.Linear(sizes.hidden, sizes.dim)
        self.norm2 = nn.LayerNorm(sizes.dim, sizes.norm_eps)
        self.activation = ACTIVATIONS[sizes.activation]()

    def forward(self, given: Tensor) -> Tensor:
        """The tokens alone."""
        return self.read(given)[0]

    def read(self, given: Tensor) -> tuple[Tensor, Tensor]:
        """The tokens, and the attention from each (row) to each (column), mean over heads, (N, T, T)."""
        places, tokens = given[..., :1], given[..., 1:]
        queries, keys, values = (
            part(tokens).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        scores = queries @ keys.transpose(-2, -1) * queries.shape[-1] ** -0.5
        nobody = (places.detach() == 0).view(len(places), 1, 1, -1)
        weights = scores.masked_fill(nobody, -torch.inf).softmax(dim=-1)
        mixed = self.output((weights @ values).transpose(1, 2).flatten(2))
        attended = self.norm1(tokens + mixed)
        read = self.norm2(attended + self.outer(self.activation(self.inner(attended))))
        return torch.cat([places, read], dim=2), weights.mean(1)


class WordsOfPieces(nn.Module):
    """The last block, then the sum over the pieces of each word, (N, 1 + D, L), behind its attention.

    Features are scaled so that their mean over all L places is the mean over all pieces.
    """

    def __init__(self, block: EncoderBlock, length: int) -> None:
        super().__init__()
        self.block, self.length = block, length

    def forward(self, given: Tensor) -> Tensor:
        """(N, T, 1 + D) -> (N, 1 + D, L)."""
        places = given[..., 0]
        read, weights = self.block.read(given)
        share = self.length / _of_words(places).sum(1).clamp(min=1)
        features = self._summed(read[..., 1:], places).transpose(1, 2) * share[:, None, None]
        return torch.cat([self.received(weights, places).unsqueeze(1), features], dim=1)

    def received(self, weights: Tensor, places: Tensor) -> Tensor:
        """The mean of the rows of the words' pieces, summed over the pieces of each word, (N, L)."""
        ours = _of_words(places).to(weights)
        rows = (weights * ours.unsqueeze(2)).sum(1) / ours.sum(1, keepdim=True).clamp(min=1)
        return self._summed(rows.unsqueeze(2), places).squeeze(2)

    def _summed(self, values: Tensor, places: Tensor) -> Tensor:
        """Values of tokens (N, T, D), summed by the places of their words, (N, L, D)."""
        index = places.detach().clamp(min=0).long().unsqueeze(2).expand_as(values)
        return values.new_zeros(len(values), self.length + 1, values.shape[2]).scatter_add(1, index, values)[
            :, 1:
        ]


class WithoutAttention(nn.Module):
    """Drops the attention that stands before the features of words."""

    def forward(self, features: Tensor) -> Tensor:
        """(N, 1 + D, L) -> (N, D, L)."""
        return features[:, 1:]


class _TanhGelu(nn.GELU):
    def __init__(self) -> None:
        super().__init__(approximate="tanh")


ACTIVATIONS: Mapping[str, type[nn.Module]] = {"gelu": nn.GELU, "gelu_new": _TanhGelu, "relu": nn.ReLU}
"""Of the perceptron in a block, by the names in a config.json."""


def pretrained_text_skeleton(text: EncoderText, classes: int, length: int) -> PretrainedTextNetwork:
    """The network on the meta device, its weights without memory. length: words that are read of a text."""
    with torch.device("meta"):
        return PretrainedTextNetwork(text, classes, length)


def pretrained_text_network(text: EncoderText, classes: int, length: int) -> PretrainedTextNetwork:
    """The network on the CPU, its weights empty. length: words that are read of a text."""
    network = pretrained_text_skeleton(text, classes, length)
    network._apply(_emptied)  # type: ignore[no-untyped-call]
    return network


def packed_description(text: EncoderText) -> Tensor:
    """A description as a tensor of bytes."""
    content = zlib.compress(json.dumps(asdict(text), separators=(",", ":")).encode(), 9)
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def encoder_text(weights: Mapping[str, Tensor]) -> EncoderText:
    """The description among the weights of a `PretrainedTextNetwork`. Raises ModelError for other weights."""
    try:
        content = zlib.decompressobj().decompress(bytes(weights["description"].cpu().numpy()), _LONGEST)
        found = json.loads(content)
        return EncoderText(found["family"], EncoderSizes(**found["sizes"]), found["tokenizer"])
    except (KeyError, TypeError, ValueError, zlib.error, RecursionError) as error:
        raise ModelError(f"teacher: its weights have no encoder ({type(error).__name__}).") from error


def _by_piece(embedded: Tensor) -> Tensor:
    """Embedded words as (N, `MOST_PIECES`, D, L)."""
    return embedded.reshape(len(embedded), MOST_PIECES, -1, embedded.shape[-1])


def _of_words(places: Tensor) -> Tensor:
    """Which tokens are pieces of words, bool (N, T)."""
    return places.detach() > 0


def _emptied(tensor: Tensor) -> Tensor:
    return torch.zeros_like(tensor, device="cpu") if tensor.is_meta else tensor
