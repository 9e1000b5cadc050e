"""Networks for texts: stages over the words, then the mean over the present ones and one linear layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.models.network import PooledNetwork, scaled_channels
from kdviz.vocabulary import PAD, VECTOR_LENGTH, VOCABULARY_SIZE, word_vectors


class WordStage(nn.Module):
    """A convolution over words and a ReLU; the features of absent words are 0.

    Takes and returns (N, 1 + K, L), of which the first channel is 1 where a word is, and 0 where none is. No
    bias: features of 0 stay 0, as in the paddings. kernel: words that are read at once, an odd number.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=False)

    def forward(self, given: Tensor) -> Tensor:
        """The features of the words, behind their mask."""
        mask, features = given[:, :1], given[:, 1:]
        return torch.cat([mask, F.relu(self.convolution(features)) * mask], dim=1)


class MeanOverWords(nn.Module):
    """Drops the mask, and scales features so that their mean over all L places is the mean over the words."""

    def forward(self, given: Tensor) -> Tensor:
        """(N, 1 + K, L) -> (N, K, L)."""
        mask, features = given[:, :1], given[:, 1:]
        return features * (mask.shape[2] / mask.sum(2, keepdim=True).clamp(min=1))


class TextNetwork(PooledNetwork):
    """A network that reads words (N, 1, L) by their vectors, then ends in average pooling and a linear layer.

    The vectors are fixed: not trained, and not stored with the weights.
    """

    pooling = nn.AdaptiveAvgPool1d
    vectors: Tensor

    def __init__(self, channels: list[int], kernel: int, classes: int) -> None:
        """channels: of the stages in order."""
        inputs = [VECTOR_LENGTH, *channels[:-1]]
        stages: list[tuple[str, nn.Module]] = [
            (f"words{number}", WordStage(*sizes, kernel))
            for number, sizes in enumerate(zip(inputs, channels, strict=True), start=1)
        ]
        name, last = stages.pop()
        super().__init__([*stages, (name, nn.Sequential(last, MeanOverWords()))], channels[-1], classes)
        self.register_buffer("vectors", torch.empty(VOCABULARY_SIZE, VECTOR_LENGTH), persistent=False)

    def embed(self, images: Tensor) -> Tensor:
        """The vectors of words (N, 1, L), as (N, VECTOR_LENGTH, L); those of absent words are 0."""
        return F.embedding(images[:, 0].long(), self.vectors).transpose(1, 2)

    def adapted(self, embedded: Tensor) -> Tensor:
        """Vectors behind a channel that says where words are."""
        return torch.cat([self.present(embedded).to(embedded.dtype), embedded], dim=1)

    def present(self, embedded: Tensor) -> Tensor:
        """Where a word is, (N, 1, L)."""
        return (embedded.detach() != 0).any(1, keepdim=True)

    def undefined_where_absent(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps (N, L) with NaN where no word is."""
        return maps.masked_fill(images[:, 0] == PAD, torch.nan)

    def window(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        """A word."""
        return (1,)

    def grid(self, features: Tensor) -> Tensor:
        """Features without the mask, which those before the last stage have."""
        width = self.head[-1].in_features
        return features if features.shape[1] == width else features[:, 1:]

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """As for images; the words' vectors are read from the package."""
        if module is self:
            self.vectors.copy_(torch.from_numpy(word_vectors(VOCABULARY_SIZE).copy()))
        else:
            super().draw(module, generator)


def bag_of_words(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """Each word by itself: one layer of 16 channels times the width, then the mean. Order does not matter."""
    return TextNetwork([scaled_channels(16, width)], 1, classes)


def text_cnn(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """A convolution over three words, 16 channels times the width, then the mean."""
    return TextNetwork([scaled_channels(16, width)], 3, classes)


def text_cnn_deep(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """Two convolutions over three words, 16 channels times the width each, so five words are read at once."""
    return TextNetwork([scaled_channels(16, width)] * 2, 3, classes)
