"""Strided 1×1 convolutions in a form with correct gradients on every processor."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class StridedPointwise(nn.Conv2d):
    """A 1×1 convolution of stride s: every s-th pixel, then a 1×1 convolution of stride 1.

    The same function as `nn.Conv2d`, with the same parameters. oneDNN's weight gradient of the fused form
    writes past its buffer on channels-last tensors with fewer input channels than its vector block: the
    process crashes, or the gradient is wrong (github.com/uxlfoundation/oneDNN, issue 6035).
    Average pooling over one pixel selects the pixels: forward and backward take .7 to .8 of the time of the
    fused form, a strided slice up to 2.7 times as long (64 images, 8 to 64 channels, channels-last, one
    thread of an AMD EPYC with AVX-512, torch 2.14).
    """

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, h, w) to (N, K, ⌈h/s⌉, ⌈w/s⌉)."""
        pixels = F.avg_pool2d(features, 1, self.stride)
        return F.conv2d(pixels, self.weight, self.bias, groups=self.groups)


def replace_strided_pointwise(network: nn.Module) -> None:
    """Replace every strided 1×1 convolution, at any depth, by the safe form. Parameters stay the same."""
    for path, module in list(network.named_modules()):
        if type(module) is nn.Conv2d and _is_strided_pointwise(module):
            network.set_submodule(path, _safe(module))


def _is_strided_pointwise(conv: nn.Conv2d) -> bool:
    unpadded = conv.padding in ("valid", (0, 0))
    return set(conv.kernel_size) == {1} and max(conv.stride) > 1 and unpadded


def _safe(conv: nn.Conv2d) -> StridedPointwise:
    safe = StridedPointwise(
        conv.in_channels, conv.out_channels, 1, (conv.stride[0], conv.stride[1]),
        groups=conv.groups, bias=conv.bias is not None, device="meta",
    )  # fmt: skip
    safe.weight, safe.bias = conv.weight, conv.bias
    return safe.train(conv.training)
