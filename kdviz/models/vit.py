"""A vision transformer with explicit attention, which can be read out and differentiated twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, prod
from typing import get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.models.network import Network, scaled_channels
from kdviz.types import LAYER_STRIDES, Layer


class ClassTokenTransformer(Network):
    """Tokens through blocks of attention; the class token, which is the first, is the output.

    Its explained features are a block's *input*, (N, 1 + cells, D), class token first: the logits do not
    depend on the last block's other tokens.
    """

    def __init__(self, tokens: tuple[str, nn.Module], blocks: Iterable[Block], head: nn.Module) -> None:
        """tokens: (name, stage) that makes them of embedded inputs. head: reads the class token."""
        super().__init__()
        self.stages = nn.Sequential()
        self.stages.add_module(*tokens)
        for number, block in enumerate(blocks, start=1):
            self.stages.add_module(f"block{number}", block)
        self.head = head
        depth = len(self.stages) - 1
        self.explained = {"last": depth, "second-to-last": depth - 1}

    def grid(self, features: Tensor) -> Tensor:
        """The tokens of cells as a map (N, D, *S)."""
        return self.on_grid(features[:, 1:].transpose(1, 2))

    def on_grid(self, values: Tensor) -> Tensor:
        """Values of cells (…, cells) as (…, *S)."""
        return values

    def class_attention(self, features: Tensor, layer: Layer = "last") -> Tensor:
        """Attention of the class token in the last block, mean over heads, (N, *S); sum at most 1."""
        block = self.stages[-1]
        assert isinstance(block, Block)
        before = self._run(features, self.explained[layer], len(self.stages) - 1)
        return self.on_grid(block.attends(before)[:, 0, 1:])

    def attention(self, images: Tensor) -> list[Tensor]:
        """Attention from each token (row) to each (column), mean over heads, (N, T, T) per block."""
        tokens, weights = self.stages[0](self.adapted(self.embed(images))), []
        for block in self.stages[1:]:
            assert isinstance(block, Block)
            weights.append(block.attends(tokens))
            tokens = block(tokens)
        return weights

    def attended(self, weights: Tensor, images: Tensor) -> Tensor:
        """The class token's row, (N, *S)."""
        return self.on_grid(weights[:, 0, 1:])

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """Truncated normal weights (at two standard deviations) and zero biases.

        The standard deviation is 1/√inputs; for positions and the class token 0.02. With the common 0.02 for
        all, tokens as short as these learn slowly: at half width, 4 epochs of fashion-mnist-mini reached an
        accuracy of .67 instead of .76.
        """
        if isinstance(module, nn.LayerNorm):
            module.reset_parameters()
            return
        for name, parameter in module.named_parameters(recurse=False):
            if name == "bias":
                nn.init.zeros_(parameter)
            else:
                _fill(parameter, parameter[0].numel() ** -0.5 if name == "weight" else 0.02, generator)


class VisionTransformer(ClassTokenTransformer):
    """A transformer over patches of an image."""

    def __init__(
        self,
        *,
        classes: int,
        input_shape: tuple[int, ...],
        width: float,
        patch: int = 4,
        dim: int = 96,
        depth: int = 4,
        heads: int = 4,
        mlp_ratio: int = 2,
        norm_eps: float = 1e-5,
    ) -> None:
        """width: factor on `dim`, the token dimension. patch: in pixels; sides are padded to a multiple."""
        channels, *sides = input_shape
        dim = scaled_channels(dim, width, multiple=heads)
        patches = _Patches(channels, dim, sides, patch)
        blocks = [Block(dim, heads, mlp_ratio, norm_eps) for _ in range(depth)]
        super().__init__(("patches", patches), blocks, ClassTokenHead(dim, classes, norm_eps))
        self._grid_size = patches.grid_size
        for layer in get_args(Layer):
            if LAYER_STRIDES.get(layer, 0) >= patch:
                self.explained[layer] = depth

    def on_grid(self, values: Tensor) -> Tensor:
        """(…, h·w) as (…, h, w)."""
        return values.reshape(*values.shape[:-1], *self._grid_size)


class _Patches(nn.Module):
    """An image (N, C, H, W) as tokens (N, 1 + h·w, D) with position embeddings, class token first."""

    def __init__(self, channels: int, dim: int, sides: Sequence[int], patch: int) -> None:
        super().__init__()
        self.grid_size = tuple(ceil(side / patch) for side in sides)
        down, right = (cells * patch - side for cells, side in zip(self.grid_size, sides, strict=True))
        self.padding = (0, right, 0, down)
        self.embed = nn.Conv2d(channels, dim, patch, stride=patch)
        self.class_token = nn.Parameter(torch.empty(1, 1, dim))
        self.positions = nn.Parameter(torch.empty(1, 1 + prod(self.grid_size), dim))

    def forward(self, images: Tensor) -> Tensor:
        padded = F.pad(images, self.padding)
        patches = self.embed(padded).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(images.shape[0], -1, -1), patches], dim=1)
        return tokens + self.positions


class Attention(nn.Module):
    """Multi-head self-attention as softmax(q·kᵀ/√d)·v: fused kernels have no second derivative."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.inputs = nn.Linear(dim, 3 * dim)
        self.output = nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        """Tokens (N, T, D), mixed. present: (N, T), those that are attended to; None for all."""
        queries, keys, values = self._heads(tokens)
        return self._mixed(_attend(queries, keys, present), values)

    def weights(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        """Attention from each token (row) to each (column), (N, heads, T, T); rows sum to 1."""
        queries, keys, _ = self._heads(tokens)
        return _attend(queries, keys, present)

    def by(self, weights: Tensor, tokens: Tensor) -> Tensor:
        """Tokens (N, T, D), mixed by other weights than its own, in the shape of `weights`."""
        return self._mixed(weights, self._heads(tokens)[2])

    def _mixed(self, weights: Tensor, values: Tensor) -> Tensor:
        out: Tensor = self.output((weights @ values).transpose(1, 2).flatten(2))
        return out

    def _heads(self, tokens: Tensor) -> tuple[Tensor, ...]:
        """Queries, keys and values, each (N, heads, T, d)."""
        parts = self.inputs(tokens).chunk(3, dim=-1)
        return tuple(part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)


class Block(nn.Module):
    """Attention and a two-layer perceptron, each with layer normalization before and a shortcut."""

    def __init__(self, dim: int, heads: int, mlp_ratio: int, norm_eps: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, norm_eps)
        self.attention = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim, norm_eps)
        hidden = mlp_ratio * dim
        self.mlp = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim))

    def forward(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        """Tokens (N, T, D), mixed and transformed. present: (N, T), as in `Attention`."""
        attended = tokens + self.attention(self.norm1(tokens), present)
        out: Tensor = attended + self.mlp(self.norm2(attended))
        return out

    def attends(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        """Attention from each token (row) to each (column), mean over heads, (N, T, T)."""
        return self.attention.weights(self.norm1(tokens), present).mean(dim=1)


class ClassTokenHead(nn.Module):
    """Logits from the class token."""

    def __init__(self, dim: int, classes: int, norm_eps: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim, norm_eps)
        self.classifier = nn.Linear(dim, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (N, T, D) -> (N, classes)."""
        logits: Tensor = self.classifier(self.norm(tokens[:, 0]))
        return logits


def _fill(parameter: nn.Parameter, deviation: float, generator: torch.Generator) -> None:
    drawn = nn.init.trunc_normal_(torch.empty(parameter.shape), a=-2.0, b=2.0, generator=generator)
    parameter.data.copy_(drawn * deviation)


def _attend(queries: Tensor, keys: Tensor, present: Tensor | None) -> Tensor:
    scale: float = queries.shape[-1] ** -0.5
    scores = queries @ keys.transpose(-2, -1) * scale
    if present is not None:
        scores = scores.masked_fill(~present[:, None, None], -torch.inf)
    return scores.softmax(dim=-1)
