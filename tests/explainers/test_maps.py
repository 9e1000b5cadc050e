"""The maps of the live path against captum, slow forms and each other."""

from copy import deepcopy

import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.explainers import MAPS, Pass, run
from kdviz.explainers.maps import _grad_cam_by_autograd, grad_cam, input_gradient
from kdviz.models import MODELS, Network, build
from kdviz.types import Layer
from tests.networks import TESTED_NETWORKS

SMALL = [name for name, spec in TESTED_NETWORKS.items() if spec.minimum_size <= 32]
POOLED = [name for name in SMALL if "pooled-linear-head" in MODELS[name].offers]
CONVOLUTIONAL = [name for name in SMALL if "token-attention" not in MODELS[name].offers]
NEEDS = {"class-activation": {"pooled-linear-head"}, "class-attention": {"token-attention"}}
TO_BE_HAD = [
    (name, model)
    for name in MAPS
    for model in ("resnet8", "simple-cnn", "vit-tiny")
    if NEEDS.get(name, set()) <= MODELS[model].offers
]
LAYERS: tuple[Layer, ...] = ("last", "second-to-last")
TARGET = torch.tensor([0, 2, 1, 2])


def small(model: str, seed: int = 0) -> Network:
    """An untrained network in eval mode, whose BatchNorm knows such images and will not learn more."""
    network = build(model, classes=3, input_shape=(3, 16, 16), width=0.5, seed=seed)
    set_momentum(network, 1.0)
    with torch.no_grad():
        network.train()(torch.randn(32, 3, 16, 16, generator=torch.Generator().manual_seed(9)))
    set_momentum(network, 0.0)
    return network.eval()


def set_momentum(network: Network, momentum: float) -> None:
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = momentum


@pytest.fixture
def images(random) -> Tensor:
    return random(4, 3, 16, 16)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", SMALL)
def test_a_pass_ends_in_the_logits_of_the_whole_network(images, model, layer):
    network = small(model)
    torch.testing.assert_close(run(network, images, layer).logits, network(images))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", CONVOLUTIONAL)
def test_grad_cam_is_captum_s_with_its_sign_and_after_a_relu(images, model, layer):
    network = small(model)
    oracle = LayerGradCam(network, network.stages[network.explained[layer] - 1])
    ours = grad_cam(run(network, images, layer), TARGET, create_graph=False)
    signed = oracle.attribute(images, target=TARGET)[:, 0].detach()
    positive = oracle.attribute(images, target=TARGET, relu_attributions=True)[:, 0].detach()
    torch.testing.assert_close(ours, signed, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(ours.relu(), positive, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("model", POOLED)
def test_the_closed_form_of_grad_cam_is_autograd_s_in_value_and_in_gradient(images, model):
    network = small(model).double()
    passed = run(network, images.double())
    closed, derived = grad_cam(passed, TARGET, True), _grad_cam_by_autograd(passed, TARGET, True)
    torch.testing.assert_close(closed, derived)

    def gradients(maps: Tensor) -> list[Tensor]:
        weights = [weights for name, weights in network.named_parameters() if name != "head.2.bias"]
        return torch.autograd.grad(maps.relu().square().sum(), weights, retain_graph=True)

    for by_form, by_autograd in zip(gradients(closed), gradients(derived), strict=True):
        torch.testing.assert_close(by_form, by_autograd)


def test_grad_cam_of_a_transformer_weighs_patch_tokens_by_their_mean_gradient(images):
    network = small("vit-tiny")
    features = network.forward_features(images).detach().requires_grad_()
    expected = []
    for n, target in enumerate(TARGET):
        score = network.forward_head(features[n : n + 1])[0, target]
        slope = torch.autograd.grad(score, features)[0][n, 1:]  # (h·w, D), without the class token
        expected.append((slope.mean(0) * features[n, 1:]).sum(1).view(4, 4))
    ours = grad_cam(run(network, images), TARGET, create_graph=False)
    torch.testing.assert_close(ours, torch.stack(expected).detach(), atol=1e-6, rtol=1e-5)


def test_behind_the_cut_no_image_leaks_into_another_s_grad_cam_while_training(random, images):
    network = small("resnet8").train()
    features = network.forward_features(images, "second-to-last").detach()
    others = torch.cat([features[:1], random(*features[1:].shape)])

    def first_map(batch: Tensor) -> Tensor:
        passed = Pass(network, images, "second-to-last", batch.requires_grad_(), network(images))
        return grad_cam(passed, TARGET, create_graph=True)[0]

    torch.testing.assert_close(first_map(features), first_map(others))


def test_no_image_leaks_into_another_s_input_gradient_while_training(random, images):
    network = small("resnet8").train()
    others = torch.cat([images[:1], random(3, 3, 16, 16)])
    first, again = (input_gradient(run(network, batch), TARGET, True)[0] for batch in (images, others))
    torch.testing.assert_close(first, again)


@pytest.mark.parametrize("model", SMALL)
def test_input_gradient_is_the_slope_of_the_log_probability(images, model):
    """Against central differences along a direction, in double precision."""
    network, images = small(model).double(), images.double()
    step = 1e-7 * torch.randn(images.shape, generator=torch.Generator().manual_seed(1)).double()

    def log_probability(batch: Tensor) -> Tensor:
        return F.log_softmax(network(batch), 1)[torch.arange(4), TARGET]

    rise = (log_probability(images + step) - log_probability(images - step)) / 2
    slope = (input_gradient(run(network, images), TARGET, False) * step).sum((1, 2, 3))
    torch.testing.assert_close(slope, rise, rtol=1e-4, atol=1e-12)


def test_input_gradient_leaves_running_statistics_and_train_flags_as_they_are(images):
    network = small("resnet8").train()
    set_momentum(network, 0.1)
    network.stages[0].eval()
    passed = run(network, images)
    before, flags = deepcopy(network.state_dict()), [module.training for module in network.modules()]
    input_gradient(passed, TARGET, create_graph=True).square().sum().backward()
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert flags == [module.training for module in network.modules()]


def test_a_network_s_first_batch_is_explained_on_that_batch_s_statistics(images):
    """Not on the start values 0 and 1, on which a new deep network is sure of one class: no gradient."""
    new = build("resnet56", classes=3, input_shape=(3, 16, 16), width=0.5, seed=0).double().train()
    images, wise = images.double(), deepcopy(new)
    set_momentum(wise, 1.0)
    ours = input_gradient(run(new, images), TARGET, create_graph=False)
    wise(images)
    expected = input_gradient(run(wise.eval(), images), TARGET, create_graph=False)
    torch.testing.assert_close(ours, expected, rtol=1e-6, atol=1e-9)
    assert ours.flatten(1).any(1).all()


def test_activation_energy_is_the_sum_of_squares_over_channels(images):
    passed = run(small("resnet8"), images)
    expected = sum(passed.features[:, k] ** 2 for k in range(passed.features.shape[1]))
    torch.testing.assert_close(MAPS["activation-energy"](passed, TARGET, False), expected)


def test_a_class_activation_map_averages_to_its_logit_and_is_grad_cam_times_the_area(images):
    network = small("resnet8")
    passed = run(network, images)
    every = MAPS["class-activation"](passed, TARGET, False)
    torch.testing.assert_close(every.mean((2, 3)) + network.head[-1].bias, passed.logits)
    area = every.shape[2] * every.shape[3]
    torch.testing.assert_close(every[torch.arange(4), TARGET], grad_cam(passed, TARGET, False) * area)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("model", ["simple-cnn", "vit-tiny", "resnet8", "mobilenet-small"])
@pytest.mark.parametrize("in_training", [True, False], ids=["train", "eval"])
def test_the_class_maps_of_any_network_are_its_grad_cams_of_every_class(images, model, layer, in_training):
    """In value and in gradient, whatever follows the cut; BatchNorm behind it mixes no images."""
    network, images = small(model).double().train(in_training), images.double()
    every = MAPS["class-activation"](run(network, images, layer), TARGET, True)
    assert every.shape[:2] == (4, 3)
    area = every.shape[2] * every.shape[3]
    weights = list(network.parameters())
    for target in range(3):
        single = grad_cam(run(network, images, layer), torch.full((4,), target), True)
        torch.testing.assert_close(every[:, target], single * area)
        ours, theirs = (
            torch.autograd.grad(maps.square().sum(), weights, retain_graph=True, allow_unused=True)
            for maps in (every[:, target], single * area)
        )
        for one, other in zip(ours, theirs, strict=True):
            if other is None:
                assert one is None or not one.any()
            else:
                torch.testing.assert_close(one, other)


@pytest.mark.parametrize("layer", LAYERS)
def test_class_attention_is_the_transformer_s_share_of_attention_for_each_patch(images, layer):
    attention = MAPS["class-attention"](run(small("vit-tiny"), images, layer), TARGET, False)
    assert attention.shape == (4, 4, 4)
    assert (attention > 0).all()
    assert (attention.sum((1, 2)) < 1).all()


@pytest.mark.parametrize(("name", "model"), TO_BE_HAD)
def test_without_a_graph_a_map_is_the_same_constant_even_under_no_grad(images, name, model):
    network = small(model)
    expected = MAPS[name](run(network, images), TARGET, True)
    with torch.no_grad():
        constant = MAPS[name](run(network, images), TARGET, False)
    assert expected.requires_grad
    assert not constant.requires_grad
    torch.testing.assert_close(constant, expected.detach())
