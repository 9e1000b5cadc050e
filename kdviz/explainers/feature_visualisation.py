"""What a channel of the explained feature map responds to: in pictures that exist, and in one made for it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.explainers.batching import images_at_once
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network

_STARTS, _NOISE, _RATE = 16, 0.2, 0.7
"""Noises that are tried as a start, their deviation, and the size of a step. A start in which the channel is
silent has no slope to climb."""


@dataclass(frozen=True, eq=False)
class TopPatches:
    """The places that excite each channel most, one an image, strongest first; K channels, P places.

    activations: (K, P). indices: (K, P), the image, as counted through the batches. cells: (K, P, 2), row
    and column in the feature map. boxes: (K, P, 4), the pixels that the cell can see, as top, left,
    bottom, right, with the ends left out as in a slice.
    """

    activations: Tensor
    indices: Tensor
    cells: Tensor
    boxes: Tensor


def search(
    network: Network,
    batches: Iterable[Tensor],
    channels: Sequence[int],
    *,
    layer: Layer = "last",
    count: int = 9,
) -> Generator[int, None, TopPatches]:
    """Where in which images some channels of the feature map are most active.

    batches: normalised images, (n, C, H, W) each, taken one by one; says after each how many are done.
    count: places a channel, or one an image where there are fewer images.
    """
    values: list[Tensor] = []
    places: list[Tensor] = []
    width, done = 0, 0
    for images in batches:
        with torch.no_grad():
            grid = network.grid(network.forward_features(images, layer))[:, list(channels)]
        highest = grid.flatten(2).max(2)
        values.append(highest.values.cpu())
        places.append(highest.indices.cpu())
        width, done = grid.shape[3], done + len(images)
        yield done
    found = torch.cat(values).T
    best = found.topk(min(count, found.shape[1]), dim=1)
    place = torch.cat(places).T.gather(1, best.indices)
    cells = torch.stack([place // width, place % width], dim=2)
    boxes = receptive_boxes(network, images[:1], layer)
    return TopPatches(best.values, best.indices, cells, boxes[cells[..., 0], cells[..., 1]])


def receptive_boxes(network: Network, like: Tensor, layer: Layer = "last") -> Tensor:
    """For each cell of the feature map, the pixels that can change it: top, left, bottom, right, (h, w, 4).

    like: (1, C, H, W), an image's shape, type and device. A row, then a column, of pixels that are not a
    number is laid over a blank image: whatever reads it is not a number either. For any network, with no
    arithmetic on kernels and strides; outside the box no pixel matters.
    """
    height, width = like.shape[2:]
    rows = torch.zeros_like(like).repeat(height, 1, 1, 1)
    rows[torch.arange(height), :, torch.arange(height)] = torch.nan
    columns = torch.zeros_like(like).repeat(width, 1, 1, 1)
    columns[torch.arange(width), :, :, torch.arange(width)] = torch.nan
    tops, bottoms = _reach(network, rows, layer)
    lefts, rights = _reach(network, columns, layer)
    return torch.stack([tops, lefts, bottoms, rights], dim=2)


def _reach(network: Network, lines: Tensor, layer: Layer) -> tuple[Tensor, Tensor]:
    """The first line of pixels that each cell sees, and the one after the last, (h, w) each."""
    with torch.no_grad():
        parts = torch.split(lines, images_at_once(lines))
        grids = (network.grid(network.forward_features(part, layer)) for part in parts)
        seen = torch.cat([grid.isnan().any(1) for grid in grids]).cpu().int()
    return seen.argmax(0), len(seen) - seen.flip(0).argmax(0)


@dataclass(frozen=True, eq=False)
class Ascent:
    """images: (K, C, H, W), normalised, one for each channel. activations: (K,), its mean over the map."""

    images: Tensor
    activations: Tensor


def climb(
    network: Network,
    channels: Sequence[int],
    *,
    black: Tensor,
    white: Tensor,
    layer: Layer = "last",
    steps: int = 128,
    seed: int = 0,
) -> Generator[float, None, Ascent]:
    """Pictures that excite a channel each as much as gradient ascent from noise can make them.

    Says before each step which share is done, so that others get in between.
    black, white: (C, H, W), the darkest and the brightest picture, normalised; the result stays between.
    seed: of the noise and of the moves, which are the same for every channel.
    What is climbed is the channel's mean over the map, while the picture is turned, shifted and zoomed a
    little at each step: what survives is no accident of single pixels. The ascent is over the picture's
    frequencies, each divided by its size, or fine noise would win.
    Source: Olah et al. 2017, doi:10.23915/distill.00007 (there also with colours made independent).
    """
    generator = torch.Generator().manual_seed(seed)

    def activations(spectrum: Tensor, move: bool) -> Tensor:
        images = _picture(spectrum, black, white)
        return _activations(network, _moved(images, generator) if move else images, channels, layer)

    noise = torch.randn(_STARTS, 1, *black.shape, generator=generator)
    noise = noise.expand(-1, len(channels), -1, -1, -1)
    starts = torch.view_as_real(torch.fft.rfft2(_NOISE * noise)).to(black.device)
    with torch.no_grad():
        best = torch.stack([activations(start, move=False) for start in starts]).argmax(0)
    spectrum = starts[best, range(len(channels))].requires_grad_()
    optimizer = torch.optim.Adam([spectrum], lr=_RATE)
    for step in range(steps):
        yield step / steps
        with torch.enable_grad():
            (spectrum.grad,) = torch.autograd.grad(-activations(spectrum, move=True).sum(), spectrum)
        optimizer.step()
    with torch.no_grad():
        return Ascent(_picture(spectrum, black, white), activations(spectrum, move=False))


def _activations(network: Network, images: Tensor, channels: Sequence[int], layer: Layer) -> Tensor:
    """The mean of the n-th channel in the n-th image, (K,)."""
    grid = network.grid(network.forward_features(images, layer))
    return grid[range(len(channels)), list(channels)].mean((1, 2))


def _picture(spectrum: Tensor, black: Tensor, white: Tensor) -> Tensor:
    """Images (K, C, H, W) between black and white from their spectra, each frequency divided by its size."""
    height, width = black.shape[1:]
    across, down = torch.fft.rfftfreq(width), torch.fft.fftfreq(height)[:, None]
    size = (across**2 + down**2).sqrt().clamp(min=1 / max(height, width)).to(spectrum.device)
    values: Tensor = torch.fft.irfft2(torch.view_as_complex(spectrum) / size, s=(height, width))
    return black + (white - black) * values.sigmoid()


def _moved(images: Tensor, generator: torch.Generator) -> Tensor:
    """All images turned by up to 10°, zoomed by up to a tenth and shifted by up to an eighth."""
    turn, zoom, *shift = (2 * torch.rand(4, generator=generator) - 1).tolist()
    angle, scale = turn * pi / 18, 1 + zoom / 10
    row = [scale * cos(angle), scale * sin(angle)]
    theta = torch.tensor([[row[0], -row[1], shift[0] / 4], [row[1], row[0], shift[1] / 4]])
    grid = F.affine_grid(theta.to(images).expand(len(images), 2, 3), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
