"""1×1 convolutions with a stride: the same function as torch's, and no network keeps torch's form."""

import pytest
import torch
from torch import Tensor, nn
from torchvision import models

from kdviz.models import MODELS
from kdviz.models.building import skeleton
from kdviz.models.pointwise import StridedPointwise, replace_strided_pointwise
from tests.networks import TESTED_NETWORKS

KINDS = pytest.mark.parametrize(
    ("stride", "size", "groups", "bias"),
    [
        ((2, 2), (8, 8), 1, False),
        ((2, 2), (9, 7), 1, True),
        ((3, 3), (10, 8), 1, False),
        ((2, 1), (7, 5), 1, True),
        ((1, 3), (4, 11), 1, False),
        ((2, 2), (5, 5), 2, True),
        ((3, 2), (7, 7), 4, False),
        ((4, 4), (3, 3), 1, True),  # a stride beyond the image takes its first pixel
    ],
)


def pair(stride: tuple[int, int], groups: int, bias: bool) -> tuple[nn.Conv2d, StridedPointwise]:
    """torch's layer and ours, with the same numbers."""
    torch.manual_seed(0)
    theirs = nn.Conv2d(4, 8, 1, stride, groups=groups, bias=bias, dtype=torch.float64)
    ours = StridedPointwise(4, 8, 1, stride, groups=groups, bias=bias, dtype=torch.float64)
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def images(size: tuple[int, int], count: int = 3) -> Tensor:
    return torch.randn(count, 4, *size, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@KINDS
def test_values_and_gradients_are_those_of_torchs_convolution(stride, size, groups, bias, layout):
    found = []
    for conv in pair(stride, groups, bias):
        x = images(size).to(memory_format=layout).requires_grad_()
        y = conv(x)
        pull = torch.randn(y.shape, generator=torch.Generator().manual_seed(2), dtype=y.dtype)
        found.append((y, *torch.autograd.grad(y, (x, *conv.parameters()), pull)))
    theirs, ours = found
    assert len(theirs) == 3 + bias
    torch.testing.assert_close(ours, theirs)


@KINDS
def test_second_derivatives_are_those_of_finite_differences(stride, size, groups, bias):
    _, conv = pair(stride, groups, bias)
    parameters = dict(conv.named_parameters())

    def squared(x: Tensor, *values: Tensor) -> Tensor:
        """Squared, for a second derivative that is not 0."""
        named = dict(zip(parameters, values, strict=True))
        return torch.func.functional_call(conv, named, (x,)).square()

    inputs = (images(size, 1).requires_grad_(), *parameters.values())
    assert torch.autograd.gradgradcheck(squared, inputs)


def test_they_are_replaced_at_any_depth_with_the_same_parameters():
    network = nn.Sequential(nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 1, 2))), nn.Conv2d(4, 4, 1, (1, 3)))
    before = dict(network.named_parameters())
    keys = list(network.state_dict())
    replace_strided_pointwise(network)
    assert [type(network[0][0][0]), type(network[1])] == [StridedPointwise, StridedPointwise]
    assert list(network.state_dict()) == keys
    assert all(parameter is before[name] for name, parameter in network.named_parameters())


def test_settings_of_the_layer_survive():
    network = nn.Sequential(nn.Conv2d(4, 8, 1, (2, 3), groups=2, bias=False)).eval()
    replace_strided_pointwise(network)
    conv = network[0]
    assert (conv.stride, conv.groups, conv.bias, conv.training) == ((2, 3), 2, None, False)
    assert (conv.in_channels, conv.out_channels, conv.kernel_size) == (4, 8, (1, 1))


@pytest.mark.parametrize(
    "conv",
    [
        nn.Conv2d(3, 4, 3, 2, padding=1),
        nn.Conv2d(3, 4, (1, 3), 2),
        nn.Conv2d(3, 4, 1, 2, padding=1),
        nn.Conv2d(3, 4, 1),
    ],
    ids=["3x3", "1x3", "padded", "no-stride"],
)
def test_any_other_convolution_is_left_alone(conv):
    network = nn.Sequential(conv)
    replace_strided_pointwise(network)
    assert network[0] is conv


def unsafe(network: nn.Module) -> list[str]:
    """Convolutions that take fewer pixels than there are through a 1×1 kernel, in torch's own form."""
    return [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d)
        and module.kernel_size == (1, 1)
        and module.stride != (1, 1)
        and not isinstance(module, StridedPointwise)
    ]


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_no_network_has_any_left(name):
    spec = MODELS[name]
    for width in (0.25, 0.5, 1.0) if spec.has_width else (1.0,):
        size = spec.minimum_size
        assert not unsafe(skeleton(name, classes=3, input_shape=(3, size, size), width=width))


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2"])
def test_torchvisions_networks_have_some_and_then_none(name):
    with torch.device("meta"):
        network = models.get_model(name)
    assert unsafe(network)
    replace_strided_pointwise(network)
    assert not unsafe(network)
