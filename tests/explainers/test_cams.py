"""Grad-CAM's relatives against pytorch-grad-cam and the papers' formulas written out."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytorch_grad_cam import GradCAMPlusPlus, LayerCAM, ScoreCAM
from torch import Tensor

from kdviz.explainers import explain
from kdviz.models import Network

TARGET = torch.tensor([0, 2, 1, 2])
CONVOLUTIONAL = ["resnet8", "simple-cnn", "mobilenet-small"]
LAYERS = ["last", "second-to-last"]


@pytest.fixture
def images(random) -> Tensor:
    return random(4, 3, 16, 16)


def features_and_slopes(network: Network, images: Tensor, layer: str) -> tuple[Tensor, Tensor]:
    features = network.forward_features(images, layer).detach().requires_grad_()
    score = network.forward_head(features, layer)[range(len(images)), TARGET].sum()
    (slope,) = torch.autograd.grad(score, features)
    return network.grid(features).detach(), network.grid(slope)


def textbook_grad_cam_plus_plus(features: Tensor, slope: Tensor) -> Tensor:
    """One image: eq. 19 for every cell of every channel, in plain floats."""
    channels, height, width = features.shape
    cells = [(i, j) for i in range(height) for j in range(width)]
    total = torch.zeros(height, width, dtype=torch.float64)
    for k in range(channels):
        activity = sum(float(features[k, i, j]) for i, j in cells)
        weight = 0.0
        for i, j in cells:
            g = float(slope[k, i, j])
            if g != 0:
                weight += g**2 / (2 * g**2 + activity * g**3) * max(g, 0.0)
        total += weight * features[k].double()
    return total.float()


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", ["resnet8", "simple-cnn"])
def test_grad_cam_plus_plus_is_the_paper_s_formula(images, small, model, layer):
    network = small(model)
    features, slope = features_and_slopes(network, images, layer)
    expected = [textbook_grad_cam_plus_plus(*each) for each in zip(features, slope, strict=True)]
    ours = explain("grad-cam-plus-plus", network, images, TARGET, layer=layer)
    torch.testing.assert_close(ours, torch.stack(expected))


def test_grad_cam_plus_plus_is_pytorch_grad_cam_s_where_its_epsilon_does_not_count(images, small):
    network = small("resnet8")
    network.head[-1].weight.data *= 1000  # the library adds 1e-6 to squared slopes
    features, slope = (each.double().numpy() for each in features_and_slopes(network, images, "last"))
    weights = GradCAMPlusPlus.get_cam_weights(None, None, None, None, features, slope)
    expected = torch.from_numpy(np.einsum("nk,nkhw->nhw", weights, features)).float()
    torch.testing.assert_close(explain("grad-cam-plus-plus", network, images, TARGET), expected)


def test_grad_cam_plus_plus_is_finite_where_the_paper_s_denominator_vanishes(linear):
    """At 2g² + S·g³ = 0, which takes features below 0: a channel of one cell, −2, with slope 1."""
    network = linear(3, 1, 1)
    network.head[1].weight.data.fill_(1.0)
    image = torch.tensor([-2.0, 0.0, 0.0]).view(1, 3, 1, 1)
    assert explain("grad-cam-plus-plus", network, image, TARGET[:1]).item() == -1.0


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", CONVOLUTIONAL)
def test_layer_cam_is_pytorch_grad_cam_s(images, small, model, layer):
    network = small(model)
    features, slope = (each.numpy() for each in features_and_slopes(network, images, layer))
    expected = LayerCAM.get_cam_image(None, None, None, None, features, slope, eigen_smooth=False)
    torch.testing.assert_close(
        explain("layer-cam", network, images, TARGET, layer=layer), torch.from_numpy(expected)
    )


@pytest.mark.parametrize("model", CONVOLUTIONAL)
def test_score_cam_is_pytorch_grad_cam_s_but_for_its_resizing(images, small, model, monkeypatch):
    """The library lines up the corners of map and image; kdviz has one rule for all maps."""
    monkeypatch.setattr(
        torch.nn, "UpsamplingBilinear2d", lambda size: torch.nn.Upsample(size, mode="bilinear")
    )
    monkeypatch.setattr("tqdm.tqdm", lambda steps: steps)
    network = small(model)
    features = network.forward_features(images).detach().numpy()
    library = SimpleNamespace(model=network, device="cpu")
    wanted = [lambda logits, target=target: logits[target] for target in TARGET]
    weights = ScoreCAM.get_cam_weights(library, images, None, wanted, features, None)
    expected = torch.from_numpy(np.einsum("nk,nkhw->nhw", weights, features))
    ours = explain("score-cam", network, images, TARGET, channels=10_000)
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=1e-4)


def test_score_cam_with_few_channels_takes_those_that_vary_most(images, small):
    network = small("resnet8")
    grid = network.forward_features(images).detach()
    one = explain("score-cam", network, images, TARGET, channels=1)
    for n, channels in enumerate(grid):
        torch.testing.assert_close(one[n], channels[channels.flatten(1).var(1).argmax()])


def test_score_cam_does_not_need_a_slope(images, small):
    """Logits rounded to hundredths have none anywhere."""
    network = small("resnet8")
    whole = explain("score-cam", network, images, TARGET)
    head, network.head = network.head, None

    class Rounded(torch.nn.Module):
        def forward(self, features: Tensor) -> Tensor:
            return head(features).detach().mul(100).round() / 100

    network.head = Rounded()
    torch.testing.assert_close(explain("score-cam", network, images, TARGET), whole, atol=0.02, rtol=0.02)
