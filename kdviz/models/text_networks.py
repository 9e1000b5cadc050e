"""Networks for texts: stages over the words, then the mean over the present ones and one linear layer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.models.network import PooledNetwork, scaled_channels
from kdviz.models.word_reader import WordReader
from kdviz.vocabulary import VECTOR_LENGTH


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


class TextNetwork(WordReader, PooledNetwork):
    """Stages over words, then average pooling and one linear layer."""

    pooling = nn.AdaptiveAvgPool1d

    def __init__(self, stages: Sequence[nn.Module], width: int, classes: int) -> None:
        """stages: in order, with features behind a mask as `WordStage`. width: features of the last one."""
        named = [(f"words{number}", stage) for number, stage in enumerate(stages, start=1)]
        name, last = named.pop()
        super().__init__([*named, (name, nn.Sequential(last, MeanOverWords()))], width, classes)
        self.hold_vectors()

    def adapted(self, embedded: Tensor) -> Tensor:
        """Vectors behind a channel that says where words are."""
        return torch.cat([self.present(embedded).to(embedded.dtype), embedded], dim=1)

    def grid(self, features: Tensor) -> Tensor:
        """Features without the mask, which those before the last stage have."""
        width = self.head[-1].in_features
        return features if features.shape[1] == width else features[:, 1:]


def convolutional(channels: list[int], kernel: int, classes: int) -> TextNetwork:
    """Convolutions over words. channels: of the stages in order. kernel: words that each reads at once."""
    inputs = [VECTOR_LENGTH, *channels[:-1]]
    stages = [WordStage(*sizes, kernel) for sizes in zip(inputs, channels, strict=True)]
    return TextNetwork(stages, channels[-1], classes)


def bag_of_words(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """Each word by itself: one layer of 16 channels times the width, then the mean. Order does not matter."""
    return convolutional([scaled_channels(16, width)], 1, classes)


def text_cnn(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """A convolution over three words, 16 channels times the width, then the mean."""
    return convolutional([scaled_channels(16, width)], 3, classes)


def text_cnn_deep(*, classes: int, input_shape: tuple[int, ...], width: float) -> TextNetwork:
    """Two convolutions over three words, 16 channels times the width each, so five words are read at once."""
    return convolutional([scaled_channels(16, width)] * 2, 3, classes)
