"""What is true of each network in the registry, at each size and channel count it takes."""

from copy import deepcopy
from functools import cache

import pytest
import torch
from torch import Tensor

from kdviz.errors import ModelError
from kdviz.models import MODELS, Network, build
from kdviz.types import Layer
from tests.networks import TESTED_NETWORKS

LAYERS: tuple[Layer, ...] = ("last", "second-to-last")
SMALL = [name for name, spec in TESTED_NETWORKS.items() if spec.minimum_size <= 16]
LARGE = [name for name, spec in TESTED_NETWORKS.items() if spec.minimum_size > 16]
ONE_PER_FAMILY = [
    "simple-cnn",
    "resnet8-lite",
    "wrn16",
    "mobilenet-small",
    "vit-tiny",
    "resnet18",
    "mobilenet-v3-small",
    "efficientnet-b0",
]
DEEP = {"resnet32", "resnet56", "wrn40"}  # more of the same blocks: one size will do
WHERE = [(name, size) for name in SMALL for size in ((32,) if name in DEEP else (16, 28, 32, 64))]
WHERE += [(name, size) for name in LARGE for size in (64, 96)]


def network(name: str, *, channels: int = 3, image_size: int | None = None) -> Network:
    """Narrow where it can be, to be quick; in eval mode. To draw its weights takes longer than to copy it."""
    return deepcopy(drawn(name, channels, image_size))


@cache
def drawn(name: str, channels: int, image_size: int | None) -> Network:
    width = 0.5 if name in SMALL else 1.0
    size = image_size or MODELS[name].minimum_size
    return build(name, classes=5, input_shape=(channels, size, size), width=width, seed=3).eval()


def images(name: str, count: int = 2, *, channels: int = 3, image_size: int | None = None) -> Tensor:
    size = image_size or MODELS[name].minimum_size
    return torch.randn(count, channels, size, size, generator=torch.Generator().manual_seed(1))


def lived_in(net: Network) -> Network:
    """In a fresh network whole channels are exactly 0, where a ReLU has no slope to compare with."""
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if name.endswith(("bias", "running_mean")):
                tensor.copy_(0.1 * torch.randn(tensor.shape, generator=generator))
    return net


def grad_cam_energy(net: Network, x: Tensor, layer: Layer) -> Tensor:
    """The textbook's Grad-CAM of class 1 before its ReLU, squared and summed, with its graph."""
    features = net.forward_features(x, layer)
    score = net.forward_head(features, layer)[:, 1].sum()
    (slope,) = torch.autograd.grad(score, features, create_graph=True)
    weights = net.grid(slope).mean(dim=(2, 3), keepdim=True)
    return (weights * net.grid(features)).sum(dim=1).square().sum()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("name", "image_size"), WHERE)
def test_a_network_cut_open_and_joined_is_the_network(name, image_size, channels):
    net, x = (make(name, channels=channels, image_size=image_size) for make in (network, images))
    with torch.no_grad():
        logits = net(x)
        assert logits.shape == (2, 5)
        for layer in LAYERS:
            features = net.forward_features(x, layer)
            grid = net.grid(features)
            assert grid.ndim == 4
            assert len(grid) == 2
            assert grid.shape[2] == grid.shape[3] >= 2
            torch.testing.assert_close(net.forward_head(features, layer), logits)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_the_head_leaves_the_features_as_they_are(name, layer):
    """An in-place ReLU right after the cut would change the map that is being explained."""
    net = network(name).train()
    features = net.forward_features(images(name), layer).detach()
    kept = features.clone()
    net.forward_head(features.requires_grad_(), layer).sum().backward()
    assert torch.equal(features.detach(), kept)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_every_place_of_the_map_reaches_the_logits(name, layer):
    """A transformer's last output would fail: only its class token is read."""
    net = network(name)
    features = net.forward_features(images(name, 16), layer)
    (slope,) = torch.autograd.grad(net.forward_head(features, layer)[:, 1].sum(), features)
    assert (net.grid(slope).abs().sum(dim=(0, 1)) > 0).all()


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_the_linear_head_gives_the_average_gradients_that_autograd_finds(name, layer):
    net = network(name)
    classifier = net.pooled_classifier(layer)
    assert (classifier is not None) == (layer == "last" and "pooled-linear-head" in MODELS[name].offers)
    if classifier is None:
        return
    features = net.forward_features(images(name), layer)
    (slope,) = torch.autograd.grad(net.forward_head(features, layer)[:, 1].sum(), features)
    places = features.shape[2] * features.shape[3]
    torch.testing.assert_close(
        slope.mean(dim=(2, 3)), (classifier.weight[1] / places).expand(2, -1), atol=1e-6, rtol=1e-5
    )


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", ONE_PER_FAMILY)
def test_a_map_has_the_slope_that_finite_differences_find(name, layer):
    """Double backward, in float64, along one random direction through all weights."""
    net, x = lived_in(network(name)).double(), images(name).double()
    parameters = list(net.parameters())
    generator = torch.Generator().manual_seed(5)
    direction = [torch.randn(p.shape, generator=generator, dtype=p.dtype) for p in parameters]
    energy = grad_cam_energy(net, x, layer)
    slopes = torch.autograd.grad(energy, parameters, materialize_grads=True)
    expected = sum((slope * d).sum() for slope, d in zip(slopes, direction, strict=True))

    def moved(step: float) -> Tensor:
        with torch.no_grad():
            torch._foreach_add_(parameters, direction, alpha=step)
        return grad_cam_energy(net, x, layer).detach()

    step = 1e-9  # short: where a ReLU switches, its network's slope jumps
    found = (moved(step) - moved(-2 * step)) / (2 * step)
    assert expected != 0
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=0)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_a_map_teaches_every_weight_matrix(name, layer):
    """The classifier included: a detached one is the classic way to lose half of the gradient."""
    net = network(name)
    grad_cam_energy(net, images(name), layer).backward()
    matrices = {key: value for key, value in net.named_parameters() if value.ndim > 1}
    assert not [key for key, value in matrices.items() if value.grad is None or not value.grad.any()]


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_training_draws_no_random_numbers(name):
    """No dropout: arms that differ in nothing stay equal, whatever other threads draw."""
    net, x = network(name).train(), images(name)
    before = torch.get_rng_state()
    first, second = net(x), net(x)
    assert torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_only_networks_with_a_class_token_have_attention(name):
    net = network(name)
    features = net.forward_features(images(name))
    if "token-attention" in MODELS[name].offers:
        assert net.class_attention(features).shape == (2, *net.grid(features).shape[2:])
    else:
        with pytest.raises(ModelError, match="has no class token: choose a transformer"):
            net.class_attention(features)


@pytest.mark.parametrize("name", TESTED_NETWORKS)
def test_an_image_below_the_minimum_is_refused_in_one_line(name):
    smallest = MODELS[name].minimum_size
    with pytest.raises(ModelError) as refused:
        build(name, classes=5, input_shape=(3, smallest - 1, smallest - 1))
    assert str(refused.value) == (
        f"image_size: {name!r} needs images of at least {smallest} px, got {smallest - 1}. "
        "Choose another network or larger images."
    )
