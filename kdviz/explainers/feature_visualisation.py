"""Feature visualization: what a channel of the explained feature map responds to."""

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
"""Number of noise images tried as a start, their standard deviation, and the step size.

An image in which the channel is inactive has no gradient to follow.
"""


@dataclass(frozen=True, eq=False)
class TopPatches:
    """The locations that activate each channel most, one per image, strongest first; K channels, P locations.

    activations: (K, P). indices: (K, P), of the images, counted through the batches. cells: (K, P, 2), row
    and column in the feature map; (K, P, 1), the number of the word, in texts. boxes: (K, P, 4), receptive
    fields in pixels: top, left, bottom, right, with exclusive ends; None for texts.
    """

    activations: Tensor
    indices: Tensor
    cells: Tensor
    boxes: Tensor | None


def search(
    network: Network,
    batches: Iterable[Tensor],
    channels: Sequence[int],
    *,
    layer: Layer = "last",
    count: int = 9,
) -> Generator[int, None, TopPatches]:
    """Find the images and locations in which channels of the feature map are most active.

    batches: normalized images, (n, C, H, W) each, or texts, taken one by one; yields the number done after
    each. count: locations per channel, one per image; fewer if there are fewer images.
    """
    values: list[Tensor] = []
    places: list[Tensor] = []
    sides: tuple[int, ...] = ()
    done = 0
    for images in batches:
        grid = activations(network, images, channels, layer=layer)
        highest = grid.nan_to_num(nan=-torch.inf).flatten(2).max(2)
        values.append(highest.values.cpu())
        places.append(highest.indices.cpu())
        sides, done = tuple(grid.shape[2:]), done + len(images)
        yield done
    found = torch.cat(values).T
    best = found.topk(min(count, found.shape[1]), dim=1)
    place = torch.cat(places).T.gather(1, best.indices)
    cells = torch.stack(torch.unravel_index(place, sides), dim=2)
    boxes = receptive_boxes(network, images[:1], layer)[cells.unbind(2)] if len(sides) == 2 else None
    return TopPatches(best.values, best.indices, cells, boxes)


@torch.no_grad()
def activations(
    network: Network, images: Tensor, channels: Sequence[int], *, layer: Layer = "last"
) -> Tensor:
    """Channels of the feature map, (N, K, h, w); of texts (N, K, L), NaN where there is no word."""
    grid = network.grid(network.forward_features(images, layer))[:, list(channels)]
    if grid.dim() == 4:
        return grid
    return torch.stack([network.over_cells(each, images) for each in grid.unbind(1)], dim=1)


def receptive_boxes(network: Network, like: Tensor, layer: Layer = "last") -> Tensor:
    """Receptive field of each cell of the feature map: top, left, bottom, right, (h, w, 4).

    like: (1, C, H, W), for shape, type and device of an image. A row, then a column, of a blank image is set
    to NaN, and NaN propagates to the cells that read it. This works for any network; pixels outside a box
    have no effect.
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
    """First line of pixels that each cell sees, and the line after the last one, (h, w) each."""
    with torch.no_grad():
        parts = torch.split(lines, images_at_once(lines))
        grids = (network.grid(network.forward_features(part, layer)) for part in parts)
        visible = torch.cat([grid.isnan().any(1) for grid in grids]).cpu().int()
    return visible.argmax(0), len(visible) - visible.flip(0).argmax(0)


@dataclass(frozen=True, eq=False)
class Ascent:
    """images: (K, C, H, W), normalized, one per channel. activations: (K,), mean over the map."""

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
    """Images that maximize a channel each, by gradient ascent from noise.

    Yields the share done before each step, so that other work can run in between. black, white: (C, H, W),
    the darkest and the brightest image, normalized; results stay between them. seed: of the noise and of the
    transformations, which are the same for all channels.
    The objective is the channel's mean over the map, while the image is rotated, shifted and zoomed a little
    in each step, so that it does not depend on single pixels. The ascent is over the Fourier coefficients,
    each divided by its frequency: otherwise high-frequency noise would dominate.
    Source: Olah et al. 2017, doi:10.23915/distill.00007 (there also with decorrelated colours).
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
    """Mean of the n-th channel in the n-th image, (K,)."""
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
    """All images rotated by up to 10°, zoomed by up to a tenth and shifted by up to an eighth."""
    turn, zoom, *shift = (2 * torch.rand(4, generator=generator) - 1).tolist()
    angle, scale = turn * pi / 18, 1 + zoom / 10
    row = [scale * cos(angle), scale * sin(angle)]
    theta = torch.tensor([[row[0], -row[1], shift[0] / 4], [row[1], row[0], shift[1] / 4]])
    grid = F.affine_grid(theta.to(images).expand(len(images), 2, 3), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
